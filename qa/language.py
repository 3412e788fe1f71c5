"""What words mean to the check, whatever their language: the lists of `language.toml`."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# A script whose words have spaces between them; others are matched inside of words.
_SPACED = re.compile(r"[^\W\d_\u0e00-\u0fff\u1000-\u11ff\u2e80-\ud7ff]")


@dataclass(frozen=True, slots=True)
class Language:
    """The lists. `units` gives each its first name, `irregular` each form of a verb its first;
    of a pair of `opposites` a text that says the one denies the other.
    """

    function: frozenset[str]
    pronouns: frozenset[str]
    characters: frozenset[str]
    endings: frozenset[str]
    auxiliaries: frozenset[str]
    irregular: dict[str, str]
    numerals: dict[str, int]
    scales: dict[str, int]
    units: dict[str, str]
    about: re.Pattern[str]
    before_christ: tuple[re.Pattern[str], re.Pattern[str]]
    who: re.Pattern[str]
    hedges: re.Pattern[str]
    not_hedges: re.Pattern[str]
    permits: re.Pattern[str]
    verdict: re.Pattern[str]
    negation: re.Pattern[str]
    not_negation: re.Pattern[str]
    opposites: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]


@cache
def language() -> Language:
    """All lists, read once."""
    read = tomllib.loads(files("qa").joinpath("language.toml").read_text(encoding="utf-8"))
    light, negation, hedges = read["light"], read["negation"], read["hedges"]
    verbs = [forms.split() for forms in read["irregular"]]
    return Language(
        function=frozenset(light["words"]) | frozenset(light["pronouns"]),
        pronouns=frozenset(light["pronouns"]),
        characters=frozenset(light["characters"]),
        endings=frozenset(light["endings"]),
        auxiliaries=frozenset(light["auxiliaries"]),
        irregular={form: forms[0] for forms in verbs for form in forms},
        numerals=read["numerals"],
        scales=read["scales"],
        units={name: names[0] for names in read["units"] for name in names},
        about=_behind(read["about"]),
        before_christ=(
            re.compile(read["before_christ"]["in_front"]),
            re.compile(read["before_christ"]["behind"]),
        ),
        who=_any(read["who"]),
        # In this case: May is a month.
        hedges=re.compile(_any(hedges["words"], hedges["parts"]).pattern),
        not_hedges=_any(hedges["except"]),
        permits=_any(hedges["permits"]),
        verdict=_verdict(read["verdict"]),
        negation=_any(negation["words"], negation["parts"]),
        not_negation=_any(negation["except"]),
        opposites=tuple((_any(one), _any(other)) for one, other in read["opposites"]),
    )


def _verdict(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words at the beginning of a sentence, set apart from what follows."""
    return re.compile(rf"\s*(?:{'|'.join(map(re.escape, words))})\s*[,，、;；—–]\s*", re.IGNORECASE)


def _behind(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words at the end of a text."""
    return re.compile(rf"(?:{_any(words).pattern})\s?$", re.IGNORECASE)


def _any(words: Iterable[str], parts: Iterable[str] = ()) -> re.Pattern[str]:
    """Any of the words, whole where their script has spaces, or of the parts of words."""
    whole = (
        rf"\b{re.escape(word)}\b" if _SPACED.match(word) else re.escape(word) for word in words
    )
    return re.compile("|".join([*whole, *map(re.escape, parts)]), re.IGNORECASE)
