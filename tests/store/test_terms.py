import pytest

from store.terms import question_terms, terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Loans were granted", ["loan", "were", "grant"]),
        ("１２ 1,200 3.5", ["12", "1200", "3.5"]),
        ("서울특별시", ["서울", "울특", "특별", "별시"]),
        ("臺灣人", ["臺灣", "灣人"]),
        ("水", ["水"]),
        ("Монгол банк", ["монгол", "банк"]),
        ("GPT-4", ["gpt", "4"]),
        ("the bank’s vault", ["the", "bank", "vault"]),
    ],
)
def test_terms_of_every_script(text: str, expected: list[str]) -> None:
    """Words of spaced scripts, pairs of characters of the others, numbers without separators."""
    assert terms(text) == expected


def test_a_particle_does_not_hide_a_korean_word() -> None:
    """The noun is found whatever is joined to it."""
    assert set(terms("은행")) <= set(terms("은행에서"))


def test_function_words_are_not_what_a_question_is_about() -> None:
    """They are left out, unless nothing else is there."""
    assert question_terms("What is the loan of the bank?") == ["loan", "bank"]
    assert question_terms("What is it?") == ["what", "is", "it"]
