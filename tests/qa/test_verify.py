from dataclasses import replace

import pytest

from qa.verify import answers, best_evidence, may_answer, points_to, says, tied
from store import Evidence


def evidence(text: str, *, similarity: float = 0.9, coverage: float = 1.0) -> Evidence:
    return Evidence(
        "d", "d.txt", "", "", None, text, 0, len(text), "", "", 1.0, similarity, coverage
    )


LOANS = evidence("The Harbour Credit Union granted 1,240 small loans in 2024.")
KOREAN = evidence("항만신용협동조합은 2024년에 소액 대출 1,240건을 승인하였다.")


QUESTION = "How many loans were granted?"


def test_a_sentence_in_another_script_points_to_evidence() -> None:
    """Its words cannot be compared; a shared name or number shows which evidence to quote."""
    korean = "하버 조합은 2024년에 1,240건을 승인했다."
    question = "하버 조합은 대출을 몇 건 승인했나요?"
    assert points_to(korean, question, LOANS)
    assert not points_to("하버 조합은 대출을 승인했다.", question, LOANS)


def test_what_a_sentence_adds_shows_what_to_quote() -> None:
    """Words that are not the source's own, around a fact that is: the fact's source is quoted."""
    question = "How many small loans did the union grant?"
    loose = "Roughly speaking, the union seems to have granted 1,240 of them."
    assert not points_to(loose, question, LOANS)
    assert points_to("The cooperative granted the 1,240 loans during 2024.", question, LOANS)
    assert not points_to("The union granted 1,250 small loans in 2024.", question, LOANS)


def test_a_sentence_is_held_to_the_evidence_that_says_most_of_it() -> None:
    """Of equals the cited one is taken, else the first."""
    other = evidence("The pool of the Harbour quarter opened in 1999.")
    question = "When was the pool of the quarter opened?"
    assert best_evidence("The Harbour pool opened in 1999.", question, [LOANS, other]) is other
    assert best_evidence("Nothing of it.", question, [LOANS, other], [other]) is other
    assert best_evidence("Nothing of it.", question, [LOANS, other]) is LOANS
    assert best_evidence("Anything.", question, []) is None


def test_what_a_sentence_adds_to_the_question_decides() -> None:
    """Evidence that repeats the question does not hide the evidence that answers it."""
    repeats = evidence("The Harbour Credit Union was founded long ago, said its chair.")
    names = evidence("The founder was Ines Holm.")
    question = "Who founded the Harbour Credit Union?"
    said = "The Harbour Credit Union was founded by Ines Holm."
    assert best_evidence(said, question, [repeats, names]) is names


def test_what_the_answer_says_already_need_not_be_quoted() -> None:
    """A fragment leaves most of its evidence unsaid, a whole sentence does not."""
    assert says("Harbour Credit Union granted 1,240 small loans in 2024.", LOANS)
    assert not says("1,240", LOANS)


@pytest.mark.parametrize(
    ("similarity", "covered", "declined", "expected"),
    [
        (0.90, 0.6, False, True),
        (0.95, 0.6, True, True),
        (0.84, 0.4, True, False),
        (0.79, 0.1, False, False),
        (0.79, 0.1, True, False),
    ],
)
def test_evidence_answers_by_its_meaning_its_words_and_the_model(
    similarity: float, covered: float, declined: bool, expected: bool
) -> None:
    """What is far from the question is no answer; where the model declines, it must be nearer."""
    found = evidence("1,240 loans were granted.", similarity=similarity, coverage=covered)
    assert answers(found, "How many loans were granted?", declined=declined) is expected


def test_a_title_is_no_answer() -> None:
    """A sentence that only repeats words of the question tells nothing."""
    title = evidence("HARBOUR CREDIT UNION")
    assert not answers(title, "What does the Harbour Credit Union charge?", declined=False)


def test_close_seconds_are_quoted_too() -> None:
    """Where two scores are nearly equal, either sentence may be the one that answers."""
    first, close, far = (replace(LOANS, score=score) for score in (7.0, 6.8, 6.5))
    assert tied([first, close, far], QUESTION) == [first, close]
    assert tied([first, far], QUESTION) == [first]
    assert tied([first], QUESTION) == [first]
    assert tied([], QUESTION) == []


def test_a_year_of_the_question_settles_a_tie() -> None:
    """Of two versions only the one of that year is quoted."""
    first = replace(LOANS, document="fees-2023.md", text="The fee is 20 cents.", passage="")
    second = replace(first, document="fees-2024.md", text="The fee is 30 cents.", score=6.9)
    assert tied([first, second], "What was the fee in 2023?") == [first]
    assert tied([first, second], "What is the fee?") == [first, second]


def test_in_scripts_of_character_pairs_the_model_needs_more_to_refuse() -> None:
    """There a question's wording takes a larger share of its terms."""
    found = Evidence("d", "d", "", "", None, "대출을 승인했다.", 0, 9, "", "", 1.0, 0.88, 0.3)
    assert answers(found, "대출을 몇 건 승인했나요?", declined=True)


def test_a_model_is_asked_only_where_the_evidence_may_answer() -> None:
    """Far evidence is refused at once; across scripts the model is always asked."""
    far = evidence("Loans were granted.", similarity=0.79, coverage=0.1)
    assert not may_answer(far, "Who won the championship?")
    assert may_answer(far, "대출은 몇 건이었나요?")
    assert may_answer(evidence("Loans were granted."), "How many loans?")


def test_across_scripts_the_models_refusal_decides() -> None:
    """No word can be shared, so related evidence is quoted unless the model declines."""
    found = evidence("Loans were granted.", similarity=0.81, coverage=0.0)
    assert answers(found, "대출은 몇 건이었나요?", declined=False)
    assert not answers(found, "대출은 몇 건이었나요?", declined=True)


WIPED = evidence("An unsigned draft is wiped after 72 hours.")
DOSE = evidence("Give 1,5 mg of the drug at night.")
COLD = evidence("The store must stay at -5 degrees.")


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("An unsigned draft is wiped after 72 days.", WIPED),
        ("An unsigned draft is never wiped after 72 hours.", WIPED),
        ("An unsigned draft is not wiped after 72 hours.", WIPED),
        ("The Saltmarsh Credit Union granted 1,240 small loans in 2024.", LOANS),
        ("Give 15 mg of the drug at night.", DOSE),
        ("The store must stay at 5 degrees.", COLD),
        ("2024년에 소액 대출 1,240건을 승인하지 않았다.", KOREAN),
    ],
)
def test_a_sentence_with_one_wrong_word_does_not_tell_its_evidence(
    sentence: str, found: Evidence
) -> None:
    """So the evidence is quoted beside it."""
    assert not says(sentence, found)


def test_what_only_repeats_the_title_is_no_answer() -> None:
    """The line that a document is called by says nothing of it."""
    title = "Members' guide of the Pine Wind credit union"
    found = replace(evidence(title), title=title, similarity=0.95, coverage=1.0)
    question = "What interest does the Pine Wind credit union pay?"
    assert not answers(found, question, declined=False)
