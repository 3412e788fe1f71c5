"""Stopping what waits: items that are read in a thread of their own, so that one can leave."""

import queue
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from contextvars import ContextVar, copy_context
from typing import TypeVar

T = TypeVar("T")
_BEAT = 0.1  # seconds until None is given where no item has come


class _Stop:
    """Whether the reader has left, and what then ends the wait for the next item."""

    def __init__(self) -> None:
        self.stopped = False
        self._end: Callable[[], None] = lambda: None
        self._lock = threading.Lock()

    def end_with(self, end: Callable[[], None]) -> None:
        with self._lock:
            self._end = end
            if self.stopped:
                end()

    def stop(self) -> None:
        with self._lock:
            self.stopped = True
            self._end()


_reading: ContextVar[_Stop] = ContextVar("reading")


def stoppable(items: Callable[[], Iterable[T]]) -> Generator[T | None, None, None]:
    """The items, and None at every beat in which none comes. Closing this returns at once.

    The thread that reads them then ends with the next item, or with what `when_stopped` was given.
    """
    arrived: queue.SimpleQueue[tuple[T] | Exception | None] = queue.SimpleQueue()
    stop = _Stop()

    def read() -> None:
        _reading.set(stop)
        try:
            for item in items():
                if stop.stopped:
                    return
                arrived.put((item,))
            arrived.put(None)
        except Exception as error:
            arrived.put(error)

    threading.Thread(
        target=copy_context().run, args=(read,), name="engine-words", daemon=True
    ).start()
    try:
        while True:
            try:
                item = arrived.get(timeout=_BEAT)
            except queue.Empty:
                yield None
                continue
            if item is None:
                return
            if isinstance(item, Exception):
                raise item
            yield item[0]
    finally:
        stop.stop()


def when_stopped(end: Callable[[], None]) -> None:
    """Let `end` be called, once, when the items that this thread reads are not wanted any more.

    It replaces what was given before, and does nothing in a thread that `stoppable` did not begin.
    """
    with suppress(LookupError):
        _reading.get().end_with(end)
