"""What stops, damage, full disks and older versions leave, and what becomes of it."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import chromadb
import pytest

from store import Library, StorageError
from tests.store.recording import RecordingEmbedder

BANK = "The Harbour Bank opened in 1962. Its vault holds 4,210 silver coins. It closes at noon."
# Enough sentences for Chroma to write its index to files of its own.
MANY = "\n\n".join(f"Room {number + 1000} is free." for number in range(1100))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library of one document."""
    (tmp_path / "bank.txt").write_text(BANK, "utf-8")
    with Library(tmp_path / "library") as library:
        library.add([tmp_path / "bank.txt"])
        library.complete()
    return tmp_path / "library"


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library whose vectors fill an index; to be copied before it is damaged."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "years.txt").write_text(MANY, "utf-8")
    with Library(folder / "library") as library:
        library.add([folder / "years.txt"])
        library.complete()
    return folder / "library"


def is_whole(library: Library) -> bool:
    counts = library.counts()
    return counts["vectors"] == counts["sentences"] > 0


# Uploads


def test_leftovers_of_uploads_are_cleared_at_opening(folder: Path) -> None:
    """What no source names is gone; what one names stays, also where the folder was moved."""
    with Library(folder) as library:
        library.add_upload(folder.parent / "bank.txt", "kept.txt")
    uploads = folder / "uploads"
    (uploads / "orphan.txt").write_text("Nobody knows me.", "utf-8")
    (uploads / ".incoming").mkdir(exist_ok=True)
    (uploads / ".incoming" / "half.txt").write_text("Half of", "utf-8")
    moved = folder.rename(folder.parent / "moved")
    with Library(moved):
        left = [path.name for path in (moved / "uploads").rglob("*") if path.is_file()]
        assert left == ["kept.txt"]


def test_uploads_of_one_name_at_once_stay_whole(folder: Path, tmp_path: Path) -> None:
    """The last one is kept, and what is kept is what was indexed."""
    texts = [f"Upload {number}: " + "It is a long story. " * 40 for number in range(4)]
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.txt").write_text(text, "utf-8")
    with Library(folder) as library:
        reports = []

        def upload(number: int) -> None:
            reports.append(library.add_upload(tmp_path / f"{number}.txt", "story.txt"))

        threads = [threading.Thread(target=upload, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [report.failed for report in reports] == [()] * 4
        kept = next(s for s in library.documents() if s.name == "story.txt")
        assert library.document(kept.id).text.strip() == Path(kept.path).read_text("utf-8").strip()
        assert Path(kept.path).read_text("utf-8") in texts
        library.complete()
        assert is_whole(library)


# Vectors


def test_lost_vectors_are_made_again(folder: Path) -> None:
    """Until then terms find the documents; `complete` makes what is missing."""
    shutil.rmtree(folder / "vectors")
    with Library(folder) as library:
        assert library.search("silver coins")[0].document == "bank.txt"
        assert library.counts()["vectors"] == 0
        library.complete()
        assert is_whole(library)


def test_adding_makes_lost_vectors_again(folder: Path) -> None:
    """Also when what is added is there already."""
    shutil.rmtree(folder / "vectors")
    with Library(folder) as library:
        assert library.add([folder.parent / "bank.txt"]).unchanged == ("bank.txt",)
        library.complete()
        assert is_whole(library)


def test_vectors_that_no_document_has_are_dropped(folder: Path) -> None:
    """As when an older copy of the SQLite file was put back."""
    older = (folder / "library.sqlite3").read_bytes()
    (folder.parent / "ferry.txt").write_text("The ferry leaves at nine.", "utf-8")
    with Library(folder) as library:
        library.add([folder.parent / "ferry.txt"])
        library.complete()
    (folder / "library.sqlite3").write_bytes(older)
    with Library(folder) as library:
        assert not is_whole(library)
        library.complete()
        assert is_whole(library)


def test_a_library_is_closed_while_it_embeds(large: Path, tmp_path: Path) -> None:
    """What was made stays, and what completes it next goes on from there."""
    folder = Path(shutil.copytree(large, tmp_path / "library"))
    shutil.rmtree(folder / "vectors")
    with Library(folder) as library:
        library.complete_in_background()
        while not library.counts()["vectors"]:
            threading.Event().wait(0.01)
    with Library(folder) as library:
        assert 0 < library.counts()["vectors"] < library.counts()["sentences"]
        library.complete()
        assert is_whole(library)


def scramble(path: Path) -> None:
    path.write_bytes(b"\x55" * path.stat().st_size)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:50])


