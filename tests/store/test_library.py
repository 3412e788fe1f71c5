import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import (
    Document,
    DocumentNotFoundError,
    EmbeddingMismatchError,
    Library,
    Progress,
    StorageError,
    StoreError,
)
from store.embedding import BuiltinEmbedder
from store.errors import NamesError
from store.reading import read_document
from tests.store.recording import RecordingEmbedder

BANK = "The Harbour Bank opened in 1962. Its vault holds 4,210 silver coins. It closes at noon."
FERRY = "부산항 여객선은 오전 9시에 출항한다. 요금은 12,000원이다."


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    (folder / "inner").mkdir(parents=True)
    (folder / "bank.txt").write_text(BANK, "utf-8")
    (folder / "inner" / "ferry.txt").write_text(FERRY, "utf-8")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as opened:
        yield opened


def test_documents_of_a_folder_are_found_by_name_and_content(
    library: Library, documents: Path
) -> None:
    """Names are paths below the folder; evidence stands word for word at its offsets."""
    report = library.add([documents])
    assert report.added == ("bank.txt", "inner/ferry.txt")
    best = library.search("How many silver coins are in the vault?")[0]
    assert best.document == "bank.txt"
    assert best.text == "Its vault holds 4,210 silver coins."
    text = library.document(best.document_id).text
    assert text[best.start : best.end] == best.text
    around = best.before + best.text + best.after
    start = best.start - len(best.before)
    assert text[start : start + len(around)] == around


def test_a_question_finds_evidence_in_another_language(library: Library, documents: Path) -> None:
    """Vectors bridge languages that share no word."""
    library.add([documents])
    library.complete()
    assert library.search("How much is the fare?")[0].text == "요금은 12,000원이다."


def test_adding_twice_changes_nothing(library: Library, documents: Path) -> None:
    """Ids come from content, so nothing is stored a second time."""
    library.add([documents])
    before = library.counts()
    assert library.add([documents]).unchanged == ("bank.txt", "inner/ferry.txt")
    assert library.counts() == before


