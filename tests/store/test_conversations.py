"""Conversations in the collection's file: what is kept, whose it is, and what goes."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from store import KeptExchange, Library, Piece
from store.conversations import KEPT

SECRET = "Zyzzogeton was treated in ward seven."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "ward.txt").write_text(SECRET, "utf-8")
    (documents / "bank.txt").write_text("The Harbour Bank opened in 1962.", "utf-8")
    with Library(tmp_path / "library") as library:
        library.add([documents])
    return tmp_path / "library"


def ids(library: Library) -> dict[str, str]:
    return {summary.name: summary.id for summary in library.documents()}


def asked(question: str, *pieces: Piece) -> KeptExchange:
    return KeptExchange(question, pieces)


def texts(library: Library, conversation: str, reader: str = "r") -> list[str]:
    return [kept.question for kept in library.conversations.exchanges(reader, conversation)]


def left(folder: Path, markers: Sequence[bytes]) -> list[bytes]:
    """Those of the markers that stand in any file of the folder."""
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return [marker for marker in markers if any(marker in data for data in files)]


def test_a_conversation_outlives_the_program(folder: Path) -> None:
    """Opened again, it has every exchange in order; its title is its first question."""
    with Library(folder) as library:
        for question in ("First?", "Second?"):
            library.conversations.add("r", "c1", asked(question, Piece("words", f"to {question}")))
        library.conversations.add("r", "c2", asked("Another?"))
        library.conversations.add("r", "c1", asked("Third?"))
    with Library(folder) as library:
        listed = library.conversations.summaries("r")
        assert [(one.id, one.title) for one in listed] == [("c1", "First?"), ("c2", "Another?")]
        first, *_ = library.conversations.exchanges("r", "c1")
        assert first == asked("First?", Piece("words", "to First?"))
        assert texts(library, "c1") == ["First?", "Second?", "Third?"]


def test_a_conversation_is_its_readers_alone(folder: Path) -> None:
    """Who has another id neither sees, adds to nor deletes it, even by its own id."""
    with Library(folder) as library:
        library.conversations.add("one", "c", asked("Mine?"))
        library.conversations.add("other", "c", asked("Yours?"))
        assert texts(library, "c", "one") == ["Mine?"]
        library.conversations.delete("other", "c")
        assert texts(library, "c", "one") == ["Mine?"]
        assert library.conversations.summaries("other") == []
        assert library.conversations.exchanges("nobody", "c") == []


def test_two_places_at_once_lose_nothing(folder: Path) -> None:
    """Exchanges that several threads add to one conversation are all there."""
    with Library(folder) as library:

        def ask(place: int) -> None:
            for number in range(20):
                library.conversations.add("r", "c", asked(f"{place}.{number}?"))

        threads = [threading.Thread(target=ask, args=(place,)) for place in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = texts(library, "c")
    assert sorted(found) == sorted(f"{place}.{n}?" for place in range(4) for n in range(20))
    for place in range(4):
        own = [question for question in found if question.startswith(f"{place}.")]
        assert own == [f"{place}.{n}?" for n in range(20)]


def test_the_oldest_conversations_make_room(folder: Path) -> None:
    """As many are kept as the rule says: those in which something was asked last."""
    with Library(folder) as library:
        for number in range(KEPT):
            library.conversations.add("r", str(number), asked(f"Question {number}?"))
        library.conversations.add("r", "0", asked("Again?"))
        library.conversations.add("r", "new", asked("New?"))
        kept = [one.id for one in library.conversations.summaries("r")]
        assert kept[:2] == ["new", "0"]
        assert len(kept) == KEPT
        assert "1" not in kept
        assert left(folder, [b"Question 1?"]) == []


def test_a_removed_document_takes_its_words_along(folder: Path) -> None:
    """Not a byte of its pieces is left, the exchange says so, and the others' pieces stay."""
    with Library(folder) as library:
        ward, bank = ids(library)["ward.txt"], ids(library)["bank.txt"]
        both = Piece("sentence", "Zyzzogeton and bank" + " so" * 3000, frozenset({ward, bank}))
        own = Piece("quotation", SECRET, frozenset({ward}))
        others = Piece("quotation", "opened in 1962", frozenset({bank}))
        library.conversations.add("r", "c", asked("Who?", own, others, both))
        library.conversations.add("r", "c", asked("When?", others))
        markers = [b"Zyzzogeton", ward.encode()]
        assert left(folder, markers) == markers
        library.remove(ward)
        assert left(folder, markers) == []
        who, when = library.conversations.exchanges("r", "c")
        bare = Piece("quotation", "opened in 1962")
        assert who == KeptExchange("Who?", (bare,), forgotten=True)
        assert when == KeptExchange("When?", (bare,))
    assert left(folder, markers) == []


def test_a_replaced_document_takes_its_words_along(folder: Path) -> None:
    """What its earlier version said is gone from every conversation."""
    path = folder.parent / "documents" / "ward.txt"
    with Library(folder) as library:
        quoted = Piece("quotation", SECRET, frozenset({ids(library)["ward.txt"]}))
        library.conversations.add("r", "c", asked("Who?", quoted))
        path.write_text("Nothing to report.", "utf-8")
        library.add([path.parent])
        (who,) = library.conversations.exchanges("r", "c")
        assert who == KeptExchange("Who?", (), forgotten=True)
        library.complete()
        assert left(folder, [b"Zyzzogeton"]) == []


def test_what_was_removed_while_it_was_quoted_is_not_kept(folder: Path) -> None:
    """An answer that ends after its document has gone brings nothing of it back."""
    with Library(folder) as library:
        ward = ids(library)["ward.txt"]
        library.remove(ward)
        late = Piece("quotation", SECRET, frozenset({ward}))
        library.conversations.add("r", "c", asked("Who?", late))
        (who,) = library.conversations.exchanges("r", "c")
        assert who == KeptExchange("Who?", (), forgotten=True)
        assert left(folder, [b"Zyzzogeton", ward.encode()]) == []


def test_no_byte_of_a_deleted_conversation_is_left(folder: Path) -> None:
    """Neither questions nor replies, long ones among them, nor its id; others stay."""
    with Library(folder) as library:
        long = Piece("words", "Quuxolot " * 5000)
        library.conversations.add("r", "gone-1234", asked("Where is Plughplover?", long))
        library.conversations.add("r", "stays", asked("What stays?"))
        markers = [b"Plughplover", b"Quuxolot", b"gone-1234"]
        assert left(folder, markers) == markers
        library.conversations.delete("r", "gone-1234")
        assert left(folder, markers) == []
        assert texts(library, "stays") == ["What stays?"]
    assert left(folder, markers) == []


def test_what_a_stop_left_of_a_deleted_conversation_is_gone_when_next_opened(
    folder: Path,
) -> None:
    """Killed between deleting and emptying the log."""
    code = (
        "import os, sys; from pathlib import Path; from store import KeptExchange, Library;"
        "library = Library(Path(sys.argv[1])); kept = library.conversations;"
        "kept.add('r', 'c', KeptExchange('Where is Plughplover?', ()));"
        "kept._file.truncate_log = lambda: os._exit(9); kept.delete('r', 'c')"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], check=False)
    assert done.returncode == 9
    assert left(folder, [b"Plughplover"])
    with Library(folder) as library:
        assert library.conversations.summaries("r") == []
        assert left(folder, [b"Plughplover"]) == []
