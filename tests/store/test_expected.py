import pytest

from store.expected import Kind, expected, tells


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many loans were granted?", "number"),
        ("대출은 몇 건이었나요?", "number"),
        ("黑白影印一張多少錢？", "number"),
        ("Хэдэн хүн ажилладаг вэ?", "number"),
        ("When was the bank founded?", "time"),
        ("은행은 언제 설립되었나요?", "time"),
        ("銀行是在哪一年成立的？", "time"),
        ("Банк хэзээ байгуулагдсан бэ?", "time"),
        ("Who founded the bank?", None),
        ("누가 은행을 설립했나요?", None),
    ],
)
def test_a_question_shows_what_it_expects(question: str, kind: Kind | None) -> None:
    """By its question words, in any of the languages."""
    assert expected(question) == kind


@pytest.mark.parametrize(
    ("kind", "text", "question"),
    [
        ("number", "It granted 1,240 loans.", "How many loans were granted in 2024?"),
        ("number", "Five firms compete.", "How many firms compete?"),
        ("number", "직원은 세 명이다.", "직원은 몇 명인가요?"),
        ("number", "每人限借五本。", "每人可以借多少本？"),
        ("time", "The bank opened in May.", "When did the bank open?"),
        ("time", "은행은 1962년에 문을 열었다.", "은행은 언제 문을 열었나요?"),
    ],
)
def test_a_text_tells_what_was_asked(kind: Kind, text: str, question: str) -> None:
    """In figures and in words."""
    assert tells(kind, text, question)


@pytest.mark.parametrize(
    ("kind", "text", "question"),
    [
        ("number", "It granted loans in 2024.", "How many loans were granted in 2024?"),
        ("number", "Many firms compete.", "How many firms compete?"),
        ("time", "It granted 1,240 loans.", "When were the loans granted?"),
    ],
)
def test_what_the_question_holds_is_no_answer(kind: Kind, text: str, question: str) -> None:
    """A number that was asked with is not the one that was asked for."""
    assert not tells(kind, text, question)
