from dataclasses import replace

import pytest

from qa.disagreement import differing
from store import Evidence


def found(document: str, text: str) -> Evidence:
    return Evidence(
        document, f"{document}.txt", "", "", None, text, 0, len(text), "", "", 7.0, 0.9, 0.8, text
    )


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("What is the late fee?", "The late fee is 20 cents.", "The late fee is 30 cents."),
        (
            "Who heads the clinic?",
            "The clinic's head is Peter Lang.",
            "The clinic's head is Ida Roe.",
        ),
        ("관장은 누구인가요?", "관장은 박지영입니다.", "관장은 김민수입니다."),
        ("연체료는 얼마인가요?", "연체료는 하루 200원입니다.", "연체료는 하루 300원입니다."),
        ("館長是誰？", "館長是王大明。", "館長是李小華。"),
        ("罰款是多少？", "圖書館的罰款為每日五元。", "圖書館的罰款為每日十二元。"),
        (
            "Is the reading room open on Sundays?",
            "The reading room is open on Sundays.",
            "The reading room is not open on Sundays.",
        ),
        (
            "Does the office lend tablets?",
            "The office lends tablets to guests.",
            "The office does not lend tablets to guests.",
        ),
        (
            "열람실은 일요일에 여나요?",
            "열람실은 일요일에 엽니다.",
            "열람실은 일요일에 열지 않습니다.",
        ),
        ("閱覽室週日開放嗎？", "閱覽室週日開放。", "閱覽室週日不開放。"),
    ],
)
def test_documents_that_tell_it_differently_are_found(question: str, one: str, other: str) -> None:
    """A number, a name or a denial in the same place, in every script."""
    best, second = found("a", one), found("b", other)
    assert differing(question, [best, second]) == second
    assert differing(question, [best, replace(second, document_id="a")]) is None


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        # The same, told in other words or with more.
        ("What is the fee?", "The fee is 20 cents.", "A fee of 20 cents is charged."),
        ("How high was the turnout?", "Turnout was 61%.", "On 5 April at 21:30 turnout was 61%."),
        # A remark in front tells nothing of it.
        ("多數黨是誰？", "如上期所說，共和黨成為多數黨。", "一般預測，共和黨成為多數黨。"),
        # Another unit, another writing, rounded.
        ("What is the fee?", "The fee is 20 cents per day.", "The fee is 20 cents each day."),
        ("How long is a loan?", "A loan of books is 2 weeks.", "A loan of books is 14 days."),
        ("몇 시에 닫나요?", "창구는 오후 6시에 닫습니다.", "창구는 18시에 닫습니다."),
        ("罰款是多少？", "罰款為每日5元。", "罰款為每天5元。"),
        ("How many beds are there?", "There are 42 beds here.", "There are about 40 beds here."),
        (
            "Who heads the clinic?",
            "The clinic's head is Dr. Lang.",
            "The clinic's head is Peter Lang.",
        ),
        # Another subject with the same answer, or one more answer.
        (
            "When did the clinic open?",
            "The Selenge clinic opened in 1998.",
            "The Darkhan clinic opened in 1998.",
        ),
        (
            "Which clinics have an X-ray unit?",
            "The Selenge clinic has an X-ray unit.",
            "The Darkhan clinic has an X-ray unit.",
        ),
        (
            "How far is the clinic from the city?",
            "The Selenge clinic is 42 km from the city.",
            "The Darkhan clinic is 60 km from the city.",
        ),
        # Neither denies, or both do; and a denial of something else.
        (
            "Is the office open on Sundays?",
            "The office is not open on Sundays.",
            "The office isn't open on Sundays.",
        ),
        (
            "Is the office open on Sundays?",
            "The office is open on Sundays.",
            "The office is open on Sundays, but no parcels are taken in.",
        ),
        # Of something else.
        ("What is the fee?", "The fee is 20 cents.", "The nurse has worked here for 20 years."),
    ],
)
def test_what_agrees_is_no_disagreement(question: str, one: str, other: str) -> None:
    """Copies of one report and sentences beside the point are not set against each other."""
    assert differing(question, [found("a", one), found("b", other)]) is None


def test_what_is_farther_from_the_question_tells_of_something_else() -> None:
    """Another clinic's number does not speak against that of the clinic that was asked about."""
    best = found("a", "The clinic has 42 beds.")
    other = replace(found("b", "The clinic has 60 beds."), coverage=0.5)
    assert differing("How many beds has the Selenge clinic?", [best, other]) is None


def test_a_year_that_the_question_names_settles_it() -> None:
    """Only one of the two is of that year."""
    best = replace(found("a", "The late fee is 20 cents."), document="fees-2023.md")
    other = replace(found("b", "The late fee is 30 cents."), document="fees-2024.md")
    assert differing("What is the late fee?", [best, other]) == other
    assert differing("What was the late fee in 2023?", [best, other]) is None
