import pytest

import prompts
from prompts import Prompt, PromptError


def test_every_template_loads_and_has_an_identity() -> None:
    """A template's id is its name and a digest of its wording."""
    prompt = prompts.load("answer")
    name, _, digest = prompt.id.partition("@")
    assert name == "answer"
    assert len(digest) == 8


def test_values_are_put_in_word_for_word() -> None:
    """Braces in a value are text, never a place to fill."""
    prompt = Prompt("x@0", "{{a}}", "{{b}}")
    assert prompt.render(a="{{b}}", b="2") == ("{{b}}", "2")


@pytest.mark.parametrize("values", [{}, {"a": "1"}, {"a": "1", "b": "2", "c": "3"}])
def test_missing_and_surplus_values_are_refused(values: dict[str, str]) -> None:
    """A template takes exactly the values that it names."""
    with pytest.raises(PromptError, match="takes"):
        Prompt("x@0", "{{a}}", "{{b}}").render(**values)


def test_an_unknown_template_is_refused() -> None:
    """The message names the file that does not exist."""
    with pytest.raises(PromptError, match=r"nothing\.md"):
        prompts.load("nothing")


def test_the_refusal_is_what_the_template_asks_for() -> None:
    """Prompt and code share one refusal sentinel."""
    system, user = prompts.load("answer").render(refusal=prompts.REFUSAL, sources="", question="")
    assert prompts.REFUSAL in system + user


def test_an_overview_begins_as_every_answer_does() -> None:
    """Its first sentences are read already, and it takes no refusal."""
    overview, answer = prompts.load("overview"), prompts.load("answer")
    shared = answer.system.partition("Reply with ")[0]
    assert shared
    assert overview.system.startswith(shared)
    assert overview.user == answer.user


def test_a_follow_up_is_asked_for_in_the_same_words() -> None:
    """Its instructions are those of every answer, so that an engine has them read already."""
    follow_up, answer = prompts.load("follow-up"), prompts.load("answer")
    assert follow_up.system == answer.system
    values = {"refusal": "no", "sources": "[1] s", "question": "q?"}
    _, user = follow_up.render(**values, earlier="Before.")
    assert user == answer.render(**values)[1].replace(
        "Question:", "Earlier in this conversation: Before.\n\nQuestion:"
    )
