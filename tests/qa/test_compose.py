from qa.compose import Reply, compose
from qa.sources import choose_sources
from qa.types import Answer
from store import Evidence

TEXT = "The Harbour Credit Union granted 1,240 small loans in 2024."
LOANS = Evidence("d", "d.txt", "", "", None, TEXT, 0, len(TEXT), "", "", 7.0, 0.9, 1.0)
QUESTION = "How many small loans did the Harbour Credit Union grant in 2024?"


def answered(draft: str) -> Answer:
    reply = Reply(QUESTION, QUESTION, "builtin", "a-model", None, 0.0, draft=draft)
    sources = choose_sources([LOANS], budget=350)
    return compose(reply, [LOANS], sources)


def test_sentences_without_support_are_taken_out_and_kept_with_the_reason() -> None:
    """The reader sees what is borne out; the record shows what was not, and why."""
    answer = answered(
        "The Harbour Credit Union granted 1,240 small loans in 2024. [1]"
        " It granted 1,250 small loans in 2024. [1]"
    )
    assert answer.answer == "The Harbour Credit Union granted 1,240 small loans in 2024. [1]"
    assert [sentence.support for sentence in answer.sentences] == ["supported"]
    [dropped] = answer.dropped
    assert (dropped.text, dropped.support) == (
        "It granted 1,250 small loans in 2024.",
        "unsupported",
    )
    assert dropped.reason == "number"
    assert answer.to_dict()["dropped"][0]["reason"] == "number"


def test_a_sentence_without_a_citation_gets_that_of_the_best_evidence() -> None:
    """A model that forgets to cite is held to its evidence all the same."""
    answer = answered("The union granted 1,240 small loans in 2024.")
    [sentence] = answer.sentences[:1]
    assert sentence.citations == (1,)
    assert (sentence.support, sentence.reason) == ("supported", None)
