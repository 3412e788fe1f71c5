"""A question and an upload as steps that a page can show while they go on."""

import queue
import threading
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from qa import AddReport, Answer, Assistant, Evidence, OwngroundError, Progress, Turn
from ui.render import SHOWN, Exchange

# Pieces of a draft that come faster than this are shown together.
_SECONDS_BETWEEN = 0.08


def ask(
    assistant: Assistant, question: str, history: Sequence[Turn]
) -> Generator[Exchange, None, None]:
    """The exchange as it grows: evidence, draft, answer. Closing this stops the engine."""
    exchange = Exchange(question)
    yield exchange
    try:
        with closing(assistant.stream(question, history)) as events:
            for event in events:
                exchange = grown(exchange, event)
                yield exchange
    except OwngroundError as error:
        yield replace(exchange, error=str(error))


def grown(exchange: Exchange, event: Evidence | str | Answer) -> Exchange:
    """The exchange with what the assistant told next."""
    if isinstance(event, Answer):
        return replace(exchange, answer=event)
    if isinstance(event, str):
        return replace(exchange, draft=exchange.draft + event)
    if len(exchange.evidence) < SHOWN:
        return replace(exchange, evidence=(*exchange.evidence, event))
    return exchange


def paced(exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    """The exchanges without those that only add a few words too soon after the last."""
    shown_at = 0.0
    for exchange in exchanges:
        now = time.monotonic()
        if exchange.open and exchange.draft and now - shown_at < _SECONDS_BETWEEN:
            continue
        shown_at = now
        yield exchange


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