def test_a_relative_path_is_the_same_file(
    library: Library, documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However a path is written, the file behind it is added once."""
    library.add([documents])
    monkeypatch.chdir(documents)
    assert library.add([Path("bank.txt")]).unchanged == ("bank.txt",)
    assert library.add([Path("../documents")]).unchanged == ("bank.txt", "inner/ferry.txt")
    (documents / "bank.txt").write_text("The Harbour Bank opened in 1971.", "utf-8")
    assert library.add([Path("bank.txt")]).replaced == ("bank.txt",)


def test_a_changed_file_replaces_its_old_version(library: Library, documents: Path) -> None:
    """What the file said before is gone from documents, terms and vectors."""
    library.add([documents])
    (documents / "bank.txt").write_text("The Harbour Bank opened in 1971.", "utf-8")
    assert library.add([documents]).replaced == ("bank.txt",)
    texts = [found.text for found in library.search("When did the Harbour Bank open?")]
    assert "The Harbour Bank opened in 1971." in texts
    assert not any("1962" in text for text in texts)
    library.complete()
    assert library.counts()["sentences"] == library.counts()["vectors"] == 3


def test_equal_files_are_stored_once(library: Library, documents: Path) -> None:
    """A copy is a second source of the same document, and outlives a change of the first."""
    (documents / "copy.txt").write_text(BANK, "utf-8")
    library.add([documents])
    assert library.counts()["documents"] == 2
    (documents / "bank.txt").write_text("Nothing here any more.", "utf-8")
    library.add([documents])
    assert library.search("silver coins")[0].document == "copy.txt"


def test_a_removed_document_is_gone_everywhere(library: Library, documents: Path) -> None:
    """Its text, terms and vectors go, and an unknown id is refused."""
    library.add([documents])
    library.complete()
    bank = library.search("silver coins")[0].document_id
    library.remove(bank)
    assert all(found.document_id != bank for found in library.search("silver coins"))
    assert library.counts() == {"documents": 1, "passages": 1, "sentences": 2, "vectors": 2}
    with pytest.raises(DocumentNotFoundError, match="qa list"):
        library.remove(bank)


def test_an_upload_is_kept_and_removed_with_its_document(library: Library, tmp_path: Path) -> None:
    """The library owns the copy: replaced by the same name, deleted with the document."""
    (tmp_path / "x").write_text(BANK, "utf-8")
    assert library.add_upload(tmp_path / "x", "bank.txt").added == ("bank.txt",)
    (tmp_path / "x").write_text(FERRY, "utf-8")
    assert library.add_upload(tmp_path / "x", "bank.txt").replaced == ("bank.txt",)
    (summary,) = library.documents()
    assert Path(summary.path).read_text("utf-8") == FERRY
    library.remove(summary.id)
    assert not Path(summary.path).exists()


def test_an_upload_is_read_once_and_found_where_the_folder_is_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parsing is what takes long; the copy's place is below the folder, wherever that is."""
    (tmp_path / "x").write_text(BANK, "utf-8")
    read: list[str] = []

    def reading(path: Path, name: str) -> Document:
        read.append(name)
        return read_document(path, name)

    monkeypatch.setattr("store.intake.read_document", reading)
    with Library(tmp_path / "library") as library:
        library.add_upload(tmp_path / "x", "bank.txt")
        assert library.add_upload(tmp_path / "x", "bank.txt").unchanged == ("bank.txt",)
    assert read == ["bank.txt"]
    with Library((tmp_path / "library").rename(tmp_path / "moved")) as library:
        (summary,) = library.documents()
        assert Path(summary.path) == tmp_path / "moved" / "uploads" / "bank.txt"
        assert Path(library.document(summary.id).path).read_text("utf-8") == BANK


def test_an_upload_that_cannot_be_read_is_not_kept(library: Library, tmp_path: Path) -> None:
    """It is told, and an earlier file of that name stays as it was."""
    (tmp_path / "x").write_text(BANK, "utf-8")
    library.add_upload(tmp_path / "x", "bank.txt")
    (tmp_path / "x").write_bytes(b"")
    (failure,) = library.add_upload(tmp_path / "x", "bank.txt").failed
    assert failure.path == "bank.txt"
    (summary,) = library.documents()
    assert Path(summary.path).read_text("utf-8") == BANK
    assert [path.name for path in (library.folder / "uploads").rglob("*.txt")] == ["bank.txt"]


def test_an_upload_that_breaks_off_leaves_nothing(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever ends it: what was received does not wait for the next opening to go."""

    def fails(*_: object) -> None:
        raise MemoryError

    (tmp_path / "x").write_text(BANK, "utf-8")
    monkeypatch.setattr("store.intake.read_document", fails)
    with pytest.raises(MemoryError):
        library.add_upload(tmp_path / "x", "bank.txt")
    assert not [path for path in (library.folder / "uploads").rglob("*") if path.is_file()]


def test_what_cannot_be_read_is_listed_and_the_rest_is_in(
    library: Library, documents: Path
) -> None:
    """Each failure has its path and a reason; nothing of it is stored."""
    (documents / "empty.txt").write_text("", "utf-8")
    (documents / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    (documents / "picture.xyz").write_bytes(b"\x00\x01")
    report = library.add([documents, documents / "missing.txt"])
    assert {Path(failure.path).name for failure in report.failed} == {
        "empty.txt",
        "broken.pdf",
        "picture.xyz",
        "missing.txt",
    }
    assert all(failure.reason.endswith(".") for failure in report.failed)
    assert library.counts()["documents"] == 2


def test_a_second_process_is_told_who_has_the_library(library: Library) -> None:
    """Embedded Chroma allows one process: the other one hears which."""
    code = (
        "import sys; from pathlib import Path; from store import Library;Library(Path(sys.argv[1]))"
    )
    child = subprocess.run(
        [sys.executable, "-c", code, library.folder], capture_output=True, text=True, check=False
    )
    assert "LibraryInUseError" in child.stderr
    assert f"process {os.getpid()}" in child.stderr


def test_a_library_is_free_again_when_it_is_closed(tmp_path: Path) -> None:
    """Closing gives the lock back, also where opening failed."""
    with Library(tmp_path / "library"):
        pass
    with pytest.raises(EmbeddingMismatchError, match="OtherModel"):
        Library(tmp_path / "library", OtherEmbedder())
    with Library(tmp_path / "library") as again:
        assert again.counts()["documents"] == 0


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    """The sentence names the folder and what to do."""
    (tmp_path / "library").write_text("a file")
    with pytest.raises(StorageError, match="--data"):
        Library(tmp_path / "library")


def test_vectors_that_cannot_be_written_lose_nothing(
    tmp_path: Path, documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words are in already; the failure is told, and made good as soon as it can be."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with Library(tmp_path / "library") as library:
        monkeypatch.setattr("chromadb.Collection.upsert", full)
        assert library.add([documents]).added == ("bank.txt", "inner/ferry.txt")
        with pytest.raises(StorageError, match="No space left"):
            library.complete()
        assert library.search("부산항 여객선")[0].document == "inner/ferry.txt"
        monkeypatch.undo()
        library.complete()
        assert library.counts() == {"documents": 2, "passages": 2, "sentences": 5, "vectors": 5}


def test_a_process_killed_while_embedding_loses_and_repeats_nothing(
    tmp_path: Path, documents: Path
) -> None:
    """After kill -9 in the middle, words find all documents, and only what lacks is embedded."""
    long = "\n\n".join(f"Paragraph {n} tells of the year {n + 1000}." for n in range(400))
    (documents / "long.txt").write_text(long, "utf-8")
    code = """
import os, signal, sys
from pathlib import Path
from store import Library
def kill(progress):
    if progress.done >= 128:
        os.kill(os.getpid(), signal.SIGKILL)
library = Library(Path(sys.argv[1]))
library.add([Path(sys.argv[2])])
library.complete(kill)
"""
    child = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "library", documents], check=False
    )
    assert child.returncode == -signal.SIGKILL
    embedder = RecordingEmbedder()
    with Library(tmp_path / "library", embedder) as library:
        counts = library.counts()
        assert counts["sentences"] == 405
        assert 128 <= counts["vectors"] < 405
        assert library.search("year 1234", top=1)[0].text == "Paragraph 234 tells of the year 1234."
        assert library.add([documents]).unchanged == ("bank.txt", "long.txt", "inner/ferry.txt")
        embedder.given.clear()
        library.complete()
        assert len(embedder.given) <= 405 - counts["vectors"]
        assert library.counts()["vectors"] == 405


@pytest.mark.parametrize("words", ["INSERT INTO passage ", "COMMIT"])
def test_a_process_killed_while_adding_has_whole_documents_only(
    tmp_path: Path, documents: Path, words: str
) -> None:
    """After kill -9 at any statement the next start has all of a document or none of it."""
    code = """
import os, signal, sqlite3, sys
from pathlib import Path
from store import Library
library = Library(Path(sys.argv[1]))
library.add([Path(sys.argv[2]) / "bank.txt"])
def kill(statement):
    if statement.startswith(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
library._database._file._connection.set_trace_callback(kill)
library.add([Path(sys.argv[2])])
"""
    child = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "library", documents, words], check=False
    )
    assert child.returncode == -signal.SIGKILL
    with Library(tmp_path / "library") as library:
        assert [summary.name for summary in library.documents()] == ["bank.txt"]
        assert library.counts()["sentences"] == 3
        assert library.add([documents]).added == ("inner/ferry.txt",)
        library.complete()
        assert library.counts()["vectors"] == library.counts()["sentences"] == 5


def test_the_lock_of_a_killed_process_does_not_stay(tmp_path: Path) -> None:
    """Its holder's name remains in a file, but the folder can be opened."""
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "lock").touch()
    (folder / "lock-holder.json").write_text(json.dumps({"process": 1}), "utf-8")
    with Library(folder) as library:
        assert library.documents() == []


class OtherEmbedder(BuiltinEmbedder):
    identity = "OtherModel"


def test_closing_stops_what_is_being_added(tmp_path: Path, documents: Path) -> None:
    """The folder is free within moments, and holds whole documents only."""
    library = Library(tmp_path / "library")
    begun, closing, failures = threading.Event(), threading.Event(), list[StoreError]()

    def report(progress: Progress) -> None:
        if progress.files_done:
            begun.set()
            closing.wait(30)

    def add() -> None:
        try:
            library.add([documents], progress=report)
        except StoreError as error:
            failures.append(error)

    adding = threading.Thread(target=add)
    adding.start()
    assert begun.wait(30)
    library.close()
    closing.set()
    adding.join(10)
    assert "closed before all documents were in" in str(failures[0])
    with Library(tmp_path / "library") as again:
        assert [summary.name for summary in again.documents()] == ["bank.txt"]
        assert again.counts()["sentences"] == 3


def test_closing_stops_what_is_being_embedded(tmp_path: Path, documents: Path) -> None:
    """Who waits for it is told; what was embedded stays."""
    long = "\n\n".join(f"Paragraph {n} tells of the year {n + 1000}." for n in range(2000))
    (documents / "long.txt").write_text(long, "utf-8")
    library = Library(tmp_path / "library")
    library.add([documents])
    begun, failures = threading.Event(), list[StoreError]()

    def wait() -> None:
        try:
            library.complete(lambda _: begun.set())
        except StoreError as error:
            failures.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert begun.wait(30)
    library.close()
    waiting.join(10)
    assert "closed before all sentences were embedded" in str(failures[0])
    with Library(tmp_path / "library") as again:
        assert 0 < again.counts()["vectors"] < again.counts()["sentences"] == 2005


def test_documents_without_vectors_are_still_found_by_words(
    tmp_path: Path, documents: Path
) -> None:
    """A lost vector folder costs the meaning, not the library."""
    with Library(tmp_path / "library") as library:
        library.add([documents])
    shutil.rmtree(tmp_path / "library" / "vectors")
    with Library(tmp_path / "library") as library:
        assert library.search("silver coins")[0].document == "bank.txt"


def test_names_that_cannot_be_read_do_not_stop_the_others(
    library: Library, documents: Path
) -> None:
    """A link in a circle and a name that is no UTF-8 are failures with reasons."""
    (documents / "loop.txt").symlink_to(documents / "loop.txt")
    Path(os.fsdecode(os.fsencode(documents) + b"/\xc7\xd1.txt")).write_text("Text.", "utf-8")
    report = library.add([documents])
    assert report.added == ("bank.txt", "inner/ferry.txt")
    assert len(report.failed) == 2
    json.dumps(report.to_dict(), ensure_ascii=False).encode()


def test_another_thread_may_close_the_library(tmp_path: Path) -> None:
    """The lock belongs to the process, not to the thread that took it."""
    library = Library(tmp_path / "library")
    closing = threading.Thread(target=library.close)
    closing.start()
    closing.join()
    with Library(tmp_path / "library") as again:
        assert again.documents() == []


def test_a_thing_is_found_by_any_of_its_names(tmp_path: Path) -> None:
    """A collection's list of names is read at every search, and counts for meaning and words."""
    library = tmp_path / "library"
    (tmp_path / "sea.txt").write_text(
        "The Sea of Okra lies north of the town. It is 310 metres deep.\n\n"
        "The Bay of Corn lies south of the town. It is 25 metres deep.\n",
        "utf-8",
    )
    with Library(library) as opened:
        opened.add([tmp_path / "sea.txt"])
        (library / "names.toml").write_text(
            '[[name]]\nen = ["Grey Water", "Sea of Okra"]\n', "utf-8"
        )
        best = opened.search("Where is Grey Water?")[0]
    assert best.text == "The Sea of Okra lies north of the town."
    assert best.coverage == 1.0


def test_a_malformed_list_of_names_is_told(tmp_path: Path) -> None:
    """Searching says which file to mend."""
    with Library(tmp_path) as library:
        (tmp_path / "names.toml").write_text("[[", "utf-8")
        with pytest.raises(NamesError, match=r"names\.toml"):
            library.search("Where is it?")


def test_each_half_of_the_search_finds_by_itself(tmp_path: Path) -> None:
    """Words find what shares them, vectors what means the same."""
    for name, text in (
        ("a.txt", "Physicians see patients on Mondays."),
        ("b.txt", "The doctor fish is a kind of carp."),
    ):
        (tmp_path / name).write_text(text, "utf-8")
    with Library(tmp_path / "library") as library:
        library.add([tmp_path / "a.txt", tmp_path / "b.txt"])
        library.complete()
        question = "On which day can I see a doctor?"
        assert library.search_words("doctor")[0].document == "b.txt"
        assert library.search_meaning(question, 1)[0].document == "a.txt"
        assert len(library.search_words("doctor")) == 1
