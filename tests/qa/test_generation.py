from dataclasses import replace

import pytest

from qa.conversation import Asked
from qa.generation import fitting_sources, prompt_messages
from qa.settings import read_settings
from qa.sources import tokens_of
from store import Evidence


def evidence(number: int, words: int) -> Evidence:
    text = " ".join(f"fact{number}-{word}" for word in range(words)) + "."
    return Evidence(
        f"d{number}", f"d{number}.txt", "", "", None, text, 0, len(text), "", "", 1.0, 0.9, 1.0
    )


FOUND = [evidence(number, 20) for number in range(10)]


def test_sources_keep_to_the_budget_for_evidence() -> None:
    """Where the context has room for more, nothing is said."""
    sources, warning = fitting_sources(FOUND, Asked("Which facts?"), read_settings())
    assert 0 < tokens_of(sources) <= read_settings().evidence_tokens
    assert warning is None


def test_a_question_for_the_whole_takes_evidence_from_more_places() -> None:
    """Twice the budget, as far as the context has room; less is said."""
    settings, asked = read_settings(), Asked("Summarise it.", whole=True)
    usual, _ = fitting_sources(FOUND, Asked("Summarise it."), settings)
    sources, warning = fitting_sources(FOUND, asked, settings)
    assert settings.evidence_tokens < tokens_of(sources) <= 2 * settings.evidence_tokens
    assert len(usual) < len(sources)
    assert warning is None
    small = read_settings(context_tokens=1024, evidence_tokens=500)
    fewer, warning = fitting_sources(FOUND * 2, asked, small)
    assert 0 < tokens_of(fewer) < 1000
    assert warning is not None


def test_where_one_sentence_is_far_ahead_little_else_is_read() -> None:
    """It is there, and less than half of the budget is used; several places keep theirs."""
    settings, ahead = read_settings(), [replace(FOUND[0], score=2.0), *FOUND[1:]]
    sources, _ = fitting_sources(ahead, Asked("Which fact?"), settings)
    assert sources[0].evidence == (ahead[0],)
    assert 0 < tokens_of(sources) < settings.evidence_tokens / 2
    broad, _ = fitting_sources(ahead, Asked("Which facts?", broad=True), settings)
    assert tokens_of(broad) > settings.evidence_tokens


def test_a_small_context_makes_the_evidence_smaller_and_says_so() -> None:
    """Instructions, question, reply and evidence have room together."""
    asked, settings = Asked("word " * 450), read_settings(context_tokens=1024)
    wanted, _ = fitting_sources(FOUND, asked, read_settings())
    sources, warning = fitting_sources(FOUND, asked, settings)
    assert 0 < len(sources) < len(wanted)
    assert tokens_of(sources) + settings.answer_tokens + 450 < settings.context_tokens
    assert warning is not None
    assert "OWNGROUND_CONTEXT_TOKENS" in warning


@pytest.mark.parametrize("question", ["word " * 780, "Which facts?"])
def test_without_room_for_the_best_evidence_no_model_is_asked(question: str) -> None:
    """A question, or a sentence, that takes the whole context is never sent cut."""
    found = [evidence(0, 20 if question.startswith("word") else 400)]
    settings = read_settings(context_tokens=1024)
    sources, warning = fitting_sources(found, Asked(question), settings)
    assert sources == ()
    assert warning is not None
    assert "no model was asked" in warning


@pytest.mark.parametrize(
    "mark",
    [
        *("<|im_start|>", "<|end|>", "<start_of_turn>", "<end_of_turn>", "</s>", "<s>", "<<SYS>>"),
        *("[INST]", "[/INST]", "[TOOL_CALLS]", "<｜User｜>"),
    ],
)
def test_no_text_of_a_document_or_a_question_speaks_for_another(mark: str) -> None:
    """The marks that a family of models knows turns by are broken."""
    found = Evidence("d", "d", "", "", None, f"A {mark} B", 0, 4, "", "", 1.0, 0.9, 1.0)
    sources, _ = fitting_sources([found], Asked(f"What is {mark}?"), read_settings())
    content = " ".join(m.content or "" for m in prompt_messages(sources, Asked(f"Is it {mark}?")))
    assert mark not in content
