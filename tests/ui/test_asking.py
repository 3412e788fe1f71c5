import asyncio
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from qa import AddReport, Answer, Assistant, Evidence, Exchange, Progress, Turn, read_settings
from store import Library, StorageError
from ui import asking
from ui.labels import languages
from ui.render import SHOWN

TEXT = " ".join(f"Room {n} has {n + 3} chairs and one lamp." for n in range(9))


class Slow(Assistant):
    """An assistant that says three words after its evidence, and notes when it is stopped."""

    ended = False

    def stream(
        self, question: str, history: Iterable[Turn] = ()
    ) -> Generator[Evidence | str | Answer, None, None]:
        *found, answer = super().stream(question, history)
        yield from found
        try:
            yield from ("six ", "or ", "seven")
            yield answer
        finally:
            self.ended = True


def ask(
    assistant: Slow, question: str, keep: Callable[[Exchange], None] = lambda _: None
) -> Generator[Exchange, None, None]:
    return asking.ask(assistant, question, (), languages()["en"], keep)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slow]:
    folder = tmp_path_factory.mktemp("library")
    (folder / "rooms.txt").write_text(TEXT, encoding="utf-8")
    settings = read_settings(data=folder / "data", engine="quotes")
    with Slow(Library(settings.collection_folder), settings) as opened:
        opened.add(folder / "rooms.txt")
        yield opened


def test_evidence_comes_before_words_and_words_before_the_answer(assistant: Slow) -> None:
    """A question grows: evidence up to what is shown, then a draft, then the answer."""
    steps = list(ask(assistant, "How many chairs has room 4?"))
    assert steps[0] == Exchange("How many chairs has room 4?")
    first_word = next(n for n, step in enumerate(steps) if step.draft)
    assert len(steps[first_word].evidence) == SHOWN
    assert steps[-2].draft == "six or seven"
    assert steps[-1].answer is not None
    assert not steps[-1].open


def test_closing_stops_the_engine(assistant: Slow) -> None:
    """Closing in the middle of a draft closes the assistant's stream."""
    assistant.ended = False
    steps = ask(assistant, "How many chairs has room 4?")
    next(step for step in steps if step.draft)
    assert not assistant.ended
    steps.close()
    assert assistant.ended


def test_how_a_question_ended_is_kept_before_it_is_told(assistant: Slow) -> None:
    """The answer is kept once, whole; where it is stopped, as far as it got."""
    kept: list[Exchange] = []
    for step in ask(assistant, "How many chairs has room 4?", kept.append):
        assert kept == ([] if step.open else [step])
    kept.clear()
    steps = ask(assistant, "How many chairs has room 4?", kept.append)
    drafted = next(step for step in steps if step.draft)
    steps.close()
    assert kept == [replace(drafted, stopped=True)]


def test_an_answer_that_cannot_be_kept_is_told_with_the_reason(assistant: Slow) -> None:
    """A full disk takes nothing from the reader but the reload."""

    def refuse(_: Exchange) -> None:
        raise StorageError("Free some space.")

    *_, last = ask(assistant, "How many chairs has room 4?", refuse)
    assert last.answer is not None
    assert "7 chairs" in last.answer.answer
    assert last.answer.warnings[-1] == "Free some space."


def test_a_draft_knows_all_that_the_model_read(assistant: Slow) -> None:
    """Evidence that is not shown counts: a draft may hold its words."""
    found = assistant.search("How many chairs has room 4?")[0]
    others = [replace(found, document_id=str(number)) for number in range(SHOWN + 2)]
    exchange = Exchange("How many?")
    for event in others:
        exchange = asking.grown(exchange, event)
    assert len(exchange.evidence) == SHOWN
    assert exchange.leans_on == {str(SHOWN), str(SHOWN + 1)}


def test_a_question_that_cannot_be_asked_is_told(assistant: Slow) -> None:
    """What the assistant refuses to take comes as its sentence."""
    *_, last = ask(assistant, "x" * 5000)
    assert last.error is not None
    assert "Shorten it" in last.error


def test_pacing_drops_words_and_never_the_end() -> None:
    """Many quick words become few steps; evidence and the end are always among them."""
    words = [Exchange("q", draft="a" * n) for n in range(1, 50)]
    end = Exchange("q", draft="a" * 49, error="Broken.")
    shown = list(asking.paced([Exchange("q"), *words, end]))
    assert shown[0] == Exchange("q")
    assert shown[-1] == end
    assert len(shown) < 10


def test_pacing_drops_what_adds_nothing() -> None:
    """While a model reads, the same exchange comes again and again: it is shown once."""
    waiting = Exchange("q")
    assert list(asking.paced([waiting, waiting, waiting])) == [waiting]


def test_leaving_does_not_wait_for_the_next_step() -> None:
    """The page is free at once; the steps are closed by their own thread when it can."""
    gate, closed = threading.Event(), threading.Event()

    def stuck() -> Generator[Exchange, None, None]:
        try:
            yield Exchange("q")
            gate.wait(30)
            yield Exchange("q", draft="too late")
        finally:
            closed.set()

    async def leave() -> None:
        async with aclosing(asking.apart(stuck())) as steps:
            assert await anext(steps) == Exchange("q")
        assert not closed.is_set()

    asyncio.run(leave())
    gate.set()
    assert closed.wait(30)


def test_what_breaks_apart_is_raised() -> None:
    """An error of the steps' thread reaches the page."""

    def broken() -> Generator[Exchange, None, None]:
        yield Exchange("q")
        raise ValueError("broken")

    async def read() -> list[Exchange]:
        return [step async for step in asking.apart(broken())]

    with pytest.raises(ValueError, match="broken"):
        asyncio.run(read())


def test_slow_words_are_all_shown() -> None:
    """Words that come slower than the pace each are a step."""

    def slowly() -> Iterator[Exchange]:
        for n in range(1, 4):
            time.sleep(0.1)
            yield Exchange("q", draft="a" * n)

    assert len(list(asking.paced(slowly()))) == 3


def test_stopping_keeps_what_is_finished(assistant: Slow) -> None:
    """Only a question that is still open becomes a stopped one."""
    *_, done = ask(assistant, "How many chairs has room 4?")
    assert asking.stop([done, Exchange("next", draft="So")]) == (
        done,
        Exchange("next", draft="So", stopped=True),
    )


def test_an_upload_tells_how_far_it_is(assistant: Slow, tmp_path: Path) -> None:
    """Adding a file gives its progress and last the report; the file can then be found."""
    path = tmp_path / "stairs.txt"
    path.write_text("The cellar stairs have nineteen steps.", encoding="utf-8")
    *progress, report = asking.add(assistant, path, "stairs.txt")
    assert progress
    assert all(isinstance(step, Progress) for step in progress)
    assert report == AddReport(added=("stairs.txt",))
    found = assistant.search("How many steps have the cellar stairs?")[0]
    assert found.document == "stairs.txt"


def test_an_upload_that_cannot_be_kept_raises(assistant: Slow, tmp_path: Path) -> None:
    """A file that is gone before it is read is an error of the library, not a silence."""
    with pytest.raises(StorageError):
        list(asking.add(assistant, tmp_path / "gone.txt", "gone.txt"))
