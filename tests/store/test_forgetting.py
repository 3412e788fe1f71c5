"""What removing and replacing leave in the data folder: no byte."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from store import Library, StorageError
from store.collection import Collection
from store.embedding import BuiltinEmbedder, Vectors

SECRET = "Zyzzogeton was treated in ward seven. 뷁쉛 환자는 퇴원했다."
OTHER = "The Harbour Bank opened in 1962. Its vault holds 4,210 silver coins."
# As the text has it, as the lexical index does (words share their beginnings there), and in pairs.
MARKERS = [b"Zyzzogeton", b"yzzogeton", "뷁쉛".encode()]


class KeepingEmbedder(BuiltinEmbedder):
    """Remembers the vectors that it gave."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[bytes] = []

    def passages(self, texts: Sequence[str]) -> Vectors:
        vectors = super().passages(texts)
        self.given += [vector.tobytes()[:64] for vector in vectors]
        return vectors


def found(folder: Path, markers: Sequence[bytes]) -> list[bytes]:
    """Those of the markers that stand in any file of the folder."""
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return [marker for marker in markers if any(marker in data for data in files)]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "documents" / "zyzzogeton.txt"
    path.parent.mkdir()
    path.write_text(SECRET, "utf-8")
    (path.parent / "bank.txt").write_text(OTHER, "utf-8")
    return path


@pytest.mark.parametrize("others", [0, 60])
def test_no_byte_of_a_removed_document_is_left(tmp_path: Path, secret: Path, others: int) -> None:
    """Neither text, terms, name nor vectors, while the library is open and when it is closed."""
    for number in range(others):
        text = "\n\n".join(f"Room {number}.{bed} is free." for bed in range(20))
        (secret.parent / f"{number}.txt").write_text(text, "utf-8")
    folder, embedder = tmp_path / "library", KeepingEmbedder()
    with Library(folder, embedder) as library:
        library.add([secret])
        library.complete()
        document_id = library.documents()[0].id
        markers = [*MARKERS, document_id.encode(), *embedder.given]
        assert found(folder, markers) == markers
        library.add([secret.parent])
        library.complete()
        library.remove(document_id)
        assert found(folder, markers) == []
        assert library.search("silver coins")[0].document == "bank.txt"
    assert found(folder, markers) == []


def test_no_byte_of_a_replaced_version_is_left(tmp_path: Path, secret: Path) -> None:
    """A changed file leaves nothing of what it said before but its name."""
    folder, embedder = tmp_path / "library", KeepingEmbedder()
    with Library(folder, embedder) as library:
        library.add([secret.parent])
        library.complete()
        replaced = next(s.id for s in library.documents() if s.name == secret.name)
        secret.write_text("Nothing to report.", "utf-8")
        assert library.add([secret.parent]).replaced == (secret.name,)
        library.complete()
    assert found(folder, [b"Zyzzogeton was", "뷁쉛".encode(), replaced.encode()]) == []


def test_no_byte_of_a_removed_upload_is_left(tmp_path: Path, secret: Path) -> None:
    """The library's own copy goes too."""
    folder = tmp_path / "library"
    with Library(folder) as library:
        library.add_upload(secret, "letter.txt")
        library.remove(library.documents()[0].id)
        assert found(folder, MARKERS) == []


def test_no_byte_of_an_upload_is_left_where_the_data_folder_was_moved(
    tmp_path: Path, secret: Path
) -> None:
    """Its copy goes with its document, and one of that name which another document has stays."""
    folder = tmp_path / "library"
    with Library(folder) as library:
        library.add_upload(secret, "letter.txt")
        library.add_upload(secret.parent / "bank.txt", "bank.txt")
    with Library(folder.rename(tmp_path / "moved")) as library:
        ids = {summary.name: summary.id for summary in library.documents()}
        uploads = library.folder / "uploads"
        (uploads / ".incoming").mkdir(exist_ok=True)
        (uploads / ".incoming" / "now.txt").write_text("It is being received.", "utf-8")
        library.remove(ids["letter.txt"])
        assert found(library.folder, MARKERS) == []
        left = sorted(path.name for path in uploads.rglob("*") if path.is_file())
        assert left == ["bank.txt", "now.txt"]
        (secret.parent / "bank.txt").write_text("The bank was sold.", "utf-8")
        again = library.add_upload(secret.parent / "bank.txt", "bank.txt")
        assert again.replaced == ("bank.txt",)
        assert ids["bank.txt"] not in {summary.id for summary in library.documents()}
        assert (uploads / "bank.txt").read_text("utf-8") == "The bank was sold."


def test_what_a_stop_left_of_a_removed_document_is_purged_later(
    tmp_path: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between removing and purging, the library purges when it is next completed."""
    folder = tmp_path / "library"
    with Library(folder) as library:
        library.add([secret.parent])
        document_id = next(s.id for s in library.documents() if s.name == secret.name)
        monkeypatch.setattr(Collection, "purge", lambda *_: True)
        library.remove(document_id)
        monkeypatch.undo()
    assert found(folder, [document_id.encode()])
    with Library(folder) as library:
        library.complete()
        assert library.counts()["documents"] == 1
    assert found(folder, [*MARKERS, document_id.encode()]) == []


def test_a_receipt_tells_what_went_and_how_that_was_checked(tmp_path: Path, secret: Path) -> None:
    """Its pieces were there before and are not any more; what others have too is not looked for."""
    folder = tmp_path / "library"
    secret.write_text(f"{SECRET} {OTHER}", "utf-8")
    with Library(folder) as library:
        library.add([secret.parent])
        library.complete()
        document_id = next(s.id for s in library.documents() if s.name == secret.name)
        receipt = library.remove_with_receipt(document_id)
        assert [s.name for s in library.documents()] == ["bank.txt"]
    assert receipt.names == (secret.name,)
    assert receipt.sentences == 4
    # Two sentences of its own, their vectors, and its id.
    assert receipt.pieces == receipt.before.found == 5
    assert receipt.after.found == 0
    assert receipt.is_proof
    assert receipt.after.left_in == ()
    assert receipt.after.bytes > 100_000


def test_a_receipt_tells_what_is_left(
    tmp_path: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search is of all files of the folder, and finds what was not purged."""
    folder = tmp_path / "library"
    with Library(folder) as library:
        library.add([secret.parent])
        library.complete()
        (folder / "note.txt").write_text(SECRET, "utf-8")
        document_id = next(s.id for s in library.documents() if s.name == secret.name)
        receipt = library.remove_with_receipt(document_id)
        assert not receipt.is_proof
        assert receipt.after.left_in == ("note.txt",)
        bank = library.documents()[0].id
        monkeypatch.setattr(Collection, "purge", lambda *_: True)
        left = library.remove_with_receipt(bank)
        assert left.after.found > 0
        assert "library.sqlite3-wal" in left.after.left_in


def test_a_purge_that_fails_says_that_the_document_is_gone(
    tmp_path: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And that bytes may be left, which go as soon as they can."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    folder = tmp_path / "library"
    with Library(folder) as library:
        library.add([secret.parent])
        library.complete()
        document_id = next(s.id for s in library.documents() if s.name == secret.name)
        monkeypatch.setattr("chromadb.Collection.upsert", full)
        with pytest.raises(StorageError, match=r"found no more, but bytes.*Free some") as told:
            library.remove(document_id)
        assert "unchanged" not in str(told.value)
        monkeypatch.undo()
        assert [s.name for s in library.documents()] == ["bank.txt"]
        library.complete()
    assert found(folder, [*MARKERS, document_id.encode()]) == []
