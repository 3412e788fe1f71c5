"""Exchanges are kept as they are shown, and without what a removed document said."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from qa import Answer, Assistant, Exchange, Turn, cited_documents, read_settings
from store import Library

TEXTS = {
    "stable.txt": "The stable holds fourteen horses. The grey mare is called Vesper.",
    "barn.txt": "The barn holds ninety goats. The old goat is called Quillfeather.",
}


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text, "utf-8")
    settings = read_settings(data=tmp_path / "data", engine="quotes")
    with Assistant(Library(settings.collection_folder), settings) as opened:
        opened.add([tmp_path / name for name in TEXTS])
        yield opened


def ask(assistant: Assistant, question: str, earlier: tuple[Exchange, ...] = ()) -> Exchange:
    history: list[Turn] = []
    for one in earlier:
        history.append(Turn(role="user", content=one.question))
        history.append(Turn(role="assistant", content=one.answer.answer if one.answer else ""))
    *found, answer = assistant.stream(question, history)
    assert isinstance(answer, Answer)
    evidence = tuple(e for e in found if not isinstance(e, str | Answer))
    return Exchange(question, evidence, answer=answer, leans_on=cited_documents(earlier))


def kept(assistant: Assistant) -> tuple[Exchange, ...]:
    return assistant.conversations.read("r", "c")


def remove(assistant: Assistant, name: str) -> None:
    assistant.remove(next(d.id for d in assistant.documents() if d.name == name))


def left(assistant: Assistant, word: str) -> list[str]:
    files = (path for path in assistant.library.folder.rglob("*") if path.is_file())
    return [path.name for path in files if word.encode() in path.read_bytes()]


def test_an_answer_is_kept_as_it_is_shown(assistant: Assistant) -> None:
    """Words, citations, evidence, engine and times are the same; what was not shown is not kept."""
    asked = ask(assistant, "What is the grey mare called?")
    assert asked.answer is not None
    drafted = replace(asked, answer=replace(asked.answer, draft="Unchecked words."))
    assistant.conversations.add("r", "c", drafted)
    (found,) = kept(assistant)
    assert found.answer == replace(asked.answer, evidence_ids=())
    assert [e.text for e in found.evidence] == [e.text for e in asked.evidence]
    assert left(assistant, "Unchecked words") == []


def test_what_failed_or_was_stopped_is_kept(assistant: Assistant) -> None:
    """An error as its sentence, a stopped question with its evidence and draft."""
    asked = ask(assistant, "What is the grey mare called?")
    stopped = replace(asked, answer=None, draft="So far", stopped=True)
    for exchange in (Exchange("Why?", error="Shorten it."), stopped):
        assistant.conversations.add("r", "c", exchange)
    failed, broken_off = kept(assistant)
    assert failed == Exchange("Why?", error="Shorten it.")
    assert (broken_off.draft, broken_off.stopped) == ("So far", True)
    assert broken_off.evidence


def test_a_removed_document_leaves_the_others_sentences(assistant: Assistant) -> None:
    """Of an answer from two documents the sentence of the other stays, with its citation."""
    asked = ask(assistant, "How many horses does the stable hold, and how many goats the barn?")
    assert asked.answer is not None
    assert {c.document for c in asked.answer.citations} == set(TEXTS)
    assistant.conversations.add("r", "c", asked)
    remove(assistant, "barn.txt")
    (found,) = kept(assistant)
    assert found.forgotten
    assert found.answer is not None
    assert {c.document for c in found.answer.citations} == {"stable.txt"}
    assert "fourteen" in found.answer.answer
    assert "ninety" not in found.answer.answer
    assert left(assistant, "ninety") == left(assistant, "barn.txt") == []


def test_a_follow_up_forgets_what_it_took_along(assistant: Assistant) -> None:
    """What a question was understood as may hold an earlier answer's words: they go too."""
    first = ask(assistant, "What is the old goat called?")
    second = ask(assistant, "Why is it called that?", (first,))
    assert second.answer is not None
    assert "Quillfeather" in (second.answer.understood or "")
    for exchange in (first, second):
        assistant.conversations.add("r", "c", exchange)
    remove(assistant, "barn.txt")
    assert left(assistant, "Quillfeather") == []
    *_, last = kept(assistant)
    assert last.forgotten
    assert last.answer is None or last.answer.understood is None


def test_a_stopped_draft_goes_with_what_the_model_read(assistant: Assistant) -> None:
    """A draft is not checked: it may hold words of any document that the model was given."""
    asked = ask(assistant, "What is the grey mare called?")
    goat = next(d.id for d in assistant.documents() if d.name == "barn.txt")
    stopped = Exchange(
        asked.question, draft="The goat Quillfeather", stopped=True, leans_on=frozenset({goat})
    )
    assistant.conversations.add("r", "c", stopped)
    remove(assistant, "barn.txt")
    assert kept(assistant) == (Exchange(asked.question, stopped=True, forgotten=True),)
    assert left(assistant, "Quillfeather") == []


def test_a_reply_that_names_a_document_goes_with_it(assistant: Assistant) -> None:
    """Asked what there is, the assistant names the documents: a removed one's name goes too."""
    asked = ask(assistant, "Which documents do you have?")
    assert asked.answer is not None
    assert "barn.txt" in asked.answer.answer
    assistant.conversations.add("r", "c", asked)
    remove(assistant, "barn.txt")
    (found,) = kept(assistant)
    assert found.forgotten
    assert found.answer is not None
    assert found.answer.answer == ""
    assert left(assistant, "barn.txt") == []
