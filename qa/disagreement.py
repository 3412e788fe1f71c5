"""Disagreement: two documents that tell different numbers, dates or names of the same thing."""

import re
from collections.abc import Sequence

from qa.numbers import numbers
from qa.support import same_script
from qa.tokens import Token, held, tokens
from store import Evidence

# Two sentences tell of the same thing where each has so much of its content in the other, or where
# they are the same but for one place; and where both hold the question's terms equally well.
_SAME, _AS_WELL = 0.6, 0.1
# The place is of so many tokens at the most, and so many tokens of content are the same.
_PLACE, _LEAST = 6, 2
# What opens a sentence and is set apart from it, such as “As was said,”.
_REMARK = re.compile(r"\s*[,，、:：]")


def differing(question: str, evidence: Sequence[Evidence]) -> Evidence | None:
    """The first evidence of another document that tells otherwise what the best one tells."""
    return next((one for one in evidence[1:] if _differ(question, evidence[0], one)), None)


def _differ(question: str, best: Evidence, other: Evidence) -> bool:
    if other.document_id == best.document_id or not same_script(best.text, other.text):
        return False
    if abs(other.coverage - best.coverage) > _AS_WELL:
        return False
    if _but_for_one_place(question, best.text, other.text):
        return True
    same = min(_shared(best.text, other.text), _shared(other.text, best.text)) >= _SAME
    return same and _other_numbers(question, best.text, other.text)


def _but_for_one_place(question: str, text: str, other: str) -> bool:
    """Whether the texts are the same but for one place, where each has content not asked for."""
    one, two = tokens(text), tokens(other)
    head = _alike(one, two)
    tail = _alike(one[head:][::-1], two[head:][::-1])
    said, told = one[head : len(one) - tail], two[head : len(two) - tail]
    same = [token for token in (*one[:head], *one[len(one) - tail :]) if not token.light]
    is_remark = any(
        place and _REMARK.match(whole, place[-1].end)
        for place, whole in ((said, text), (told, other))
    )
    return (
        len(same) >= _LEAST
        and not (head == 0 and is_remark)
        and all(_is_content(place, question) for place in (said, told))
    )


def _alike(one: Sequence[Token], two: Sequence[Token]) -> int:
    """How many tokens the two begin with alike."""
    pairs = enumerate(zip(one, two, strict=False))
    return next((at for at, (a, b) in pairs if a.text != b.text), min(len(one), len(two)))


def _is_content(place: Sequence[Token], question: str) -> bool:
    asked = held(question).has(place)
    told = (not token.light or token.kind == "number" for token in place)
    return len(place) <= _PLACE and any(
        is_told and not was for is_told, was in zip(told, asked, strict=True)
    )


def _shared(text: str, other: str) -> float:
    sequence = tokens(text)
    marked = zip(sequence, held(other).has(sequence), strict=True)
    content = [is_held for token, is_held in marked if not token.light]
    return sum(content) / len(content) if content else 0.0


def _other_numbers(question: str, text: str, other: str) -> bool:
    """Whether they count the same thing differently, and nothing of it alike."""
    asked = numbers(question)
    mine, theirs = (
        [one for one in numbers(told) if not any(one.agrees(given) for given in asked)]
        for told in (text, other)
    )
    alike = {one.unit for one in mine if any(one.agrees(number) for number in theirs)}
    return bool({one.unit for one in mine} & {one.unit for one in theirs} - alike - {""})
