"""Vectors that follow their documents: in the background, newest first, each text once."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from store import EmbeddingProgress, Library
from tests.store.recording import RecordingEmbedder

BANK = "The Harbour Bank opened in 1962. Its vault holds 4,210 silver coins. It closes at noon."
ROOMS = "\n\n".join(f"Room {number + 1000} is free." for number in range(300))


@pytest.fixture
def embedder() -> RecordingEmbedder:
    return RecordingEmbedder()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


Write = Callable[[str, str], Path]


def test_vectors_follow_in_the_background(tmp_path: Path, write: Write) -> None:
    """Nobody has to wait for them."""
    with Library(tmp_path / "library") as library:
        library.add([write("bank.txt", BANK)])
        until(lambda: library.embedding_progress().is_complete)
        assert library.embedding_progress() == EmbeddingProgress(3, 3, 0.0)


def test_what_has_no_vector_is_ranked_as_if_it_had(tmp_path: Path, write: Write) -> None:
    """Beside a document that has its vectors, with cosines made for the question."""
    with Library(tmp_path / "library") as library:
        library.add([write("rooms.txt", ROOMS)])
        library.complete()
        with library.undisturbed():
            library.add([write("bank.txt", BANK)])
            lacking = library.search("How many silver coins are in the vault?", top=3)
        library.complete()
        whole = library.search("How many silver coins are in the vault?", top=3)
    assert lacking[0].text == whole[0].text == "Its vault holds 4,210 silver coins."
    assert lacking[0].similarity == pytest.approx(whole[0].similarity, abs=0.001)


def test_a_passage_without_vectors_is_not_behind_those_that_have_some(
    tmp_path: Path, write: Write
) -> None:
    """However many share most of the question's words, and are near it besides."""

    def sections(first: int) -> str:
        """Each a passage of its own."""
        numbers = range(first, first + 60)
        return "\n\n".join(f"# Hall {number}\n\nRoom {number} is free." for number in numbers)

    with Library(tmp_path / "library") as library:
        library.add([write("rooms.md", sections(1000))])
        library.complete()
        with library.undisturbed():
            library.add([write("others.md", sections(2000))])
            assert library.search("Is room 2022 free?")[0].text == "Room 2022 is free."


def test_many_that_have_no_vector_cost_few_embeddings(
    tmp_path: Path, write: Write, embedder: RecordingEmbedder
) -> None:
    """The best by their words; no other is taken to be nearer than those."""
    with Library(tmp_path / "library", embedder) as library, library.undisturbed():
        library.add([write("rooms.txt", ROOMS)])
        found = library.search("Is room 1077 free?", top=50)
        assert found[0].text == "Room 1077 is free."
        assert "Room 1077 is free." in embedder.given
        assert len(embedder.given) <= 4
        assert min(one.similarity for one in found) > 0.5


def test_the_newest_document_is_embedded_first(
    tmp_path: Path, write: Write, embedder: RecordingEmbedder
) -> None:
    """Also where an older one is in the middle of it, which goes on afterwards."""
    with Library(tmp_path / "library", embedder) as library:
        library.add([write("rooms.txt", ROOMS)])
        until(lambda: len(embedder.given) > 0)
        embedder.free.clear()
        library.add([write("bank.txt", BANK)])
        embedder.free.set()
        library.complete()
        place = embedder.given.index("It closes at noon.")
        assert 0 < place < 290
        assert library.counts()["vectors"] == library.counts()["sentences"] == 303


def test_nothing_is_embedded_while_somebody_asks(
    tmp_path: Path, write: Write, embedder: RecordingEmbedder
) -> None:
    """And it goes on as soon as nobody does."""
    with Library(tmp_path / "library", embedder) as library:
        with library.undisturbed(), library.undisturbed():
            library.add([write("rooms.txt", ROOMS)])
            time.sleep(0.3)
            assert embedder.given == []
        until(lambda: library.embedding_progress().is_complete)


