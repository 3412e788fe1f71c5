"""The numbers of a text: their values and what they count, however they are written."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from qa.language import language

_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_CURRENCY = re.compile(r"[$€£¥₩₽₮](?=\s?$)")
_UNIT = re.compile(r"[\s\u00a0-]?(%p|[%‰°]|[^\W\d_]+)")
_HAN_DIGITS = {char: str(value) for value, char in enumerate("零一二三四五六七八九")}
_HAN_DIGITS |= {"〇": "0", "两": "2", "兩": "2"}
_HAN_TENS = {"十": 10, "百": 100, "千": 1_000}
# So many characters before a number may say that it is rounded.
_BEFORE = 16
_ROUNDED = 0.05
_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Number:
    """`unit` is the known one that stands behind or, for a currency, before: "" where none does.

    `about` says that it is given as rounded, `spelled` that it stands in words, `start` where.
    Of a date, a version or an address `value` is the beginning, and `tail` holds the other parts.
    """

    start: int
    value: float
    unit: str
    about: bool
    spelled: bool
    tail: tuple[int, ...] = ()

    def agrees(self, source: "Number") -> bool:
        """Whether it is the source's number, or that rounded within 5 % to fewer figures."""
        if self.tail or source.tail or self.value == source.value:
            return (self.value, self.tail) == (source.value, source.tail)
        fewer = self.about and _figures(self.value) < _figures(source.value)
        return fewer and abs(self.value - source.value) <= _ROUNDED * abs(source.value)


@lru_cache(maxsize=512)
def numbers(text: str) -> tuple[Number, ...]:
    """The numbers in order. 12만, 1.2億, 二十, twenty and 3 million have their values."""
    found = []
    for match in _pattern().finditer(text):
        value = _value(match)
        if value is not None:
            before = text[max(0, match.start() - _BEFORE) : match.start()]
            about = language().about.search(before) is not None
            unit = _unit(before, text[match.end() :])
            if _is_before_christ(text, match):
                value = -value
            tail = _tail(match["digits"] or "")
            spelled = match["digits"] is None
            found.append(Number(match.start(), value, unit, about, spelled, tail))
    return tuple(found)


def _is_before_christ(text: str, number: re.Match[str]) -> bool:
    in_front, behind = language().before_christ
    begin, end = max(0, number.start() - _BEFORE), number.end()
    # Not cut off in front of the number: how it goes on matters too.
    marks = (mark for mark in in_front.finditer(text, begin) if mark.end() == number.start())
    return any(marks) or behind.match(text, end) is not None


@cache
def _pattern() -> re.Pattern[str]:
    words = [word for word in language().numerals if word.isascii()]
    native = [word for word in language().numerals if not word.isascii()]
    scale = "|".join(language().scales)
    return re.compile(
        r"(?:(?P<digits>(?:(?<![\w.,-])[-−])?\d+(?:[.,]\d+)*)"
        rf"|(?P<word>\b(?:{'|'.join(words)})\b|(?<![가-힣])(?:{'|'.join(native)})(?=\s[가-힣])))"
        rf"(?P<scales>(?:\s?(?:{scale})(?![a-z]))*)"
        r"|(?P<han>[〇零一二两兩三四五六七八九十百千万萬亿億兆]+)",
        re.IGNORECASE,
    )


def _value(match: re.Match[str]) -> float | None:
    if match["han"] is not None:
        return _han(match["han"])
    if match["word"] is None:
        value = float(_plain(match["digits"]))
    elif (numeral := language().numerals.get(match["word"].casefold())) is not None:
        value = float(numeral)
    else:
        # Without regard to case the pattern also finds letters that fold to several, such as İ.
        return None
    for scale in re.findall("|".join(language().scales), match["scales"], re.IGNORECASE):
        value *= language().scales.get(scale.casefold(), 1)
    return value


def _plain(digits: str) -> str:
    digits = digits.replace("−", "-")
    if _THOUSANDS.fullmatch(digits.lstrip("-")):
        return digits.replace(",", "")
    return ".".join(re.split("[.,]", digits)[:2])


def _tail(digits: str) -> tuple[int, ...]:
    """The parts behind the first two of what has points in it; none where they set thousands apart.

    A model that runs on in digits may write more of them than Python makes a number of.
    """
    if _THOUSANDS.fullmatch(digits.lstrip("-−")):
        return ()
    return tuple(int(part[:_DIGITS]) for part in re.findall(r"\d+", digits)[2:])


def _han(text: str) -> float | None:
    """三十五 is 35, 一千億 100,000,000,000; digits alone are read in a row, as in 一九四五.

    None for a lone 一, 十, 千 and so on, which are mostly parts of words.
    """
    if all(char in _HAN_DIGITS for char in text):
        return None if text == "一" else float("".join(_HAN_DIGITS[char] for char in text))
    if len(text) == 1:
        return None
    total = section = digit = 0
    for char in text:
        if char in _HAN_DIGITS:
            digit = int(_HAN_DIGITS[char])
        elif char in _HAN_TENS:
            section += (digit or 1) * _HAN_TENS[char]
            digit = 0
        else:
            total += (section + digit or 1) * language().scales[char]
            section = digit = 0
    return float(total + section + digit)


def _unit(before: str, after: str) -> str:
    currency = _CURRENCY.search(before)
    if currency is not None:
        return currency[0]
    match = _UNIT.match(after)
    if match is None:
        return ""
    units, text = language().units, match[1].casefold()
    if text.isascii():
        return units.get(text) or units.get(text.removesuffix("s"), "")
    # Where no space follows, the longest beginning is the unit: 개월간 are 개월, not 개.
    beginnings = (text[:end] for end in range(min(len(text), 4), 0, -1))
    return next((units[beginning] for beginning in beginnings if beginning in units), "")


def _figures(value: float) -> int:
    return len(f"{abs(value):.12g}".replace(".", "").strip("0"))
