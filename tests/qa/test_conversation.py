import pytest

from qa.conversation import standalone
from qa.types import Turn

HISTORY = [
    Turn(role="user", content="What is the Blue Ledger?"),
    Turn(role="assistant", content="A register of loans."),
]


@pytest.mark.parametrize(
    "question", ["And who keeps it?", "Why?", "그건 누가 관리하나요?", "那第二個呢？", "Яагаад вэ?"]
)
def test_a_question_that_points_back_is_led_by_the_one_before(question: str) -> None:
    """What leans on the conversation is searched together with what it leans on."""
    assert standalone(question, HISTORY) == f"What is the Blue Ledger? {question}"


def test_a_question_that_stands_alone_stays_as_it_is() -> None:
    """A new subject is not mixed with the earlier one."""
    question = "How many branches does the Harbour Credit Union have in Busan?"
    assert standalone(question, HISTORY) == question


def test_without_history_nothing_is_added() -> None:
    """The first question of a conversation is searched as it is."""
    assert standalone("Why?", []) == "Why?"
