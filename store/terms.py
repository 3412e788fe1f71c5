"""Terms: what the lexical index holds and what questions are matched by, in any script. The one
file that meets PyStemmer.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from Stemmer import Stemmer

from store.chinese import simplified

# Han, Kana, Thai, Lao, Tibetan, Burmese, Khmer.
_UNSPACED = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\u0e00-\u0e7f\u0e80-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff"
)
_HANGUL = r"\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"
# Soft hyphens and joiners, Arabic vowel signs and lengthening: writers put them in or leave them
# out. U+0307 is what case folding leaves of the Turkish İ.
_UNWRITTEN = re.compile(r"[\u00ad\u200c\u200d\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u0307]")
# Letters that Arabic writers take for one another, as Lucene's normalisation has them.
_ARABIC = str.maketrans("أإآىة", "ااايه")
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

# Snowball's algorithms (https://snowballstem.org/algorithms) by language, and which are for words
# of the Latin script.
_STEMMERS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "tr": "turkish",
}
_LATIN = frozenset(_STEMMERS) - {"ar", "el", "fa", "hi", "ne", "ru", "sr"} | {"vi"}


def terms(text: str, language: str = "en") -> list[str]:
    """The terms of `text` in order, with repeats.

    Words of spaced scripts are case-folded, and stemmed as the language has it (Snowball), without
    an English possessive 's: words of the Latin script as English has it where the language is of
    another. Numbers lose their thousands separators; runs of Han, Kana, Thai, other unspaced
    scripts and Hangul give their characters in pairs (a lone character gives itself), because such
    text has no spaces between words, or joins particles to them. Traditional and Simplified
    characters give the same terms.
    """
    folded = _POSSESSIVE.sub("", _folded(text))
    latin = language if language in _LATIN else "en"
    found: list[str] = []
    for run in _runs().finditer(folded):
        if run.lastgroup == "plain":
            found.append(_stem(run.group(), latin))
        else:
            found.extend(_terms_of(run, language, latin))
    return found


def question_terms(text: str, language: str = "en") -> list[str]:
    """The distinct terms that a question is about: `terms` without English function words."""
    found = dict.fromkeys(terms(text, language))
    content = [term for term in found if term not in _STOP_WORDS]
    return content or list(found)


def _folded(text: str) -> str:
    if text.isascii():
        # Nothing else is to be done there, and most text is.
        return text.lower()
    written = _UNWRITTEN.sub("", unicodedata.normalize("NFKC", text).casefold())
    return written.translate(_ARABIC)


@cache
def _runs() -> re.Pattern[str]:
    """Matches a run of an unspaced script or of Hangul, a number with its separators, or a word."""
    letter = rf"[^\W\d_{_UNSPACED}{_HANGUL}]"
    # Many scripts write vowels as marks, which `\w` leaves out.
    spaced = (chr(code) for code in range(0x300, 0x1F000) if not 0x0E00 <= code < 0x1100)
    marks = "".join(char for char in spaced if unicodedata.category(char).startswith("M"))
    return re.compile(
        # First the plain words, which make up most text: to look for marks takes thrice the time.
        rf"(?P<plain>[a-z]++(?![^\x00-\x7f]))|(?P<number>\d+(?:[.,]\d+)*)"
        rf"|(?P<unspaced>[{_UNSPACED}]+)|(?P<hangul>[{_HANGUL}]+)"
        rf"|(?P<word>{letter}+(?:[{marks}]+{letter}*)*)"
    )


def _terms_of(run: re.Match[str], language: str, latin: str) -> Iterator[str]:
    text = run.group()
    if run.lastgroup == "unspaced":
        text = text.translate(simplified())
    if run.lastgroup in ("unspaced", "hangul"):
        yield from (text[i : i + 2] for i in range(max(1, len(text) - 1)))
    elif run.lastgroup == "number":
        yield _plain_number(text)
    else:
        yield _stem(text, latin if text.isascii() else language)


def _plain_number(text: str) -> str:
    return text.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text) else text


@lru_cache(maxsize=100_000)
def _stem(word: str, language: str) -> str:
    if language not in _STEMMERS or word in _STOP_WORDS:
        return word
    stem: str = _stemmer(_STEMMERS[language]).stemWord(word)
    return stem


@cache
def _stemmer(algorithm: str) -> Stemmer:
    return Stemmer(algorithm)
