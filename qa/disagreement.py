"""Disagreement: two documents that give different answers in the same sentence."""

import re
from collections.abc import Sequence

from qa.language import language
from qa.numbers import numbers
from qa.support import denials, same_script
from qa.tokens import Token, held, tokens
from qa.verify import named_numbers
from store import Evidence

# Both hold the question's terms about equally well. The place where they differ is of so many
# tokens at the most, and so many tokens of content are the same around it.
_AS_WELL, _PLACE, _LEAST = 0.1, 6, 2
# An abbreviated title may stand for a first name.
_TITLE = re.compile(r"\.\s\w")
# What opens a sentence and is set apart from it, such as “As was said,”.
_REMARK = re.compile(r"\s*[,，、:：]")


def differing(question: str, evidence: Sequence[Evidence]) -> Evidence | None:
    """The first evidence of another document that is the best one's sentence but for its answer.

    The answer is a number, or, where the question asks who, a name, or whether it is so at all. The
    same told in another unit, or of something else, is no other answer.
    """
    return next((one for one in evidence[1:] if _differ(question, evidence[0], one)), None)


def _differ(question: str, best: Evidence, other: Evidence) -> bool:
    return (
        other.document_id != best.document_id
        and same_script(best.text, other.text)
        and abs(other.coverage - best.coverage) <= _AS_WELL
        and named_numbers(question, best) == named_numbers(question, other)
        and _give_different_answers(question, best.text, other.text)
    )


def _give_different_answers(question: str, text: str, other: str) -> bool:
    one, two = tokens(text), tokens(other)
    head = _alike(one, two)
    tail = _alike(one[head:][::-1], two[head:][::-1])
    said, told = one[head : len(one) - tail], two[head : len(two) - tail]
    same = _content(one) - _content(said)
    if same < _LEAST or max(len(said), len(told)) > _PLACE:
        return False
    if bool(denials(text)) != bool(denials(other)):
        # A denial is at most one word of content more, as Korean's auxiliary is.
        return abs(_content(said) - _content(told)) <= 1
    if not said or not told:
        return False
    if _other_numbers(_written(text, said), _written(other, told)):
        return True
    ends = [(place[-1].end, whole) for place, whole in ((said, text), (told, other))]
    is_remark = head == 0 and any(_REMARK.match(whole, end) for end, whole in ends)
    is_title = any(_TITLE.match(whole, end) for end, whole in ends)
    asks_who = language().who.search(question) is not None
    return asks_who and not is_remark and not is_title and _other_names(question, said, told)


def _alike(one: Sequence[Token], two: Sequence[Token]) -> int:
    """How many tokens the two begin with alike."""
    pairs = enumerate(zip(one, two, strict=False))
    return next((at for at, (a, b) in pairs if a.text != b.text), min(len(one), len(two)))


def _content(place: Sequence[Token]) -> int:
    return sum(not token.light for token in place)


def _written(text: str, place: Sequence[Token]) -> str:
    return text[place[0].start : place[-1].end]


def _other_numbers(one: str, two: str) -> bool:
    """Whether both are numbers alone, of one unit, and neither is the other or that rounded."""
    mine, theirs = numbers(one), numbers(two)
    alone = all(not any(not token.light for token in tokens(text)) for text in (one, two))
    agree = any(a.agrees(b) or b.agrees(a) for a in mine for b in theirs)
    units = [one.unit for one in mine], [one.unit for one in theirs]
    return alone and bool(mine) and units[0] == units[1] and not agree


def _other_names(question: str, one: Sequence[Token], two: Sequence[Token]) -> bool:
    """Whether both have content that was not asked about, and share less than half of it."""
    asked = held(question)
    mine, theirs = (
        {
            token.text
            for token, was in zip(place, asked.has(place), strict=True)
            if not token.light and not was
        }
        for place in (one, two)
    )
    return bool(mine and theirs) and 2 * len(mine & theirs) < min(len(mine), len(theirs))
