"""Bytes turned into characters, whatever encoding they are in. The one file that meets chardet."""

import codecs
import re
from collections.abc import Callable, Iterator
from functools import partial

from store.errors import DocumentError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What files without a mark are in, by chardet's names. Those of old terminals and of Macintoshes,
# of which it knows more than sixty, are too rare for the texts that they would be taken for.
_LEGACY = (
    *("cp949", "big5hkscs", "gb18030", "cp932", "euc_jis_2004", "cp1251", "koi8-r", "cp866"),
    *("cp1252", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874"),
)
# Pages and messages mean the larger of each pair of encodings, whatever they call it.
_MEANT = {
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601"), "cp949"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("iso-8859-1", "latin1", "us-ascii"), "cp1252"),
}
# What Python has among the encodings, but no page or message is written in.
_NO_CHARSETS = ("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape")
# Their bytes are all ASCII's.
_SEVEN_BIT = ("iso-2022", "hz", "utf-7")
# So many bytes tell.
_SAMPLE = 200_000
# Of western European texts in cp1252 some read as well in others: it is the likelier by so much.
_WESTERN_ADVANTAGE = 1.25
# Of a text at most so many characters are controls or could not be read.
_MOST_BROKEN = 0.02
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# What texts in UTF-16 are made of: read with its bytes swapped most of one lies elsewhere.
_COMMON = re.compile(
    r"[\t\n\r -~\u00a0-\u024f\u0370-\u052f\u0590-\u06ff\u0900-\u097f\u0e00-\u0e7f\u1e00-\u1eff"
    r"\u2010-\u206f\u2100-\u22ff\u2460-\u27bf\u3000-\u30ff\u4e00-\u9fa5\uac00-\ud7a3\uff00-\uff9f]"
)
_MOST_COMMON = re.compile(r"[\n 0-9a-zа-яөү的一是不在有年日。、，はのにをが이다는의에을를은]")
# A Latin letter beside one of another alphabet: no word is written so.
_MIXED = re.compile(
    r"[A-Za-zÀ-ɏ][Ͱ-Ͽ\u0400-\u052f\u0590-\u06ff\u0e00-\u0e7f]"
    r"|[Ͱ-Ͽ\u0400-\u052f\u0590-\u06ff\u0e00-\u0e7f][A-Za-zÀ-ɏ]"
)


def decode(data: bytes, declared: str | None = None) -> str:
    """The characters of `data`: by its byte order mark, else UTF-8, else what fits best.

    Of encodings other than UTF-8 the one that is declared comes first. Where a few bytes of
    a text are damaged, U+FFFD stands for them. Raises DocumentError.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    if b"\0" in data:
        text = _utf_16(data)
        if text is None:
            raise DocumentError("The file holds binary data, not text: save it as text in UTF-8.")
        return text
    name = (declared or "").lower()
    text = _declared(data, name) if name.startswith(_SEVEN_BIT) else None
    if text is not None:
        return text
    readings: tuple[Callable[[bytes], str | None], ...]
    readings = (_unicode, partial(_declared, name=name), _legacy, _utf_16)
    for reading in readings:
        text = reading(data)
        if text is not None:
            return text
    raise DocumentError("The file's encoding is not known: save it as text in UTF-8.")


def _unicode(data: bytes) -> str | None:
    """The characters if it is UTF-8, but for a few bytes where it has many that are right."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken and broken * 10 > sum(char > "\x7f" for char in text) - broken:
        return None
    return text if _is_text(text) else None


def _declared(data: bytes, name: str) -> str | None:
    if not name:
        return None
    try:
        found = codecs.lookup(_MEANT.get(name, name)).name
        return None if found in _NO_CHARSETS else data.decode(found)
    except (UnicodeError, LookupError):
        return None


def _legacy(data: bytes) -> str | None:
    for name in _likely(data):
        text = data.decode(name, "replace")
        if text.count("\ufffd") <= _MOST_BROKEN * len(text) and _is_text(text):
            return text
    return None


def _likely(data: bytes) -> Iterator[str]:
    """The names of the encodings that the data may be in, the likeliest first."""
    import chardet

    sample = data[:_SAMPLE]
    found = {
        str(result["encoding"]).lower(): result["confidence"]
        for result in chardet.detect_all(sample, include_encodings=_LEGACY)
        if result["encoding"]
    }

    def likelihood(name: str) -> float:
        text = sample.decode(name, "replace")
        letters = sum(char > "\x7f" for char in text)
        is_mixed = len(_MIXED.findall(text)) * 4 > letters
        advantage = _WESTERN_ADVANTAGE if name == "windows-1252" else 1.0
        return found[name] * advantage * (0.0 if is_mixed else 1.0)

    yield from sorted(found, key=likelihood, reverse=True)


def _utf_16(data: bytes) -> str | None:
    """The characters if it is UTF-16 without a mark, in the order of bytes that fits."""
    names = ("utf-16-le", "utf-16-be")
    sample = data[: _SAMPLE // 2 * 2]
    texts = [sample.decode(name, "replace") for name in names]
    shares = [len(_COMMON.findall(text)) / max(1, len(text)) for text in texts]
    usual = [len(_MOST_COMMON.findall(text)) for text in texts]
    best = max((0, 1), key=lambda at: (round(shares[at], 1), usual[at], shares[at]))
    if len(data) % 2 or shares[best] < 1 - _MOST_BROKEN or _is_spoilt(sample):
        return None
    return data.decode(names[best], "replace")


def _is_spoilt(sample: bytes) -> bool:
    """Whether it is a text in UTF-8 but for some NULs; of one in UTF-16 half the bytes are NUL."""
    few = 0 < sample.count(0) * 4 < len(sample)
    return few and _unicode(sample.replace(b"\0", b"")) is not None


def _is_text(text: str) -> bool:
    sample = text[:_SAMPLE]
    return len(_CONTROL.findall(sample)) <= _MOST_BROKEN * len(sample)
