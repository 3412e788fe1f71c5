"""Texts as scoring compares them: the words of any script, and places whatever the layout."""

import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import cache

# Scripts written without spaces: Thai to Myanmar, Khmer, Kana, Bopomofo, Han.
_UNSPACED = re.compile(
    "[\u0e00-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_HANGUL = re.compile("[\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff]")
_NUMERALS = frozenset("0123456789〇零一二三四五六七八九十百千萬万億亿兆")
# These follow a numeral and make it another number: 5천 is 5,000.
_SCALES = _NUMERALS | frozenset("십백천만억조")

_PARTICLES = re.compile(
    "(?:은|는|이|가|을|를|의|에|에서|에게|한테|께|께서|로|으로|서|써|부터|까지|와|과|하고|랑|이랑"
    "|도|만|마다|조차|마저|밖에|뿐|나|이나|든지|라도|이라도|처럼|같이|보다|만큼|대로|쯤|씩|들|엔|인|임|등|씨|님|정도|짜리|동안"
    "|이?다|이?며|이?고|이?라|이?라는|이?라고|이?란|이?자|이?지만|인데|였다|이었다|였으며|이었으며"
    "|였고|이었고|였으나|이었으나|입니다|예요|이에요|였습니다|이었습니다){1,4}"
)
_ARTICLES = re.compile(
    r"\b(?:[Tt]he|THE|[Aa]n|AN|a|(?<!\w\s)A)\b(?=[^\w.]+\w)"  # the A of "Vitamin A is" stays
)
_SPACED_GROUPS = re.compile(r"(?<!\d)(?<!\d[.,])\d{1,3}(?:[\u00a0\u2009\u202f]\d{3})+(?!\d)")
_GROUPS = re.compile(
    r"(?<!\d)(?<!\d[.,])\d{1,3}(?:(?:,\d{2,3})*,\d{3}|(?:\.\d{3}){2,}|(?:['’]\d{3})+)(?!,?\d)"
)
_DECIMAL_COMMA = re.compile(r"(?<!\d)(?<!\d[.,])(\d+),(\d{1,2})(?![.,]?\d)")
_DATE_DOTS = re.compile(r"\d+(?:\.\d+){2,}")
_ZERO_DECIMALS = re.compile(r"(?<!\d)(?<!\d[.,])(\d+)\.0+(?![.,]?\d)")
_MARKS = str.maketrans({"٫": ".", "٬": ",", "−": "-"})
# Over a string of kinds (see _kind): a word or number, a run of Hangul, an unspaced character.
_WORD = re.compile(r"(?:(?<![sdhu-])-(?=d))?(?:[sd]m*|(?<=d)\.(?=d))+|(?:hm*)+|um*")


@dataclass(frozen=True, slots=True)
class Words:
    """A text's words in order, and joined: with the offsets where a match may start and end."""

    words: tuple[str, ...]
    joined: str
    starts: frozenset[int]
    ends: frozenset[int]

    def contains(self, other: "Words") -> bool:
        """Whether the other's words stand here in one piece, however they are spaced."""
        at = self.joined.find(other.joined) if other.joined else -1
        while at >= 0:
            if at in self.starts and at + len(other.joined) in self.ends:
                return True
            at = self.joined.find(other.joined, at + 1)
        return False


def words(text: str) -> Words:
    """The words of a text: NFKC, folded case, no punctuation, no English articles.

    Scripts without spaces give a word a character. A run of Hangul is one word, and a match may
    end before its particles. `1,200` and `1200`, `56,2` and `56.2`, `5.00` and `5` are the same;
    digits of all scripts are.
    """
    text = _plain(text)
    found: list[str] = []
    joined, last = "", 0
    starts: set[int] = set()
    ends: set[int] = set()
    for match in _WORD.finditer("".join(map(_kind, text))):
        word = text[match.start() : match.end()]
        numeral = joined[-1:] in _NUMERALS
        if match.start() > last and numeral and word[0] in _NUMERALS:
            joined += " "
        elif match.start() == last and numeral and word[0] in _SCALES:
            ends.discard(len(joined))
        if joined[-1:] not in _NUMERALS or word[0] not in _NUMERALS:
            starts.add(len(joined))
        ends.update(len(joined) + end for end in _word_ends(word))
        joined += word
        last = match.end()
        found.append(word)
    return Words(tuple(found), joined, frozenset(starts), frozenset(ends))


def _word_ends(word: str) -> list[int]:
    if not _HANGUL.match(word):
        return [len(word)]
    stems = [end for end in range(1, len(word)) if _PARTICLES.fullmatch(word, end)]
    return [*stems, len(word)]


def _plain(text: str) -> str:
    text = _SPACED_GROUPS.sub(_digits, text)
    text = unicodedata.normalize("NFKC", text).translate(_MARKS)
    text = re.sub(r"(?![0-9])\d", lambda match: str(unicodedata.decimal(match[0])), text)
    text = _GROUPS.sub(_digits, text)
    text = _DECIMAL_COMMA.sub(r"\1.\2", text)
    text = _DATE_DOTS.sub(lambda match: match[0].replace(".", " "), text)
    text = _ZERO_DECIMALS.sub(r"\1", text)
    return unicodedata.normalize("NFKC", _ARTICLES.sub(" ", text).casefold())


def _digits(match: re.Match[str]) -> str:
    return re.sub(r"\D", "", match[0])


@cache
def _kind(char: str) -> str:
    category = unicodedata.category(char)[0]
    if category == "M":
        return "m"
    if category not in "LN":
        return char if char in ".-" else " "
    if _UNSPACED.match(char):
        return "u"
    if _HANGUL.match(char):
        return "h"
    return "d" if char.isdigit() else "s"


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without layout: decomposed, no spaces or invisible characters.

    `offsets[i]` is the offset in the original text of the character that gave `text[i]`.
    """

    text: str
    offsets: "array[int]"


def fold(text: str) -> Folded:
    """Fold a text. Compatibility forms become alike, as they do in NFKC."""
    # Decomposed rather than composed: that goes character by character, so offsets survive.
    pieces = [_fold_character(char) for char in text]
    offsets = array("I", (at for at, piece in enumerate(pieces) for _ in piece))
    return Folded("".join(pieces), offsets)


def locate(text: Folded, passage: str) -> tuple[tuple[int, int], ...]:
    """Every `[start, end)` of the original text that reads as the passage does, layout apart."""
    wanted = fold(passage).text
    spans = []
    at = text.text.find(wanted) if wanted else -1
    while at >= 0:
        end = at + len(wanted)
        spans.append((text.offsets[at], text.offsets[end - 1] + 1))
        at = text.text.find(wanted, end)
    return tuple(spans)


@cache
def _fold_character(char: str) -> str:
    decomposed = unicodedata.normalize("NFKD", char)
    return "".join(
        part
        for part in decomposed
        if not part.isspace() and unicodedata.category(part) not in ("Cc", "Cf")
    )