def test_equal_sentences_are_embedded_once(
    tmp_path: Path, write: Write, embedder: RecordingEmbedder
) -> None:
    """Of one document and of several."""
    with Library(tmp_path / "library", embedder) as library:
        library.add([write("bank.txt", BANK)])
        library.complete()
        embedder.given.clear()
        library.add([write("other.txt", "It closes at noon. It rains. It closes at noon.")])
        library.complete()
        assert embedder.given == ["It rains."]
        assert library.counts()["vectors"] == 6


def test_a_changed_file_has_only_its_new_sentences_embedded(
    tmp_path: Path, write: Write, embedder: RecordingEmbedder
) -> None:
    """The others keep the vectors that they had, wherever they stand now."""
    with Library(tmp_path / "library", embedder) as library:
        library.add([write("bank.txt", BANK)])
        library.complete()
        embedder.given.clear()
        changed = f"It was sold in 2001. {BANK}"
        assert library.add([write("bank.txt", changed)]).replaced == ("bank.txt",)
        library.complete()
        assert embedder.given == ["It was sold in 2001."]
        counts = library.counts()
        assert counts["vectors"] == counts["sentences"] == 4
        found = library.search("How many silver coins are in the vault?")[0]
        [alone] = embedder.passages(["Its vault holds 4,210 silver coins."])
        asked = embedder.question("How many silver coins are in the vault?")
        assert found.similarity == pytest.approx(float(alone @ asked), abs=0.001)


def test_a_document_that_is_removed_while_it_is_embedded_gets_no_vectors(
    tmp_path: Path, write: Write, embedder: RecordingEmbedder
) -> None:
    """What was made for it meanwhile is dropped."""
    with Library(tmp_path / "library", embedder) as library:
        embedder.free.clear()
        library.add([write("rooms.txt", ROOMS)])
        time.sleep(0.1)
        library.remove(library.documents()[0].id)
        embedder.free.set()
        library.complete()
        assert library.counts()["vectors"] == 0


def test_a_document_that_comes_back_while_it_is_embedded_gets_all_vectors(
    tmp_path: Path, write: Write, embedder: RecordingEmbedder
) -> None:
    """Those that went with it are made again."""
    rooms = write("rooms.txt", ROOMS)
    with Library(tmp_path / "library", embedder) as library:
        library.add([rooms])
        until(lambda: library.embedding_progress().done > 0)
        embedder.free.clear()
        library.remove(library.documents()[0].id)
        library.add([rooms])
        embedder.free.set()
        library.complete()
        assert library.counts()["vectors"] == library.counts()["sentences"] == 300


def test_the_pace_is_known_in_the_next_process(tmp_path: Path, write: Write) -> None:
    """So that it can be told how long the rest will take, before any of it is done."""
    with Library(tmp_path / "library") as library:
        library.add([write("bank.txt", BANK)])
        library.complete()
        with library.undisturbed():
            library.add([write("rooms.txt", ROOMS)])
            library.close()
    with Library(tmp_path / "library") as library:
        progress = library.embedding_progress()
        assert progress.seconds_left is not None
        assert progress.seconds_left > 0


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_adding_that_is_stopped_is_gone_on_with(
    tmp_path: Path, write: Write, end: signal.Signals
) -> None:
    """Ctrl-C and kill alike: words find everything, and the next program makes the vectors."""
    write("rooms.txt", "\n\n".join(f"Room {number + 1000} is free." for number in range(3000)))
    qa, data = Path(sys.executable).with_name("qa"), tmp_path / "data"
    command: list[str | Path] = [qa, "add", tmp_path / "rooms.txt", "--data", data]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as adding:
        assert adding.stderr is not None
        for line in adding.stderr:
            if line.startswith("Embedded: "):
                break
        adding.send_signal(end)
        told = adding.stderr.read()
    if end == signal.SIGINT:
        assert "All documents are found by their words" in told
        assert adding.returncode == 1
    with Library(tmp_path / "data" / "collections" / "default") as library:
        assert library.search("Is room 2222 free?", 1)[0].text == "Room 2222 is free."
        before = library.embedding_progress()
        assert before.done < before.total == 3000
        library.complete_in_background()
        until(lambda: library.embedding_progress().done > before.done)
