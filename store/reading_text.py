"""Plain text and Markdown, and what every format's text goes through."""

import codecs
import re
import unicodedata
from typing import NamedTuple

from store.errors import DocumentError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# In order of preference where a text reads equally well in several.
_LEGACY = (
    *("cp949", "big5", "gb18030", "shift_jis", "euc_jp", "cp1251", "koi8_r", "cp1252", "cp1250"),
    *("cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874", "cp1258"),
)
_NEWLINE = re.compile(r"\r\n|[\r\v\f\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufeff]")
_FRONT_MATTER = re.compile(
    r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_FRONT_TITLE = re.compile(r"^title:[ \t]*(['\"]?)(.+?)\1[ \t]*$", re.MULTILINE)
_FIRST_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$|^(\S.*)\n=+[ \t]*$", re.MULTILINE)


class Extraction(NamedTuple):
    """A file's text, its title ("" where it names none) and the offsets at which pages start."""

    text: str
    title: str = ""
    pages: tuple[int, ...] = ()


def extract_plain(data: bytes) -> Extraction:
    """The text of a plain text file in any common encoding."""
    return Extraction(clean(decode(data)))


def extract_markdown(data: bytes) -> Extraction:
    """The text of a Markdown file, marks and all, without its front matter."""
    text = clean(decode(data))
    front = _FRONT_MATTER.match(text)
    body = text[front.end() :] if front else text
    named = _FRONT_TITLE.search(front[1]) if front else None
    heading = _FIRST_HEADING.search(body)
    title = named[2] if named else (heading[1] or heading[2]) if heading else ""
    return Extraction(body, title)


def clean(text: str) -> str:
    """The text in Unicode's composed form (NFC), with line feeds and tabs for its only controls."""
    return unicodedata.normalize("NFC", _CONTROL.sub("", _NEWLINE.sub("\n", text)))


def decode(data: bytes, declared: str | None = None) -> str:
    """The characters of `data`: by its byte order mark, else UTF-8, else what fits best.

    Of encodings other than UTF-8 the one that the file declares comes first. Raises DocumentError.
    """
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if marked is None and b"\0" in data:
        raise DocumentError("The file holds binary data, not text: save it as text in UTF-8.")
    for name in (marked or "utf-8", declared):
        try:
            if name:
                return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return _detected(data)


def _detected(data: bytes) -> str:
    from charset_normalizer import from_bytes

    matches = list(from_bytes(data, cp_isolation=list(_LEGACY)))
    if not matches:
        raise DocumentError("The file's encoding is not known: save it as text in UTF-8.")
    best = min(
        matches, key=lambda match: (match.chaos, -match.coherence, _LEGACY.index(match.encoding))
    )
    return str(best)