DAMAGES = [
    (name, damage)
    for name in ("chroma.sqlite3", "data_level0.bin", "header.bin")
    for damage in (scramble, cut, Path.unlink)
]


def open_apart(folder: Path, before: str = "") -> int:
    """Open and close the library in a process of its own, and tell how that ended."""
    code = f"import os, sys; from pathlib import Path; from store import Library; {before}\n"
    code += "Library(Path(sys.argv[1])).close()"
    command = [sys.executable, "-c", code, str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode


@pytest.mark.parametrize(("kills", "vectors"), [(1, 3), (2, 0)])
def test_a_kill_during_opening_leaves_the_vectors(folder: Path, kills: int, vectors: int) -> None:
    """Only where the process ends twice in a row is the index taken to be the cause."""
    kill = "from chromadb import Collection; Collection.query = lambda *_, **__: os._exit(9)"
    assert [open_apart(folder, kill) for _ in range(kills)] == [9] * kills
    with Library(folder) as library:
        assert library.counts()["vectors"] == vectors


@pytest.mark.parametrize(
    "error",
    [
        PermissionError(13, "Permission denied"),
        OSError(24, "Too many open files"),
        OSError(28, "No space left on device"),
        RuntimeError("error returned from database: (code: 14) unable to open database file"),
        RuntimeError(
            "error returned from database: (code: 8) attempt to write a readonly database"
        ),
        RuntimeError("Error loading hnsw index: Too many open files (os error 24)"),
    ],
    ids=str,
)
def test_what_the_system_refuses_is_no_damage(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """The vectors stay for the time when it refuses no more, and nobody is told to delete them."""
    refusals = iter([error])
    client = chromadb.PersistentClient

    def refuse_once(*args: object, **kwargs: object) -> object:
        for refusal in refusals:
            raise refusal
        return client(*args, **kwargs)

    monkeypatch.setattr(chromadb, "PersistentClient", refuse_once)
    with pytest.raises(
        StorageError, match=r"Check that it can be read|Free some space|raise the limit"
    ):
        Library(folder)
    with Library(folder) as library:
        assert is_whole(library)


@pytest.mark.parametrize(("name", "damage"), DAMAGES)
def test_damaged_vectors_do_not_stop_the_library(
    large: Path, tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    """It opens without them (at the latest the time after an index ended the process twice),
    and finds by terms until they are made again.
    """
    folder = Path(shutil.copytree(large, tmp_path / "library"))
    damage(next((folder / "vectors").rglob(name)))
    open_apart(folder)
    open_apart(folder)
    with Library(folder) as library:
        assert library.search("room 1077", top=1)[0].text == ("Room 1077 is free.")
        assert library.counts()["vectors"] == 0


def test_what_chroma_refuses_later_is_a_sentence(folder: Path) -> None:
    """It names the folder and says what to do."""
    with Library(folder) as library:
        scramble(folder / "vectors" / "chroma.sqlite3")
        with pytest.raises(StorageError, match=r"vectors cannot be used .*made again"):
            library.search("silver coins")


# The disk


def test_a_full_disk_is_told_at_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The advice is space, not another repair."""
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=0))

    def refuse(*_: object, **__: object) -> None:
        raise OSError("database or disk is full")

    monkeypatch.setattr("chromadb.PersistentClient", refuse)
    with pytest.raises(StorageError, match="Free some space"):
        Library(tmp_path / "library")


# Open files


SCARCE = """
import os, resource, sys
from pathlib import Path
from store import Library, StorageError
from store.embedding import BuiltinEmbedder, Vectors
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
def scarce(spare, act):
    held = []
    try:
        while True:
            held.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        pass
    for _ in range(spare):
        os.close(held.pop())
    try:
        return act()
    except StorageError as error:
        assert "raise the limit" in str(error), error
    finally:
        for number in held:
            os.close(number)
folder, more = map(Path, sys.argv[1:])
"""
OPEN = "for spare in (4, *range(24)): scarce(spare, lambda: Library(folder).close())"
USE = """
library = Library(folder)
for spare in (0, 1, 2, 3, 6):
    scarce(spare, lambda: library.search("silver coins"))
    report = scarce(spare, lambda: library.add([more, folder.parent / "bank.txt"]))
    assert all("raise the limit" in failure.reason for failure in report.failed), report
    scarce(spare, lambda: library.add_upload(more, f"{spare}.txt"))
assert library.add([more]).unchanged
assert not list(folder.glob("uploads/.incoming/*"))
library.close()
"""


@pytest.mark.parametrize(("act", "sentences"), [(OPEN, 3), (USE, 4)], ids=["open", "use"])
def test_too_many_open_files_are_told(folder: Path, act: str, sentences: int) -> None:
    """However few are left, it is a sentence; nothing is lost, and all is well afterwards."""
    (folder.parent / "ferry.txt").write_text("The ferry leaves at nine.", "utf-8")
    more = folder.parent / "ferry.txt"
    command = [sys.executable, "-c", SCARCE + act, str(folder), str(more)]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert child.returncode == 0, child.stderr
    assert (folder / "vectors").is_dir()
    with Library(folder) as library:
        library.complete()
        assert is_whole(library)
        assert library.counts()["sentences"] == sentences
        assert library.search("silver coins")[0].document == "bank.txt"


# Versions


def test_a_folder_of_version_0_is_brought_up_to_date(tmp_path: Path) -> None:
    """Text, names, pages and lengths stay, and terms are made anew."""
    folder = tmp_path / "library"
    folder.mkdir()
    schema = Path(__file__).with_name("version_0.sql").read_text("utf-8")
    with closing(sqlite3.connect(folder / "library.sqlite3")) as connection:
        connection.executescript(schema)
        connection.commit()
    with Library(folder) as library:
        (summary,) = library.documents()
        assert (summary.name, summary.characters, summary.pages) == ("bank.txt", len(BANK), 1)
        assert library.document(summary.id).text == BANK
        assert library.search("silver coins")[0].text == "Its vault holds 4,210 silver coins."
        library.complete()
        assert is_whole(library)
        library.remove(summary.id)
        assert library.counts() == {"documents": 0, "passages": 0, "sentences": 0, "vectors": 0}


def test_a_folder_of_version_1_is_brought_up_to_date(tmp_path: Path) -> None:
    """An upload is found where the folder is now, and equal sentences keep their vectors."""
    folder = tmp_path / "library"
    (folder / "uploads").mkdir(parents=True)
    (folder / "uploads" / "bank.txt").write_text(BANK, "utf-8")
    schema = Path(__file__).with_name("version_1.sql").read_text("utf-8")
    with closing(sqlite3.connect(folder / "library.sqlite3")) as connection:
        connection.executescript(schema)
        connection.commit()
    embedder = RecordingEmbedder()
    with Library(folder, embedder) as library:
        (summary,) = library.documents()
        assert Path(summary.path) == folder / "uploads" / "bank.txt"
        assert library.search("silver coins")[0].text == "Its vault holds 4,210 silver coins."
        assert library.conversations.summaries("reader") == []
        library.complete()
        embedder.given.clear()
        (tmp_path / "bank.txt").write_text(f"It was sold. {BANK}", "utf-8")
        assert library.add_upload(tmp_path / "bank.txt", "bank.txt").replaced == ("bank.txt",)
        library.complete()
        assert embedder.given == ["It was sold."]
        assert is_whole(library)


def test_a_folder_of_a_newer_version_is_refused(folder: Path) -> None:
    """Nothing is touched, and the sentence says what to do."""
    with closing(sqlite3.connect(folder / "library.sqlite3")) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StorageError, match="Update Ownground"):
        Library(folder)


def test_a_folder_in_a_closed_one_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies there cannot even be looked for, so neither can the space on its disk."""

    def closed(_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("shutil.disk_usage", closed)
    monkeypatch.setattr(Path, "mkdir", lambda *_, **__: closed(None))
    with pytest.raises(StorageError, match="Permission denied"):
        Library(tmp_path / "closed" / "data")
