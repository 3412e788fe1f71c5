"""Hangul Word Processor 5 files, by Hancom's published format. The one file that meets olefile.

A compound file holds streams of records; those of the text have paragraphs in UTF-16 with controls
among the characters, and lists of paragraphs for what stands in tables, notes and boxes.
"""

import io
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from store.archives import MAX_UNPACKED_BYTES, protected
from store.errors import DocumentError
from store.reading_hwpx import heading_mark
from store.reading_text import Extraction, clean, marked, worded

_STYLE, _PARA_HEADER, _PARA_TEXT, _CTRL_HEADER, _LIST_HEADER, _TABLE = 26, 66, 67, 71, 72, 77
_COMPRESSED, _PASSWORD, _DISTRIBUTED, _DRM = 0x1, 0x2, 0x4, 0x10
_ELSEWHERE = "save it as .hwpx or .pdf"
_SUMMARY = "\x05HwpSummaryInformation"
_TITLE = 2
# Of the 32 controls these are one character, the others eight, with what they mean between.
_SHORT = {0: "", 10: "\n", 13: "", 24: "-", 30: " ", 31: " ", **dict.fromkeys(range(25, 30), "")}
_CONTROL_UNITS = 8
_TAB = 9


@dataclass(slots=True)
class _Table:
    """A table that is being read: the texts of its cells, by rows."""

    level: int
    is_begun: bool = False
    rows: dict[int, list[list[str]]] = field(default_factory=dict)
    cell: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        rows = (self.rows[row] for row in sorted(self.rows))
        texts = ([" ".join(filter(None, cell)) for cell in row] for row in rows)
        return [" | ".join(row) for row in texts if any(row)]


def extract_hwp(data: bytes) -> Extraction:
    """The text's paragraphs, and tables by rows. Raises DocumentError."""
    import olefile

    if data.startswith(b"HWP Document File"):
        raise DocumentError(f"The file is of Hangul Word Processor 3: {_ELSEWHERE}.")
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        (flags,) = struct.unpack_from("<I", file.openstream("FileHeader").read(), 36)
        if flags & _PASSWORD:
            raise protected()
        if flags & (_DISTRIBUTED | _DRM):
            raise DocumentError(f"The file is protected from copying: {_ELSEWHERE}.")
        names = ["/".join(path) for path in file.listdir()]
        found = [re.fullmatch(r"BodyText/Section(\d+)", name) for name in names]
        sections = sorted(filter(None, found), key=lambda match: int(match[1]))
        streams = ["DocInfo", *(match[0] for match in sections)]
        info, *texts = (_unpacked(file.openstream(name).read(), flags) for name in streams)
        summary = file.getproperties(_SUMMARY) if file.exists(_SUMMARY) else {}
    marks = list(_marks(info))
    lines = [line for text in texts for line in _lines(text, marks)]
    heading = next((line for mark, line in lines if mark.startswith("#")), "")
    # The length that stands before it reaches far beyond its end.
    title = worded(str(summary.get(_TITLE) or "").partition("\0")[0].strip())
    return Extraction(clean(marked(lines)), clean(title or heading))


def _unpacked(stream: bytes, flags: int) -> bytes:
    if not flags & _COMPRESSED:
        return stream
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    unpacked = unpacker.decompress(stream, MAX_UNPACKED_BYTES // 4)
    if unpacker.unconsumed_tail:
        raise DocumentError("The file unpacks to over 128 MiB: split it into smaller files.")
    return unpacked


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The tag, the level and the content of each record."""
    at = 0
    while at + 4 <= len(stream):
        (header,) = struct.unpack_from("<I", stream, at)
        at += 4
        tag, level, size = header & 0x3FF, header >> 10 & 0x3FF, header >> 20
        if size == 0xFFF:
            (size,) = struct.unpack_from("<I", stream, at)
            at += 4
        yield tag, level, stream[at : at + size]
        at += size


def _marks(info: bytes) -> Iterator[str]:
    """The mark of each style's paragraphs, by the style's name in the file's language."""
    for tag, _, content in _records(info):
        if tag == _STYLE:
            (length,) = struct.unpack_from("<H", content)
            yield heading_mark(content[2 : 2 + 2 * length].decode("utf-16-le", "replace"))


def _lines(section: bytes, marks: list[str]) -> Iterator[tuple[str, str]]:
    tables: list[_Table] = []
    mark = ""
    for tag, level, content in _records(section):
        while tables and level <= tables[-1].level:
            yield from _closed(tables)
        if tag == _CTRL_HEADER and content[:4] == b" lbt":
            tables.append(_Table(level))
        elif tag == _TABLE and tables and level == tables[-1].level + 1:
            tables[-1].is_begun = True
        elif tag == _LIST_HEADER and tables and level == tables[-1].level + 1:
            _begin_cell(tables[-1], content)
        elif tag == _PARA_HEADER:
            style = content[10] if len(content) > 10 else 0
            mark = marks[style] if style < len(marks) else ""
        elif tag == _PARA_TEXT:
            line = " ".join("".join(_characters(content)).split())
            if tables and tables[-1].is_begun:
                tables[-1].cell.append(line)
            elif line:
                yield mark, line
    while tables:
        yield from _closed(tables)


def _begin_cell(table: _Table, content: bytes) -> None:
    # Before the table's own record stands its caption.
    if table.is_begun and len(content) >= 12:
        (row,) = struct.unpack_from("<H", content, 10)
        table.cell = []
        table.rows.setdefault(row, []).append(table.cell)


def _closed(tables: list[_Table]) -> Iterator[tuple[str, str]]:
    """The lines of the innermost table, or none where they are of a cell around it."""
    lines = tables.pop().lines()
    if tables:
        tables[-1].cell.extend(lines)
    else:
        yield from (("|", line) for line in lines)


def _characters(content: bytes) -> Iterator[str]:
    units = struct.unpack_from(f"<{len(content) // 2}H", content)
    at = 0
    while at < len(units):
        unit = units[at]
        if unit >= 32 or unit in _SHORT:
            yield _SHORT.get(unit, chr(unit))
            at += 1
        else:
            yield "\t" if unit == _TAB else ""
            at += _CONTROL_UNITS
