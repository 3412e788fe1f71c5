import os

import pytest

from qa.weights import Weights, fetch, locate
from tests.qa.weights.places import BODY, Place


def test_file_put_by_hand_counts_when_its_sha256_agrees(weights: Weights, place: Place) -> None:
    """A file in the folder is taken only with the right content."""
    place.folder.mkdir(parents=True)
    path = place.folder / weights.file
    assert locate(weights, place.folder) is None
    path.write_bytes(BODY[:-1])
    assert locate(weights, place.folder) is None
    path.write_bytes(BODY[:-1] + b"\x00")
    assert locate(weights, place.folder) is None
    path.write_bytes(BODY)
    assert locate(weights, place.folder) == path


def test_verified_file_is_not_read_again(weights: Weights, place: Place) -> None:
    """Once verified, a file is judged by size and time alone; a new time has it read again."""
    place.folder.mkdir(parents=True)
    path = place.folder / weights.file
    path.write_bytes(BODY)
    assert locate(weights, place.folder) == path
    stat = path.stat()
    path.write_bytes(bytes(len(BODY)))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert locate(weights, place.folder) == path
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert locate(weights, place.folder) is None


def test_damaged_memory_of_a_verification_is_ignored(weights: Weights, place: Place) -> None:
    """A file is verified anew when what was remembered of it cannot be read."""
    place.folder.mkdir(parents=True)
    path = place.folder / weights.file
    path.write_bytes(BODY)
    for damaged in ("", "[]", '{"bytes":', "{}"):
        (place.folder / f"{weights.file}.verified.json").write_text(damaged)
        assert locate(weights, place.folder) == path


@pytest.mark.parametrize("by_argument", [True, False])
def test_file_in_ollamas_store_is_used(weights: Weights, place: Place, by_argument: bool) -> None:
    """The same file in Ollama's own store is found where it is, and nothing is downloaded."""
    blob = place.ollama / "blobs" / f"sha256-{weights.sha256}"
    blob.parent.mkdir(parents=True)
    blob.write_bytes(BODY)
    assert locate(weights, place.folder, place.ollama if by_argument else None) == blob
    assert fetch(weights, place.folder, sources=()) == blob


def test_damaged_file_in_ollamas_store_is_not_used(weights: Weights, place: Place) -> None:
    """A file of the store whose content is not what its name says is passed over."""
    blob = place.ollama / "blobs" / f"sha256-{weights.sha256}"
    blob.parent.mkdir(parents=True)
    blob.write_bytes(bytes(len(BODY)))
    assert locate(weights, place.folder, place.ollama) is None
