"""Terms: what the lexical index holds and what questions are matched by, in any script."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Protocol

_UNSPACED = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f"
)
_HANGUL = r"\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"
# A run of an unspaced script, a run of Hangul, a number with its separators, or a word.
_RUNS = re.compile(
    rf"(?P<unspaced>[{_UNSPACED}\U00020000-\U0003ffff]+)|(?P<hangul>[{_HANGUL}]+)"
    rf"|(?P<number>\d+(?:[.,]\d+)*)|(?P<word>[^\W\d_{_UNSPACED}{_HANGUL}]+)"
)
_POSSESSIVE = re.compile(r"(?<=[a-z])['’]s\b")
# Function words of English carry nothing in a question; other scripts rely on term rarity.
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be been by did do does for from had has have how in is it its of on or"
        " that the their there these this those to was were what when where which who whom whose"
        " why will with",
    )
)


def terms(text: str) -> list[str]:
    """The terms of `text` in order, with repeats.

    Words of spaced scripts are case-folded and, in Latin script, stemmed (Snowball's English
    stemmer) without a possessive 's; numbers lose their thousands separators; runs of Han, Kana,
    Thai and Hangul give their characters in pairs (a lone character gives itself), because such
    text has no spaces between words, or joins particles to them.
    """
    folded = _POSSESSIVE.sub("", unicodedata.normalize("NFKC", text).casefold())
    return [term for run in _RUNS.finditer(folded) for term in _terms_of(run)]


def question_terms(text: str) -> list[str]:
    """The distinct terms that a question is about: `terms` without function words."""
    found = dict.fromkeys(terms(text))
    content = [term for term in found if term not in _STOP_WORDS]
    return content or list(found)


def _terms_of(run: re.Match[str]) -> Iterator[str]:
    text = run.group()
    if run.lastgroup in ("unspaced", "hangul"):
        yield from (text[i : i + 2] for i in range(max(1, len(text) - 1)))
    elif run.lastgroup == "number":
        yield _plain_number(text)
    else:
        yield _stem(text) if text.isascii() else text


def _plain_number(text: str) -> str:
    return text.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text) else text


@cache
def _stemmer() -> "_Stemmer":
    import snowballstemmer

    stemmer: _Stemmer = snowballstemmer.stemmer("english")
    return stemmer


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    return word if word in _STOP_WORDS else _stemmer().stemWord(word)


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - Snowball's name
