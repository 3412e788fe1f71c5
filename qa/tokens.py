"""A text as the check compares it: words, numbers, and characters of scripts without spaces."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal

from qa.language import language
from store import terms

Kind = Literal["word", "number", "character"]

_HANGUL = r"\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"
# Han, Kana, Thai, Lao, Tibetan, Burmese, Khmer.
_UNSPACED = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\u0e00-\u0e7f\u0e80-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff"
)
_LETTER = rf"[^\W\d_{_HANGUL}{_UNSPACED}]"
# Many scripts write vowels as marks, which `\w` leaves out.
_MARK = r"[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff]"
_TOKEN = re.compile(
    rf"(?P<number>\d+(?:[.,]\d+)*)|(?P<hangul>[{_HANGUL}]+)|(?P<character>[{_UNSPACED}])"
    rf"|(?P<word>{_LETTER}(?:{_LETTER}|{_MARK})*)"
)
_NUMERALS = frozenset("〇零一二两三四五六七八九十百千万亿")
# Words in a script without a stemmer here are one word if they share so many letters, and so much.
_SHARED, _MOST = 4, 2 / 3


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of `text[start:end]`, folded so that equal ones are spelled alike.

    `light` says that it carries no content of its own (numbers are compared apart), `name` that
    it is written as a name.
    """

    text: str
    kind: Kind
    start: int
    end: int
    light: bool
    name: bool = False


@lru_cache(maxsize=512)
def tokens(text: str) -> tuple[Token, ...]:
    """The tokens in order. Hangul gives syllables, whose endings are light."""
    return tuple(token for match in _TOKEN.finditer(text) for token in _tokens_of(match))


def _tokens_of(match: re.Match[str]) -> Iterator[Token]:
    text, (start, end) = match.group(), match.span()
    numeral = language().numerals.get(text.casefold())
    if match.lastgroup == "number" or numeral is not None:
        yield Token(str(numeral or text.replace(",", "")), "number", start, end, light=True)
    elif match.lastgroup == "word":
        low = text.casefold()
        short = len(text) <= 2 and text == low
        light = short or low in language().function or _is_measure(low, match)
        yield Token(_stem(low), "word", start, end, light, name=start > 0 and text[0].isupper())
    elif match.lastgroup == "character":
        char = _simplified(text)
        light = char in language().characters or char in _NUMERALS or "ぁ" <= char <= "ん"
        light = light or _follows_number(match)
        yield Token(char, "character", start, end, light)
    else:
        content = _content_length(text)
        for at, syllable in enumerate(text):
            place = start + at
            yield Token(syllable, "character", place, place + 1, light=at >= content)


def _is_measure(word: str, match: re.Match[str]) -> bool:
    lists = language()
    unit = word in lists.units or word.removesuffix("s") in lists.units
    return word in lists.scales or (unit and _follows_number(match))


def _follows_number(match: re.Match[str]) -> bool:
    """Whether it stands behind a number: 年, 個 and units are compared together with that."""
    before = match.string[max(0, match.start() - 2) : match.start()].rstrip()
    return before[-1:].isdigit()


def _content_length(word: str) -> int:
    """How many syllables of a Korean word are left without its particles and endings."""
    length = len(word)
    while length > 1 and word[length - 1] in language().endings:
        length -= 1
    return 0 if length == 1 and word[0] in language().auxiliaries else length


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word)
    if plain[0].isascii():
        word = "".join(char for char in plain if not unicodedata.combining(char))
    return "".join(terms(language().irregular.get(word, word)))


@cache
def _simplified(char: str) -> str:
    return "".join(terms(char)) or char


@dataclass(frozen=True, slots=True)
class Held:
    """What a text holds: its tokens, and its characters in pairs."""

    tokens: frozenset[str]
    pairs: frozenset[str]

    def has(self, sequence: Sequence[Token]) -> list[bool]:
        """For each token whether it stands in the text.

        A character must stand there together with a neighbour, unless both neighbours stand
        there without it or carry no content: one character alone proves little.
        """
        paired = self._paired(sequence)

        def alone(at: int) -> bool:
            beside = [i for i in (at - 1, at + 1) if 0 <= i < len(sequence)]
            return all(
                paired[i] or sequence[i].light or sequence[i].kind != "character" for i in beside
            )

        return [
            paired[at]
            or (token.text in self.tokens and (token.kind != "character" or alone(at)))
            or (token.kind == "word" and self._has_inflected(token.text))
            for at, token in enumerate(sequence)
        ]

    def _paired(self, sequence: Sequence[Token]) -> list[bool]:
        paired = [False] * len(sequence)
        for at, (one, other) in enumerate(pairwise(sequence)):
            if _pair(one, other) in self.pairs:
                paired[at] = paired[at + 1] = True
        return paired

    def _has_inflected(self, word: str) -> bool:
        return not word.isascii() and any(_inflected(word, other) for other in self.tokens)


@lru_cache(maxsize=512)
def held(text: str) -> Held:
    """What a text holds."""
    found = tokens(text)
    pairs = (_pair(one, other) for one, other in pairwise(found))
    return Held(frozenset(token.text for token in found), frozenset(pairs) - {""})


def _pair(one: Token, other: Token) -> str:
    both = one.kind == other.kind == "character"
    return one.text + other.text if both else ""


def _inflected(one: str, other: str) -> bool:
    different = (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    shared = next(different, min(len(one), len(other)))
    return shared >= _SHARED and shared >= _MOST * max(len(one), len(other))
