from dataclasses import replace

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


def test_what_is_told_of_something_else_is_no_answer() -> None:
    """A model that gives one bank the other's number is not believed, nor is its source quoted."""
    question = "How many branches does the Harbour Bank have?"
    text = "It has 70 branches in the hills."
    harbour = "The Harbour Bank opened a museum."
    first = replace(LOANS, text=harbour, end=len(harbour), similarity=0.86, coverage=0.6)
    second = replace(LOANS, text=text, start=90, end=90 + len(text), score=6.0, coverage=0.3)
    found = [replace(first, passage=harbour), replace(second, passage=f"The Hills Union. {text}")]
    draft = "The Harbour Bank has 70 branches. [2]"
    reply = Reply(question, question, "builtin", "a-model", None, 0.0, draft=draft)
    answer = compose(reply, found, choose_sources(found, budget=350))
    assert answer.refused
    assert [sentence.reason for sentence in answer.dropped] == ["name"]


def test_a_quotation_runs_on_where_its_line_was_wrapped() -> None:
    """Its citation keeps the document's own text, breaks and all."""
    text = TEXT.replace(" small", "\nsmall")
    reply = Reply(QUESTION, QUESTION, "quotes", None, None, 0.0)
    answer = compose(reply, [replace(LOANS, text=text)], ())
    assert answer.answer == f"{TEXT} [1]"
    assert answer.citations[0].text == text


def test_a_checked_sentence_stands_for_a_long_quotation() -> None:
    """What it rests on is one click away; a short quotation, or a tied one, is shown beside it."""
    text = f"{TEXT[:-1]}, {'which the board had not expected, ' * 6}as its report says."
    long = replace(LOANS, text=text, end=len(text))
    draft = "The Harbour Credit Union granted 1,240 small loans in 2024. [1]"
    reply = Reply(QUESTION, QUESTION, "builtin", "a-model", None, 0.0, draft=draft)
    answer = compose(reply, [long], choose_sources([long], budget=350))
    assert answer.answer == draft
    assert answer.citations[0].text == text
    close = replace(LOANS, document_id="e", score=6.9)
    beside = compose(reply, [long, close], choose_sources([long, close], budget=700))
    assert any(sentence.quoted for sentence in beside.sentences)


def test_documents_that_differ_are_both_quoted() -> None:
    """Neither is chosen for the reader, and each is given with the year of its document."""
    text = TEXT.replace("1,240", "1,310")
    later = replace(LOANS, document="report-2025.txt", document_id="e", text=text, score=6.0)
    reply = Reply(QUESTION, QUESTION, "quotes", None, None, 0.0)
    answer = compose(reply, [LOANS, later], ())
    assert answer.differing == (1, 2)
    assert [sentence.text for sentence in answer.sentences] == [TEXT, text]
    assert [citation.year for citation in answer.citations] == [None, "2025"]


def test_an_answer_from_several_places_quotes_them() -> None:
    """Also the one that alone is too far from the question, if it has words that were missing."""
    text = "The Hills Union granted none."
    other = replace(LOANS, document_id="e", text=text, passage=text, score=4.0, coverage=0.1)
    dog = "A dog lives next door."
    beside = replace(other, document_id="f", text=dog, passage=dog, score=5.0, similarity=0.7)
    asked = "Compare the small loans of the Harbour Credit Union and the Hills Union in 2024."
    reply = Reply(asked, asked, "quotes", None, None, 0.0)
    assert [s.text for s in compose(reply, [LOANS, other], ()).sentences] == [TEXT]
    broad = compose(replace(reply, broad=True), [LOANS, beside, other], ())
    assert [sentence.text for sentence in broad.sentences] == [TEXT, text]
    assert broad.broad


def test_a_number_that_happens_to_stand_in_far_evidence_is_not_quoted() -> None:
    """Where only another language's sentence is near, what merely shares a number is beside it."""
    question = "How many strings has a concert harp?"
    korean = "노트북은 모두 여섯 대이다."
    near = replace(
        LOANS, text=korean, end=len(korean), passage=korean, similarity=0.78, coverage=0.0
    )
    text = "A model of 3 billion parameters wants 16 GB."
    far = replace(LOANS, text=text, end=len(text), passage=text, similarity=0.7, coverage=0.0)
    found = [near, replace(far, score=1.0)]
    draft = "The concert harp has 16 strings. [2]"
    reply = Reply(question, question, "builtin", "a-model", None, 0.0, draft=draft)
    assert compose(reply, found, choose_sources(found, budget=350)).refused


def test_a_year_in_the_question_chooses_the_version_wherever_it_ranks() -> None:
    """The other version is neither quoted nor said to differ."""
    question = "How many small loans did the Harbour Credit Union grant by the 2023 report?"
    old = replace(LOANS, document="report-2023.txt", text="It granted 900 small loans.")
    new = replace(
        old, document="report-2024.txt", document_id="e", text="It granted 950 small loans."
    )
    for best, second in ((old, new), (new, old)):
        found = [replace(best, score=7.0, passage=""), replace(second, score=6.9, passage="")]
        answer = compose(Reply(question, question, "quotes", None, None, 0.0), found, ())
        assert [one.document for one in answer.citations] == ["report-2023.txt"]
        assert answer.differing == ()


def test_a_sentence_without_the_number_asked_for_does_not_stand_for_it() -> None:
    """However long the quotation that has the number is."""
    text = f"{TEXT[:-1]}, {'which the board had not expected, ' * 6}as its report says."
    long = replace(LOANS, text=text, end=len(text))
    draft = "The Harbour Credit Union granted small loans in 2024. [1]"
    reply = Reply(QUESTION, QUESTION, "builtin", "a-model", None, 0.0, draft=draft)
    answer = compose(reply, [long], choose_sources([long], budget=350))
    assert "1,240" in answer.answer


def test_two_that_differ_on_something_else_are_not_brought_in() -> None:
    """What does not answer by itself is not quoted because another document contradicts it."""
    fee, other = "The late fee is 20 cents.", "The late fee is 30 cents."
    far = replace(LOANS, text=fee, passage=fee, similarity=0.7, coverage=0.1)
    found = [far, replace(far, document_id="e", text=other, passage=other, score=6.9)]
    answer = compose(Reply(QUESTION, QUESTION, "quotes", None, None, 0.0), found, ())
    assert answer.refused
    assert answer.differing == ()


def test_a_verdict_in_front_is_left_out() -> None:
    """What it introduces is checked and shown; it says as much, and cannot be turned round."""
    text = "Smoking is forbidden in the ward."
    ward = replace(LOANS, text=text, passage=text, end=len(text))
    question = "Is smoking allowed in the ward?"
    draft = "Yes, smoking is forbidden in the ward. [1]"
    reply = Reply(question, question, "builtin", "a-model", None, 0.0, draft=draft)
    answer = compose(reply, [ward], choose_sources([ward], budget=350))
    assert answer.answer == f"{text} [1]"
