"""The built-in engine: llama.cpp in this process, as a LlamaIndex LLM. Alone meets xllamacpp."""

import os
import queue
import secrets
import threading
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
)
from llama_index.core.bridge.pydantic import Field, PrivateAttr
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback
from llama_index.core.llms.custom import CustomLLM

from qa.errors import EngineError
from qa.stopping import when_stopped

_Arrival = dict[str, Any] | Exception | None  # None ends a reply


class BuiltinLLM(CustomLLM):
    """A GGUF model, loaded on construction and answering one request at a time.

    Raises EngineError when the file is no model that can be run. A response's `raw["usage"]`
    holds the engine's own token counts. Once a stream is closed, or left by way of `qa.stopping`
    at any moment, the engine stops at the next token, or does not begin.
    """

    model: str = Field(description="The model's name in the catalogue.")
    path: Path = Field(description="The GGUF file.")
    context_window: int = Field(description="Tokens of prompt and reply together.")
    max_tokens: int = Field(description="Tokens of a reply at the most.")
    silence: float = Field(120, description="Seconds without a token until it counts as hung.")
    _server: Any = PrivateAttr()
    _turn: threading.Lock = PrivateAttr(default_factory=threading.Lock)
    # When the engine last began or said something, whoever had asked: to wait in line behind a
    # request that goes on is no silence, to wait behind one that hangs is.
    _heard: float = PrivateAttr(default=0.0)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._server = _load(self.path, self.context_window)

    @classmethod
    def class_name(cls) -> str:
        return "BuiltinLLM"

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(
            context_window=self.context_window,
            num_output=self.max_tokens,
            is_chat_model=True,
            model_name=self.model,
        )

    @llm_chat_callback()
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        response = ChatResponse(message=ChatMessage(role="assistant", content=""))
        for response in self._stream(messages, **kwargs):  # noqa: B007 - the last one is whole
            pass
        return response

    @llm_chat_callback()
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        return self._stream(messages, **kwargs)

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:  # noqa: ARG002
        reply = self.chat([ChatMessage(role="user", content=prompt)], **kwargs)
        return CompletionResponse(text=reply.message.content or "", raw=reply.raw)

    @llm_completion_callback()
    def stream_complete(
        self,
        prompt: str,
        formatted: bool = False,  # noqa: ARG002
        **kwargs: Any,
    ) -> CompletionResponseGen:
        def pieces() -> CompletionResponseGen:
            for reply in self._stream([ChatMessage(role="user", content=prompt)], **kwargs):
                yield CompletionResponse(
                    text=reply.message.content or "", delta=reply.delta, raw=reply.raw
                )

        return pieces()

    def _stream(
        self, messages: Sequence[ChatMessage], **kwargs: Any
    ) -> Generator[ChatResponse, None, None]:
        request = {
            "messages": [{"role": m.role.value, "content": m.content or ""} for m in messages],
            "max_tokens": self.max_tokens,
            "temperature": 0,
            "cache_prompt": True,
            "stream": True,
            "stream_options": {"include_usage": True},
        } | kwargs
        text, usage = "", None
        for chunk in self._chunks(request):
            delta = "".join(c["delta"].get("content") or "" for c in chunk["choices"])
            usage = chunk.get("usage") or usage
            text += delta
            message = ChatMessage(role="assistant", content=text)
            yield ChatResponse(message=message, delta=delta, raw={"usage": usage})

    def _chunks(self, request: dict[str, Any]) -> Generator[dict[str, Any], None, None]:
        # The engine calls back on the thread that asks; a queue turns that into an iterator.
        arrived: queue.Queue[_Arrival] = queue.Queue()
        stopped = threading.Event()

        def receive(chunk: dict[str, Any]) -> bool:
            self._heard = time.monotonic()
            arrived.put(chunk)
            return stopped.is_set()

        def run() -> None:
            try:
                with self._turn:
                    self._heard = time.monotonic()
                    if not stopped.is_set():
                        self._server.handle_chat_completions(request, receive)
                arrived.put(None)
            except Exception as error:
                arrived.put(error)

        when_stopped(stopped.set)
        threading.Thread(target=run, name="builtin-engine", daemon=True).start()
        asked = time.monotonic()
        try:
            while (chunk := self._next(arrived, asked)) is not None:
                yield _checked(chunk)
        finally:
            stopped.set()

    def _next(self, arrived: queue.Queue[_Arrival], asked: float) -> _Arrival:
        while True:
            left = max(0.0, max(asked, self._heard) + self.silence - time.monotonic())
            try:
                return arrived.get(timeout=left)
            except queue.Empty:
                if not left:
                    raise EngineError(
                        f"The built-in engine was silent for {self.silence:.0f} s. Close other"
                        " programs, or choose a smaller model with --model."
                    ) from None


def _checked(chunk: dict[str, Any] | Exception) -> dict[str, Any]:
    if isinstance(chunk, Exception):
        raise EngineError(f"The built-in engine stopped: {chunk}.") from chunk
    if "error" in chunk:
        raise EngineError(f"The built-in engine stopped: {chunk['error']}.")
    return chunk


def _load(path: Path, context_window: int) -> Any:
    import xllamacpp

    cores = os.cpu_count() or 1
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = context_window
    params.n_parallel = 1
    params.verbosity = 0
    # The binding always opens a listener: loopback, a free port, a key that nobody has.
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.ui = False
    params.endpoint_slots = False
    # Replies share one short beginning: more than this of saved prompts is memory for nothing.
    params.cache_ram_mib = 256
    params.api_keys = [secrets.token_hex(16)]
    for threads, count in ((params.cpuparams, max(1, cores - 1)), (params.cpuparams_batch, cores)):
        threads.n_threads = count
        # Threads that spin for each other starve when another process wants a core: measured,
        # decoding on 2 cores with one busy fell from 12 to 0.6 tokens a second.
        threads.poll = 0
    try:
        return xllamacpp.Server(params)
    except Exception as error:
        raise EngineError(
            f"The model in {path} cannot be loaded ({error}). Remove that file and fetch it again"
            " with “qa models pull”."
        ) from error
