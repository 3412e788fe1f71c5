"""Keeping up with folders: new, changed, moved and gone files, and folders that are away."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import Library, Move, StoreError, SyncReport

BANK = "The Harbour Bank opened in 1962. Its vault holds 4,210 silver coins."
FERRY = "The ferry leaves at nine. It takes forty minutes."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    (folder / "inner").mkdir(parents=True)
    (folder / "bank.txt").write_text(BANK, "utf-8")
    (folder / "inner" / "ferry.txt").write_text(FERRY, "utf-8")
    return folder


@pytest.fixture
def library(tmp_path: Path, folder: Path) -> Iterator[Library]:
    """A library that keeps up with the folder."""
    with Library(tmp_path / "library") as opened:
        opened.add([folder])
        yield opened


def names(library: Library) -> list[str]:
    return [summary.name for summary in library.documents()]


def test_a_folder_that_was_added_is_kept_up_with(library: Library, folder: Path) -> None:
    """A single file is not a folder; what is forgotten stays in the library."""
    library.add([folder / "bank.txt"])
    assert library.folders() == [str(folder)]
    assert library.sync() == SyncReport()
    library.forget_folder(folder)
    (folder / "bank.txt").unlink()
    assert library.sync() == SyncReport()
    assert names(library) == ["bank.txt", "inner/ferry.txt"]


def test_new_changed_and_deleted_files_are_taken_up(library: Library, folder: Path) -> None:
    """Each is told by its name."""
    (folder / "new.txt").write_text("Dogs are kept on a lead.", "utf-8")
    (folder / "bank.txt").write_text("The Harbour Bank opened in 1971.", "utf-8")
    (folder / "inner" / "ferry.txt").unlink()
    report = library.sync()
    assert report == SyncReport(
        added=("new.txt",), replaced=("bank.txt",), removed=("inner/ferry.txt",)
    )
    assert names(library) == ["bank.txt", "new.txt"]
    library.complete()
    assert library.counts()["vectors"] == library.counts()["sentences"] == 2
    assert "ferry" not in {found.document for found in library.search("When does the ferry leave?")}
    assert library.sync() == SyncReport()


def test_a_file_that_moved_is_not_read_again(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its path and its name change, and it is found by its new name's words."""
    library.complete()
    before = {summary.id: summary.added_at for summary in library.documents()}

    def fails(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr("store.intake.read_document", fails)
    (folder / "inner" / "ferry.txt").rename(folder / "timetable.txt")
    assert library.sync() == SyncReport(moved=(Move("inner/ferry.txt", "timetable.txt"),))
    assert {summary.id: summary.added_at for summary in library.documents()} == before
    assert names(library) == ["bank.txt", "timetable.txt"]
    assert Path(library.documents()[1].path) == folder / "timetable.txt"
    assert library.search("timetable")[0].document == "timetable.txt"
    assert library.embedding_progress().is_complete


def test_a_document_stays_as_long_as_one_file_has_it(library: Library, folder: Path) -> None:
    """A copy is another file of the same document."""
    (folder / "copy.txt").write_text(BANK, "utf-8")
    assert library.sync().added == ("copy.txt",)
    (folder / "bank.txt").unlink()
    assert library.sync().removed == ("bank.txt",)
    assert library.search("silver coins")[0].document == "copy.txt"
    (folder / "copy.txt").unlink()
    library.sync()
    assert names(library) == ["inner/ferry.txt"]


@pytest.mark.parametrize("empty", [False, True])
def test_a_folder_that_is_away_loses_nothing(
    library: Library, folder: Path, tmp_path: Path, empty: bool
) -> None:
    """As when its disk is not there: also where an empty folder is left in its place."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "dogs.txt").write_text("Dogs are kept on a lead.", "utf-8")
    library.add([tmp_path / "other"])
    folder.rename(tmp_path / "unmounted")
    if empty:
        folder.mkdir()
    (tmp_path / "other" / "dogs.txt").write_text("Cats too.", "utf-8")
    assert library.sync() == SyncReport(replaced=("dogs.txt",), away=(str(folder),))
    assert names(library) == ["bank.txt", "dogs.txt", "inner/ferry.txt"]
    if empty:
        folder.rmdir()
    (tmp_path / "unmounted").rename(folder)
    assert library.sync() == SyncReport()


def test_the_library_s_own_files_are_no_documents(library: Library, tmp_path: Path) -> None:
    """Where it lies in a folder that it keeps up with."""
    (tmp_path / "note.txt").write_text("Dogs are kept on a lead.", "utf-8")
    library.add_upload(tmp_path / "note.txt", "kept.txt")
    library._database.sources.remember(str(tmp_path))
    assert library.sync() == SyncReport(added=("note.txt",))


def test_what_was_removed_by_hand_stays_removed(library: Library, folder: Path) -> None:
    """Its file is passed over, however it changes, until it is added again."""
    bank = next(summary.id for summary in library.documents() if summary.name == "bank.txt")
    library.remove(bank)
    assert library.sync() == SyncReport()
    (folder / "bank.txt").write_text(f"{BANK} It was sold.", "utf-8")
    assert library.sync() == SyncReport()
    assert library.add([folder]).added == ("bank.txt",)
    (folder / "bank.txt").write_text("The bank is closed.", "utf-8")
    assert library.sync().replaced == ("bank.txt",)


def test_a_file_that_cannot_be_read_is_told(library: Library, folder: Path) -> None:
    """What it held before stays, and the others go on."""
    (folder / "bank.txt").write_bytes(b"")
    (folder / "new.txt").write_text("Dogs are kept on a lead.", "utf-8")
    report = library.sync()
    assert report.added == ("new.txt",)
    assert [Path(failure.path).name for failure in report.failed] == ["bank.txt"]
    # Once: it is tried again when it has changed.
    assert library.sync() == SyncReport()
    assert library.search("silver coins")[0].document == "bank.txt"


def test_a_file_of_the_same_size_and_time_is_not_read(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that looking costs little, however much there is."""

    def fails(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr("store.intake.document_id_of", fails)
    assert library.sync() == SyncReport()


def test_no_byte_of_a_deleted_file_is_left(library: Library, folder: Path) -> None:
    """Once the library is complete again."""
    (folder / "secret.txt").write_text("Zyzzogeton was treated in ward seven.", "utf-8")
    library.sync()
    library.complete()
    (folder / "secret.txt").unlink()
    assert library.sync().removed == ("secret.txt",)
    library.complete()
    files = [path for path in library.folder.rglob("*") if path.is_file()]
    assert not [path for path in files if b"yzzogeton" in path.read_bytes()]


def test_a_folder_is_watched(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What changes is taken up while the library is open, and watching ends with it."""
    monkeypatch.setattr("store.folders._SECONDS", 0.05)
    monkeypatch.setattr("store.folders._TIMES", 1)
    told: list[SyncReport | StoreError] = []
    heard = threading.Event()

    def listen(report: SyncReport | StoreError) -> None:
        told.append(report)
        heard.set()

    watching = threading.Thread(target=library.watch, args=(listen,))
    watching.start()
    (folder / "new.txt").write_text("Dogs are kept on a lead.", "utf-8")
    assert heard.wait(30)
    library.close()
    watching.join(30)
    assert not watching.is_alive()
    assert told == [SyncReport(added=("new.txt",))]
