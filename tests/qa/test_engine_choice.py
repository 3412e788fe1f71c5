import pytest

from qa.engines import with_place
from qa.errors import EngineError
from qa.ollama import OllamaServer
from qa.status import Reason


def test_an_engine_on_another_machine_is_told_as_such() -> None:
    """Before the first question: the page and the command show an engine's reason."""
    assert str(with_place(Reason("asked"), "http://127.0.0.1:11434")) == "as asked"
    told = with_place(Reason("asked"), "http://192.0.2.7:11434")
    assert str(told) == (
        "as asked; questions and their evidence leave this machine for http://192.0.2.7:11434"
    )


def test_no_server_is_started_for_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """An `ollama` of this machine must not listen at an address that others reach."""
    monkeypatch.setattr(OllamaServer, "answers", lambda _: False)
    monkeypatch.setattr("subprocess.Popen", lambda *_, **__: pytest.fail("a server was started"))
    with pytest.raises(EngineError, match="on that machine"):
        OllamaServer("http://192.0.2.7:11434").start()
