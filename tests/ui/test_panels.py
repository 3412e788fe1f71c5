from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from qa import (
    AddReport,
    ConversationSummary,
    DocumentSummary,
    EmbeddingProgress,
    EngineStatus,
    Progress,
)
from qa.status import Code, Reason, Step, StepName
from store import Failure
from ui import panels
from ui.labels import languages

EN = languages()["en"]
FETCHING = Step("publisher")
HOSTILE = '"><img src=x onerror=alert(1)>'


def summary(name: str = "a.txt", pages: int = 0) -> DocumentSummary:
    return DocumentSummary("d1", name, f"/x/{name}", "A", 12_345, pages, 10, "2026-01-01")


def test_a_document_opens_and_can_be_removed() -> None:
    """Each document is a link to its page, with its size and a named button to remove it."""
    html = panels.documents([summary(), summary("b.pdf", pages=4)], EN)
    assert 'href="/document/d1"' in html
    assert "12,345 characters" in html
    assert "4 pages" in html
    assert 'data-document="d1"' in html
    assert 'aria-label="Remove b.pdf"' in html


def test_an_empty_library_says_what_to_do() -> None:
    """Without documents the list says how to get some."""
    assert EN["no_documents"] in panels.documents([], EN)


def conversation(title: str = "When does it open?", days: int = 0) -> ConversationSummary:
    return ConversationSummary("c1", title, datetime.now(UTC) - timedelta(days=days))


def test_a_conversation_opens_and_can_be_removed() -> None:
    """Each is called by its first question, cut where it is long; the open one is marked."""
    html = panels.conversations([conversation()], "c1", EN)
    assert 'data-act="open" data-conversation="c1"' in html
    assert 'aria-label="Remove “When does it open?”"' in html
    assert 'aria-current="true"' in html
    long = panels.conversations([conversation("word " * 300)], "another", EN)
    assert "aria-current" not in long
    assert len(long) < 1200
    assert panels.conversations([], "c1", EN) == ""


@pytest.mark.parametrize("language", ["en", "ko", "zh-TW", "mn"])
def test_a_conversation_of_today_has_its_time_and_an_older_one_its_day(language: str) -> None:
    """As people write it in the reader's language."""
    labels = languages()[language]
    at = datetime.now(UTC).astimezone()
    assert f"{at:%H:%M}" in panels.conversations([conversation()], "", labels)
    old = at - timedelta(days=40)
    html = panels.conversations([conversation(days=40)], "", labels)
    assert labels.fill("date", year=old.year, month=old.month, day=old.day) in html


def test_status_names_engine_and_model() -> None:
    """A loaded engine is named with its model and the reason why it was taken."""
    html = panels.status(EngineStatus("ollama", "qwen", Reason("ollama")), EN)
    assert "qwen answers (Ollama)" in html
    assert "Ollama answers" in html


def test_status_says_why_there_are_only_quotes() -> None:
    """Without an engine the reason is told, once."""
    html = panels.status(EngineStatus("quotes", None, Reason("failed", "no memory.")), EN)
    assert "Quotes only" in html
    assert "no memory." in html
    assert "quotes only:" not in html


@pytest.mark.parametrize("language", ["ko", "zh-TW", "mn"])
def test_status_speaks_the_readers_language(language: str) -> None:
    """Whatever the reason is, none of its English is left, and each is told in words of its own."""
    labels = languages()[language]
    fixed: list[Code] = ["looking", "not_ready", "asked", "quotes_asked", "ollama", "no_ollama"]
    for code in fixed:
        reason = Reason(code)
        told = panels.status(EngineStatus("builtin", "m", reason), labels)
        assert str(reason) not in told
        assert labels[f"reason_{code}"] in told


def test_status_says_what_leaves_the_machine() -> None:
    """An Ollama of another machine is named in every language, whatever it was taken for."""
    for labels in languages().values():
        reason = Reason("ollama", address="http://192.0.2.7:11434")
        html = panels.status(EngineStatus("ollama", "m", reason), labels)
        assert "http://192.0.2.7:11434" in html
        assert labels["reason_ollama"] in html
        assert ("leave this machine" in html) is (labels.language == "en")


def test_status_shows_how_far_weights_have_come() -> None:
    """While weights arrive, megabytes and a bar are shown."""
    state = EngineStatus(
        "quotes",
        None,
        Reason("fetching", "m", step=FETCHING),
        True,
        312_000_000,
        491_400_064,
    )
    html = panels.status(state, EN)
    assert "312 of 491 MB" in html
    assert '<progress value="312000000" max="491400064"' in html


def test_status_shows_how_far_embedding_has_come() -> None:
    """Only as long as sentences lack their vectors."""
    state = EngineStatus("ollama", "m", Reason("ollama"))
    html = panels.status(state, EN, EmbeddingProgress(1200, 101250))
    assert "1,200 of 101,250 sentences are found by meaning" in html
    assert panels.status(state, EN, EmbeddingProgress(5, 5)) == panels.status(state, EN)


@pytest.mark.parametrize("language", ["ko", "zh-TW", "mn"])
def test_each_step_of_fetching_is_told_in_the_readers_language(language: str) -> None:
    """None of its English is left; what is fetched, and which part of how many, is told."""
    for name in get_args(StepName):
        step = Step(name, 3, 22)
        state = EngineStatus("quotes", None, Reason("fetching", "m", step=step), True, 1, 2)
        told = panels.status(state, languages()[language])
        assert str(step) not in told
        assert "m" in told
        assert ("3" in told and "22" in told) is (name == "package")


def test_uploads_are_told_by_what_became_of_them() -> None:
    """Added, replaced, unchanged and failed files each get their sentence, by the user's name."""
    report = AddReport(("a.txt",), ("b.txt",), ("c.txt",), (Failure("/tmp/u/d.zip", "Not text."),))
    html = panels.added(report, EN)
    for said in ("Added a.txt.", "Already there: b.txt.", "Replaced c.txt.", "d.zip was not added"):
        assert said in html
    assert "/tmp/u" not in html


@pytest.mark.parametrize(
    "html",
    [
        panels.documents([summary(HOSTILE)], EN),
        panels.status(EngineStatus("ollama", HOSTILE, Reason("ollama", address=HOSTILE)), EN),
        panels.status(
            EngineStatus("quotes", None, Reason("fetching", HOSTILE, step=FETCHING), True, 1, 2),
            EN,
        ),
        panels.status(EngineStatus("quotes", None, Reason("failed", HOSTILE)), EN),
        panels.progress(Progress(HOSTILE, 0, 1), EN),
        panels.added(AddReport((HOSTILE,), failed=(Failure(HOSTILE, HOSTILE),)), EN),
        panels.confirmation(HOSTILE, EN),
        panels.conversations([conversation(HOSTILE)], "", EN),
        panels.confirm_conversation(conversation(HOSTILE), EN),
        panels.brand(HOSTILE),
        panels.notice(HOSTILE),
    ],
)
def test_names_and_messages_are_escaped(html: str) -> None:
    """No name, model or message can add a tag."""
    assert "<img" not in html
    assert "&lt;img" in html
