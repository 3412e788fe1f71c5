"""What stands in another word's place: a sentence laid over the evidence that it repeats."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from qa.language import language
from qa.numbers import Number, numbers
from qa.tokens import Token, held, tokens
from qa.types import Reason

# So many equal words, or characters of scripts without spaces, on both sides of a place show that
# it is the same place; at the end of a sentence, where there is only one side, it takes more.
_BESIDE = {"word": 2, "number": 2, "character": 3}
_BESIDE_END = {"word": 5, "number": 5, "character": 8}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the sentence has `said`, the evidence has `told`, between the same words.

    `at` is the place of the first of `said` in the sentence; `end` says that it is a first or a
    last place, with the same words on one side only.
    """

    at: int
    said: Sequence[Token]
    told: Sequence[Token]
    end: bool


def exchanged(sentence: str, question: str, evidence: str) -> Reason | None:
    """What the sentence says in the place of something else, if there is anything.

    Words of the question may be other words for the same; its names, numbers and opposites not.
    """
    said, told = tokens(sentence), tokens(evidence)
    asked, here = held(question).has(said), held(evidence).has(said)
    for place in _places(said, told):
        said_numbers = _numbers_within(sentence, place.said)
        told_numbers = _numbers_within(evidence, place.told)
        agreeing = any(one.agrees(other) for one in said_numbers for other in told_numbers)
        if said_numbers and told_numbers and not agreeing:
            return "number"
        if _opposite(_written(sentence, place.said), _written(evidence, place.told)):
            return "opposite"
        new = [
            token
            for at, token in enumerate(place.said, place.at)
            if not token.light
            # Words of the evidence may stand in another order, names at the ends only.
            and not (here[at] and (place.end or not token.name))
            and (token.name or not asked[at])
        ]
        if new and any(_is_content(token) for token in place.told):
            return "name" if any(token.name for token in new) else "exchanged words"
    return None


def _places(said: Sequence[Token], told: Sequence[Token]) -> Iterator[_Place]:
    texts = ([token.text for token in said], [token.text for token in told])
    blocks = SequenceMatcher(None, *texts, autojunk=False).get_opcodes()
    for at, (kind, i1, i2, j1, j2) in enumerate(blocks):
        if kind != "replace":
            continue
        beside = [blocks[i] for i in (at - 1, at + 1) if 0 <= i < len(blocks)]
        end = len(beside) < 2
        least = _BESIDE_END if end else _BESIDE
        if beside and all(
            tag == "equal"
            and (
                b - a >= least[said[a].kind]
                # The first or last words of both, such as a last noun behind the place.
                or (not end and said[a].kind == "word" and _outermost((a, b, c, d), said, told))
            )
            for tag, a, b, c, d in beside
        ):
            yield _Place(i1, said[i1:i2], told[j1:j2], end)


def _outermost(
    block: tuple[int, int, int, int], said: Sequence[Token], told: Sequence[Token]
) -> bool:
    first, last, told_first, told_last = block
    return (first, told_first) == (0, 0) or (last, told_last) == (len(said), len(told))


def _numbers_within(text: str, sequence: Sequence[Token]) -> list[Number]:
    first, end = sequence[0].start, sequence[-1].end
    return [number for number in numbers(text) if first <= number.start < end]


def _opposite(said: str, told: str) -> bool:
    return any(
        (one.search(said) and other.search(told)) or (other.search(said) and one.search(told))
        for one, other in language().opposites
    )


def _written(text: str, sequence: Sequence[Token]) -> str:
    # With the characters beside, since many opposites share one: 東部 and 西部.
    return text[max(0, sequence[0].start - 1) : sequence[-1].end + 1]


def _is_content(token: Token) -> bool:
    return not token.light and token.text not in language().pronouns
