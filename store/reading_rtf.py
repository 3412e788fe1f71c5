"""The text of RTF files. The one file that meets striprtf."""

import re

from store.reading_text import Extraction, clean

_EIGHT_BIT = re.compile(rb"[\x80-\xff]")
_CODE_PAGE = re.compile(r"\\ansicpg\d+")
# Of a character of two bytes the second may be written as the letter that it would be alone.
_TWO_BYTES = re.compile(
    r"(\\'[89a-f][0-9a-f])(?:(\\'[0-9a-f]{2})|\\([\\{}])|([@-\[\]-z|~]))", re.IGNORECASE
)
_TITLE = re.compile(r"\{\\title ([^{}]*)\}")
# Pictures in hexadecimal digits.
_PICTURE = re.compile(r"\\pict\b[^{}]*\}")
_ROW = re.compile(r"^(.*)\|[ \t]*$", re.MULTILINE)
_BLANKS = re.compile(r"\n{3,}")


def extract_rtf(data: bytes) -> Extraction:
    """The paragraphs, with the cells of a table's row set apart by |."""
    if not data.lstrip().startswith(b"{\\rtf"):
        raise ValueError
    source = _EIGHT_BIT.sub(lambda byte: b"\\'%02x" % byte[0][0], data).decode("ascii")
    # Links are looked for line by line: each has one of its own.
    source = source.replace("{\\field", "\n{\\field")
    source = _TWO_BYTES.sub(_as_bytes, _PICTURE.sub("}", source))
    named = _TITLE.search(source)
    page = _CODE_PAGE.search(source)
    title = _text(f"{{\\rtf1{page[0] if page else ''} {named[1]}}}") if named else ""
    rows = _ROW.sub(lambda row: " | ".join(map(str.strip, row[1].split("|"))), _text(source))
    return Extraction(clean(_BLANKS.sub("\n\n", rows)).strip(), clean(title).strip())


def _as_bytes(match: re.Match[str]) -> str:
    letter = match[3] or match[4]
    return f"{match[1]}\\'{ord(letter):02x}" if letter else match[0]


def _text(source: str) -> str:
    from striprtf.striprtf import rtf_to_text

    return str(rtf_to_text(source, errors="replace"))
