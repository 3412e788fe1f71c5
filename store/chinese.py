"""Traditional and Simplified Chinese characters. The one file that meets OpenCC."""

import re
from functools import cache
from typing import Protocol

from store.quotations import outside_quotations

# Japanese and Korean texts have characters of their own forms.
_KANA_OR_HANGUL = re.compile("[ぁ-ヿ가-힣]")


@cache
def simplified() -> dict[int, str]:
    """Each Traditional character's Simplified one, without regard to what is around it."""
    blocks = ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
    characters = [chr(code) for first, last in blocks for code in range(first, last + 1)]
    converted = _converter("t2s").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, converted, strict=True)
    return {ord(one): other for one, other in pairs if one != other}


def written_like(text: str, sample: str) -> str:
    """The text in Traditional characters where the sample has some, in Simplified where it has
    some of those; in any other case, and in quotations, as it is.
    """
    if _KANA_OR_HANGUL.search(sample):
        return text
    if sample.translate(simplified()) != sample:
        return outside_quotations(text, _converter("s2tw").convert)
    if _converter("s2t").convert(sample) != sample:
        return outside_quotations(text, lambda bare: bare.translate(simplified()))
    return text


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _converter(name: str) -> _Converter:
    import opencc

    converter: _Converter = opencc.OpenCC(name)
    return converter
