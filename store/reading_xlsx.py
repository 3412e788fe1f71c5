"""Workbooks in .xlsx. The one file that meets openpyxl."""

import datetime
import io
import posixpath
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from store.archives import MAX_XML_BYTES, open_archive, read_xml
from store.reading_tables import table_lines
from store.reading_text import Extraction, clean, joined

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell ref="\$?([A-Z]{1,3})\$?(\d+):\$?([A-Z]{1,3})\$?(\d+)"')
_BOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
# Headings of more rows than that are rather data.
_DEEPEST_HEADING = 3


class _Merge(NamedTuple):
    """The rows and columns, counted from 0, over which a merged cell reaches."""

    top: int
    bottom: int
    left: int
    right: int


def extract_xlsx(data: bytes) -> Extraction:
    """A workbook's sheets in order, the name of each as a heading. Raises DocumentError.

    Of formulas it gives the values that were last computed.
    """
    import openpyxl

    with open_archive(data, ".xlsx") as archive, warnings.catch_warnings():
        # Of what it leaves out: styles, checks of what is typed in, charts.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            title = (book.properties.title or "").strip()
            merges = _merges(archive)
            sheets = ((sheet, merges.get(sheet.title, [])) for sheet in book.worksheets)
            text = joined(line for sheet, merged in sheets for line in _lines(sheet, merged))
        finally:
            book.close()
    return Extraction(clean(text), clean(title))


def _lines(sheet: Any, merges: Sequence[_Merge]) -> Iterator[str]:
    # What a sheet says of its size is wrong in files of some programs.
    sheet.reset_dimensions()
    rows = ([_shown(cell) for cell in row] for row in sheet.iter_rows())
    for place, line in enumerate(table_lines(_unmerged(rows, merges))):
        if place == 0:
            yield f"\n# {sheet.title}\n"
        yield line


def _merges(archive: zipfile.ZipFile) -> dict[str, list[_Merge]]:
    """The merged cells of each sheet, by its name: openpyxl tells them only of whole sheets."""
    names = set(archive.namelist())
    if not {_BOOK, _RELATIONS} <= names:
        return {}
    relations = read_xml(archive, _RELATIONS).iter("{*}Relationship")
    paths = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    merges = {}
    for sheet in read_xml(archive, _BOOK).iter("{*}sheet"):
        identity = next((value for key, value in sheet.items() if key.endswith("}id")), "")
        path = posixpath.normpath(posixpath.join("/xl", paths.get(identity, "")))[1:]
        # The few sheets that are larger are read without.
        if path in names and archive.getinfo(path).file_size <= MAX_XML_BYTES:
            found = _MERGED.findall(archive.read(path))
            merges[sheet.get("name", "")] = [_merge(*corners) for corners in found]
    return merges


def _merge(left: bytes, top: bytes, right: bytes, bottom: bytes) -> _Merge:
    return _Merge(int(top) - 1, int(bottom) - 1, _column(left), _column(right))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _unmerged(rows: Iterable[list[str]], merges: Sequence[_Merge]) -> Iterator[list[str]]:
    """The rows with a merged cell's text in each row that has more, and one row of headings.

    Headings have several rows where one of them reaches over columns and another over rows.
    """
    spread = _spread(rows, [merge for merge in merges if merge.bottom > merge.top])
    for number, row in enumerate(spread):
        if sum(map(bool, row)) < 2:
            yield row
            continue
        first = [merge for merge in merges if merge.top == number]
        bottom = max((m.bottom for m in first if m.left == m.right), default=number)
        is_wide = any(merge.right > merge.left for merge in first)
        depth = bottom - number + 1 if is_wide else 1
        heads = [row, *islice(spread, depth - 1 if depth <= _DEEPEST_HEADING else 0)]
        yield _headings(heads, [merge._replace(top=merge.top - number) for merge in merges])
        break
    yield from spread


def _headings(rows: Sequence[list[str]], merges: Iterable[_Merge]) -> list[str]:
    """One heading a column, of all that stands above it."""
    if len(rows) == 1:
        return rows[0]
    width = max(map(len, rows))
    cells = [row + [""] * (width - len(row)) for row in rows]
    for merge in merges:
        if 0 <= merge.top < len(rows) and merge.left < width:
            for column in range(merge.left + 1, min(merge.right + 1, width)):
                cells[merge.top][column] = cells[merge.top][merge.left]
    return [" ".join(dict.fromkeys(filter(None, column))) for column in zip(*cells, strict=True)]


def _spread(rows: Iterable[list[str]], merges: Sequence[_Merge]) -> Iterator[list[str]]:
    starting: dict[int, list[_Merge]] = {}
    for merge in merges:
        starting.setdefault(merge.top, []).append(merge)
    reaching: dict[int, tuple[int, str]] = {}
    for number, row in enumerate(rows):
        if any(row):
            for column, (bottom, text) in reaching.items():
                row.extend([""] * (column + 1 - len(row)))
                row[column] = row[column] or (text if number <= bottom else "")
        for merge in starting.get(number, ()):
            text = row[merge.left] if merge.left < len(row) else ""
            reaching[merge.left] = (merge.bottom, text)
        yield row


def _shown(cell: Any) -> str:
    """A cell's value about as its program shows it."""
    value = cell.value
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).upper()
    if isinstance(value, float | int):
        is_share = str(cell.number_format).endswith("%")
        return f"{value * 100:.12g}%" if is_share else f"{value:.15g}"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "minutes")
    return str(value)
