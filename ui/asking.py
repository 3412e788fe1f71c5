"""A question and an upload as steps that a page can show while they go on."""

import asyncio
import queue
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from qa import (
    AddReport,
    Answer,
    Assistant,
    Evidence,
    Exchange,
    OwngroundError,
    Progress,
    cited_documents,
)
from ui.labels import Labels
from ui.render import SHOWN, turns

# Pieces of a draft that come faster than this are shown together.
_SECONDS_BETWEEN = 0.08


def ask(
    assistant: Assistant,
    question: str,
    earlier: Sequence[Exchange],
    labels: Labels,
    keep: Callable[[Exchange], None],
) -> Generator[Exchange, None, None]:
    """The exchange as it grows: evidence, draft, answer. Closing this stops the engine.

    While the model still reads the same exchange comes again and again. How it ended, `keep` hears
    first; that it could not be kept is told with the answer.
    """
    exchange = Exchange(question, leans_on=cited_documents(earlier))
    try:
        yield exchange
        with closing(assistant.stream(question, turns(earlier, labels))) as events:
            for event in events:
                exchange = grown(exchange, event)
                if exchange.open:
                    yield exchange
    except OwngroundError as error:
        exchange = replace(exchange, error=str(error))
    except GeneratorExit:
        with suppress(OwngroundError):
            keep(replace(exchange, stopped=True))
        raise
    yield _kept(exchange, keep)


def _kept(exchange: Exchange, keep: Callable[[Exchange], None]) -> Exchange:
    try:
        keep(exchange)
    except OwngroundError as error:
        if exchange.answer is not None:
            warnings = (*exchange.answer.warnings, str(error))
            return replace(exchange, answer=replace(exchange.answer, warnings=warnings))
    return exchange


def grown(exchange: Exchange, event: Evidence | str | Answer) -> Exchange:
    """The exchange with what the assistant told next."""
    if isinstance(event, Answer):
        return replace(exchange, answer=event)
    if isinstance(event, str):
        return replace(exchange, draft=exchange.draft + event) if event else exchange
    if len(exchange.evidence) < SHOWN:
        return replace(exchange, evidence=(*exchange.evidence, event))
    # Not shown, but read by the model.
    return replace(exchange, leans_on=exchange.leans_on | {event.document_id})


def paced(exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    """The exchanges without those that only add a few words, or nothing, to the last."""
    shown, shown_at = None, 0.0
    for exchange in exchanges:
        now = time.monotonic()
        soon = exchange.open and exchange.draft and now - shown_at < _SECONDS_BETWEEN
        if soon or exchange is shown:
            continue
        shown, shown_at = exchange, now
        yield exchange


async def apart(steps: Generator[Exchange, None, None]) -> AsyncGenerator[Exchange, None]:
    """The steps, paced and made in a thread of their own.

    Closing this returns at once; the thread closes `steps` when the next one comes.
    """
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[Exchange | Exception | None] = asyncio.Queue()
    left = threading.Event()

    def until_left() -> Iterator[Exchange]:
        for step in steps:
            if left.is_set():
                return
            yield step

    def tell(step: Exchange | Exception | None) -> None:
        # When the page is being closed, its loop may have ended.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(arrived.put_nowait, step)

    def work() -> None:
        try:
            with closing(steps):
                for step in paced(until_left()):
                    tell(step)
            tell(None)
        except Exception as error:
            tell(error)

    threading.Thread(target=work, name="ask").start()
    try:
        while (step := await arrived.get()) is not None:
            if isinstance(step, Exception):
                raise step
            yield step
    finally:
        left.set()


def stop(exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """The conversation with what is still open marked as stopped; what is there stays."""
    return tuple(replace(e, stopped=True) if e.open else e for e in exchanges)


def add(assistant: Assistant, path: Path, name: str) -> Iterator[Progress | AddReport]:
    """How far adding a file is, then what became of it. Raises a StoreError."""
    steps: queue.SimpleQueue[Progress | AddReport | BaseException] = queue.SimpleQueue()

    def work() -> None:
        try:
            steps.put(assistant.library.add_upload(path, name, steps.put))
        except BaseException as error:
            steps.put(error)

    threading.Thread(target=work, name="add-upload").start()
    while not isinstance(step := steps.get(), AddReport):
        if isinstance(step, BaseException):
            raise step
        yield step
    yield step
