from pathlib import Path

import pytest

from evals import GoldPassage, Pack, Question
from evals.statements import gold_sentence, gold_statements, rephrased, sentences_of, state

HARBOUR = (
    "The town lies by the sea. In 1911, the harbour (the old one) was opened by Oyuna Bold. "
    "Its lighthouse is 34 metres high."
)
FIRST = Question(
    "1",
    "Who opened the harbour?",
    "en",
    True,
    ("Oyuna Bold",),
    (GoldPassage("town/harbour_town.txt", HARBOUR),),
)
BREAD = GoldPassage("bread.txt", "Bread is baked by Maria Lopez at dawn each day. It is good.")
SECOND = Question("2", "Who bakes bread?", "en", True, ("Maria Lopez",), (BREAD,))
NONE = Question("3", "Who sleeps?", "en", False)
PACK = Pack("town", Path("town"), (), (FIRST, SECOND, NONE))


def test_sentences_of_a_passage_have_their_neighbours() -> None:
    """They are evidence as a search finds it: offsets, neighbours, title."""
    first, second, third = sentences_of(FIRST.evidence[0])
    assert (first.before, first.text) == ("", "The town lies by the sea.")
    assert second.before + second.text + second.after == HARBOUR
    assert HARBOUR[third.start : third.end] == third.text
    assert third.title == "harbour town"


def test_the_gold_sentence_holds_the_answer() -> None:
    """A passage without it, and a question without an answer, have none."""
    found = gold_sentence(FIRST)
    assert found is not None
    assert found.evidence.text.startswith("In 1911")
    assert gold_sentence(NONE) is None


def test_statements_come_in_both_kinds_and_are_the_same_for_the_same_seed() -> None:
    """Supported ones say what the sentence says; a false twin never is the sentence."""
    statements = gold_statements(PACK, None, seed=1)
    assert statements == gold_statements(PACK, None, seed=1)
    kinds = {(one.supported, one.kind) for one in statements}
    assert {(True, "sentence"), (True, "stated"), (False, "wrong answer")} <= kinds
    assert {(False, "date"), (False, "negation"), (False, "other sentence")} <= kinds
    assert all(one.supported or one.text != one.evidence[0].text for one in statements)


def test_the_limit_counts_gold_sentences() -> None:
    """However many statements each gives."""
    statements = gold_statements(PACK, 1, seed=0)
    assert len([one for one in statements if one.kind == "sentence"]) == 1


def test_a_sentence_is_shortened_and_respelt_without_a_new_meaning() -> None:
    """Brackets and adjuncts go, the clause with the answer stays, numbers are spelt otherwise."""
    sentence = (
        "In 1911, the harbour (the old one) cost five million, and 1,200 people came by train."
    )
    found = dict(rephrased(sentence, "train"))
    assert found["trimmed"] == "The harbour cost five million, and 1,200 people came by train."
    assert found["clause"] == "and 1,200 people came by train."
    assert "1200 people" in found["respelt"]
    assert "five million" in found["respelt"]


@pytest.mark.parametrize(
    ("question", "answer", "statement"),
    [
        ("Who opened the harbour?", "Oyuna", "Oyuna opened the harbour."),
        ("Who was killed in 1911?", "Oyuna", "Oyuna was killed in 1911."),
        (
            "What is the capital of Mongolia?",
            "Ulaanbaatar",
            "The capital of Mongolia is Ulaanbaatar.",
        ),
        ("The harbour was opened by whom?", "Oyuna", "The harbour was opened by Oyuna."),
        ("항구를 연 사람은?", "오유나", "항구를 연 사람은 오유나다."),
        ("항구를 연 사람은 누구인가?", "김철", "항구를 연 사람은 김철이다."),
        ("誰開了港口？", "林女士", "林女士開了港口。"),
        ("港口是由誰開的？", "林女士", "港口是由林女士開的。"),
        ("这是什么？", "港口", "这是港口。"),
    ],
)
def test_question_and_answer_become_one_statement(
    question: str, answer: str, statement: str
) -> None:
    """In the order of words of each language."""
    assert state(question, answer) == statement


def test_a_question_of_another_form_is_left_alone() -> None:
    """No statement is better than one that nobody would say."""
    assert state("How many boats did she see?", "34") is None
