import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from qa import builtin
from qa.errors import EngineError
from qa.stopping import stoppable


class Slow:
    """In the place of the engine, whose pace cannot be set: a token each 0.2 s, or none at all."""

    def __init__(self, tokens: int) -> None:
        self.tokens = tokens
        self.requests = 0
        self.begun = threading.Event()
        self.freed = threading.Event()

    def handle_chat_completions(self, _: object, receive: Callable[[Any], bool]) -> None:
        self.requests += 1
        self.begun.set()
        if not self.tokens:
            self.freed.wait()
        for _ in range(self.tokens):
            self.freed.wait(0.2)
            receive({"choices": [{"delta": {"content": "x"}}]})


def _engine(server: Slow, silence: float, monkeypatch: pytest.MonkeyPatch) -> builtin.BuiltinLLM:
    monkeypatch.setattr(builtin, "_load", lambda *_: server)
    path = Path("m.gguf")
    return builtin.BuiltinLLM(
        model="m", path=path, context_window=1024, max_tokens=9, silence=silence
    )


def test_waiting_in_line_is_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request behind one that takes longer than the silence allowed gets its answer."""
    server = Slow(tokens=15)
    llm = _engine(server, 2.0, monkeypatch)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(llm.complete, "one")
        server.begun.wait()
        second = pool.submit(llm.complete, "two")
        assert [first.result().text, second.result().text] == ["x" * 15] * 2


def test_what_is_left_in_line_never_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stopped request gives its turn to the next one without a token read."""
    server = Slow(tokens=5)
    llm = _engine(server, 20.0, monkeypatch)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(llm.complete, "one")
        server.begun.wait()
        waiting = stoppable(partial(llm.stream_complete, "two"))
        assert next(waiting) is None
        waiting.close()
        third = pool.submit(llm.complete, "three")
        assert [first.result().text, third.result().text] == ["x" * 5] * 2
    assert server.requests == 2


def test_a_hung_engine_is_told_to_all_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the request that hangs, and to the one behind it."""
    server = Slow(tokens=0)
    llm = _engine(server, 0.5, monkeypatch)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(llm.complete, "one")
        server.begun.wait()
        second = pool.submit(llm.complete, "two")
        for hung in (first, second):
            with pytest.raises(EngineError, match="was silent"):
                hung.result()
    server.freed.set()
