"""The Ollama engine: finding or starting a server, its models, and its LLM for LlamaIndex."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from qa.addresses import is_loopback, server_address
from qa.errors import EngineError
from qa.settings import Settings
from qa.stopping import when_stopped

if TYPE_CHECKING:
    import httpx
    import ollama
    from llama_index.core.llms import LLM

_DEFAULT = "http://127.0.0.1:11434"
# Seconds to learn that no server answers, and to wait for one that was started.
_KNOCK, _START = 2.0, 15.0
# An entry with fewer bytes holds no weights: such a model runs at its maker's, in the cloud.
_LEAST_MODEL = 1_000_000


@dataclass(frozen=True, slots=True)
class OllamaModel:
    """A model that an Ollama server has."""

    name: str
    bytes: int
    digest: str


class OllamaServer:
    """An Ollama at `address`; `close` ends what this object opened and started."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._process: subprocess.Popen[bytes] | None = None
        self._open = ExitStack()

    def answers(self) -> bool:
        """Whether a server answers at the address now."""
        try:
            with ollama_errors(self.address), self._client(_KNOCK) as client:
                client.list()
        except EngineError:
            return False
        return True

    def start(self) -> None:
        """Start the `ollama` of the path unless one answers. Raises EngineError if that fails."""
        if self.answers():
            return
        if not is_loopback(self.address):
            raise EngineError(
                f"No Ollama answers at {self.address}. Start it on that machine, or use --engine"
                " builtin."
            )
        program = shutil.which("ollama")
        if program is None:
            raise EngineError(
                f"No Ollama answers at {self.address}, and none is installed. Install it from"
                " ollama.com, or use --engine builtin."
            )
        # Without this, a server asks its maker's site for recommendations when it starts.
        environment = os.environ | {"OLLAMA_NO_CLOUD": "1", "OLLAMA_HOST": self.address}
        self._process = subprocess.Popen(
            [program, "serve"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + _START
        while time.monotonic() < end and self._process.poll() is None:
            if self.answers():
                return
            time.sleep(0.1)
        self.close()
        raise EngineError(
            f"“ollama serve” did not come up at {self.address} within {_START:.0f} s. Run it in a"
            " terminal to see why, or use --engine builtin."
        )

    def close(self) -> None:
        """End the connections, and the server if this object started it."""
        self._open.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def models(self) -> list[OllamaModel]:
        """The server's models that can write, largest first; not those that only pass questions on.

        Raises EngineError.
        """
        with ollama_errors(self.address), self._client(_KNOCK) as client:
            listed = client.list().models
        models = [
            OllamaModel(m.model or "", int(m.size or 0), m.digest or "")
            for m in listed
            if not _embeds_only(m.details) and int(m.size or 0) >= _LEAST_MODEL
        ]
        return sorted(models, key=lambda model: -model.bytes)

    def pull(self, name: str, progress: Callable[[int, int, str], None]) -> None:
        """Let the server download a model. Raises EngineError."""
        with ollama_errors(self.address), self._client(None) as client:
            for step in client.pull(name, stream=True):
                progress(step.completed or 0, step.total or 0, step.status or "")

    def llm(self, model: str, settings: Settings) -> "LLM":
        """A LlamaIndex LLM with a fixed context, time-outs, and no thinking aloud."""
        from llama_index.llms.ollama import Ollama

        client = self._open.enter_context(self._client(settings.timeout_seconds))
        llm: LLM = Ollama(
            model=model,
            client=client,
            context_window=settings.context_tokens,
            keep_alive="30m",
            thinking=False,
            temperature=0.0,
            additional_kwargs={"num_predict": settings.answer_tokens, "seed": 0},
        )
        return llm

    def _client(self, timeout: float | None) -> "ollama.Client":
        import httpx
        import ollama

        # A proxy of the environment must not see what goes to this machine itself.
        proxied = not is_loopback(self.address)
        return ollama.Client(
            host=self.address,
            timeout=timeout,
            trust_env=proxied,
            # Each request has a connection of its own, which can be cut with no other one lost.
            limits=httpx.Limits(max_keepalive_connections=0),
            event_hooks={"request": [_cut_when_stopped]},
        )


def _cut_when_stopped(request: "httpx.Request") -> None:
    """Let the request's connection be cut when its words are not wanted: Ollama stops its work."""

    def trace(event: str, info: dict[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            connection: socket.socket = info["return_value"].get_extra_info("socket")
            when_stopped(partial(_cut, connection))

    request.extensions = {**request.extensions, "trace": trace}


def _cut(connection: socket.socket) -> None:
    # Closing alone would not wake a thread that reads. What has ended already needs no cut.
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def server(settings: Settings) -> OllamaServer:
    """The server that the settings name.

    Raises EngineError for another machine that only OLLAMA_HOST names: questions and evidence
    leave this one only by a setting of this program.
    """
    if settings.ollama_host:
        return OllamaServer(settings.ollama_host)
    given = os.environ.get("OLLAMA_HOST", "") or _DEFAULT
    try:
        address = server_address(given)
    except ValueError as error:
        raise EngineError(f"OLLAMA_HOST ({given}) is no address: {error}.") from error
    if not is_loopback(address):
        raise EngineError(
            f"OLLAMA_HOST names another machine ({address}), and questions with their evidence"
            " would go there. If that is meant, set OWNGROUND_OLLAMA_HOST to it."
        )
    return OllamaServer(address)


@contextmanager
def ollama_errors(address: str) -> Iterator[None]:
    """Turn every way in which Ollama fails into an EngineError that says what to do."""
    import httpx
    import ollama

    try:
        yield
    except ollama.ResponseError as error:
        raise EngineError(f"Ollama says: {error.error}. “qa models” shows what it has.") from error
    except httpx.TimeoutException as error:
        raise EngineError(
            f"Ollama at {address} did not answer in time. Close other programs, choose a smaller"
            " model with --model, or raise OWNGROUND_TIMEOUT_SECONDS."
        ) from error
    except (httpx.HTTPError, ConnectionError, ValueError) as error:
        raise EngineError(
            f"Ollama at {address} cannot be reached or broke off. Start it with “ollama serve”,"
            " or use --engine builtin."
        ) from error


def _embeds_only(details: Any) -> bool:
    families = set((details.families if details else None) or ())
    return bool(families & {"bert", "nomic-bert", "gemma-embedding"})
