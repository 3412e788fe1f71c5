"""OpenDocument files (ISO/IEC 26300): text, spreadsheets and presentations."""

from collections.abc import Iterator
from itertools import repeat
from typing import Any

from store.archives import open_archive, read_xml
from store.errors import DocumentError
from store.reading_tables import table_lines
from store.reading_text import Extraction, clean, joined, marked, paged

_NAMES = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_OFFICE, _TEXT, _TABLE, _DRAW, _PRESENTATION = (
    _NAMES % part for part in ("office", "text", "table", "drawing", "presentation")
)
_PARAGRAPHS = (_TEXT + "p", _TEXT + "h")
_ROW, _CELLS = _TABLE + "table-row", (_TABLE + "table-cell", _TABLE + "covered-table-cell")
_SPACES = {_TEXT + "tab": "\t", _TEXT + "line-break": "\n", _TEXT + "s": " "}
# What was deleted, what is repeated from elsewhere, and remarks that are not of the text.
_SKIPPED = (_TEXT + "tracked-changes", _TEXT + "table-of-content", _OFFICE + "annotation")
MAX_COLUMNS = 16_384


def extract_odf(data: bytes) -> Extraction:
    """A text's paragraphs, a workbook's rows or a presentation's slides. Raises DocumentError."""
    with open_archive(data, "an OpenDocument file") as archive:
        content = read_xml(archive, "content.xml")
        has_meta = "meta.xml" in archive.namelist()
        meta = read_xml(archive, "meta.xml") if has_meta else None
    named = None if meta is None else meta.findtext(".//{http://purl.org/dc/elements/1.1/}title")
    title = clean(named or "").strip()
    body = content.find(_OFFICE + "body")[0]
    if body.tag == _OFFICE + "spreadsheet":
        return Extraction(clean(joined(_sheets(body))), title)
    if body.tag == _OFFICE + "presentation":
        slides = [marked(_lines(page)) for page in body.iter(_DRAW + "page")]
        first = slides[0].partition("\n")[0] if slides and slides[0].startswith("# ") else ""
        return paged(slides, title or first.removeprefix("# "))
    text = clean(marked(_lines(body)))
    heading = next(body.iter(_TEXT + "h"), None)
    return Extraction(text, title or ("" if heading is None else _line(heading)))


def _lines(body: Any) -> Iterator[tuple[str, str]]:
    """Paragraphs, list items and rows under a node, each with its mark."""
    for node in body.iter(_ROW, *_PARAGRAPHS):
        above = _above(node)
        tables = sum(1 for _ in node.iterancestors(_TABLE + "table"))
        if above.intersection(_SKIPPED):
            continue
        if node.tag == _ROW and tables == 1:
            cells = list(map(_cell, node.iterchildren(*_CELLS)))
            if any(cells):
                yield "|", " | ".join(cells)
        elif node.tag != _ROW and not tables and _line(node):
            yield _mark(node, above), _line(node)


def _above(node: Any) -> set[str]:
    return {parent.tag for parent in node.iterancestors()}


def _cell(cell: Any) -> str:
    paragraphs = cell.iter(*_PARAGRAPHS)
    return " ".join(_line(node) for node in paragraphs if not _above(node).intersection(_SKIPPED))


def _mark(paragraph: Any, above: set[str]) -> str:
    frame = next(paragraph.iterancestors(_DRAW + "frame"), None)
    if frame is not None and frame.get(_PRESENTATION + "class") == "title":
        return "# "
    if paragraph.tag == _TEXT + "h":
        return "#" * min(_number(paragraph, _TEXT + "outline-level"), 6) + " "
    return "- " if _TEXT + "list-item" in above else ""


def _line(paragraph: Any) -> str:
    """A paragraph's own text: notes and boxes in it have paragraphs of their own."""
    return " ".join("".join(_pieces(paragraph)).split())


def _pieces(node: Any) -> Iterator[str]:
    yield node.text or ""
    for child in node:
        if child.tag in _SPACES:
            yield _SPACES[child.tag]
        elif child.tag not in (*_PARAGRAPHS, *_SKIPPED, _TEXT + "note", _DRAW + "frame"):
            yield from _pieces(child) if isinstance(child.tag, str) else ()
        yield child.tail or ""


def _sheets(body: Any) -> Iterator[str]:
    for sheet in body.iter(_TABLE + "table"):
        for place, line in enumerate(table_lines(_rows(sheet))):
            if place == 0:
                yield f"\n# {sheet.get(_TABLE + 'name', '')}\n"
            yield line


def _rows(sheet: Any) -> Iterator[list[str]]:
    for row in sheet.iter(_ROW):
        cells: list[str] = []
        empty = 0
        for cell in row.iter(*_CELLS):
            text = _cell(cell)
            repeated = _number(cell, _TABLE + "number-columns-repeated")
            if not text:
                empty += repeated
                continue
            if len(cells) + empty + repeated > MAX_COLUMNS:
                raise DocumentError(f"A sheet has over {MAX_COLUMNS:,} columns: split it.")
            cells += [""] * empty + [text] * repeated
            empty = 0
        # Rows that are empty are repeated to the end of the sheet.
        yield from repeat(cells, _number(row, _TABLE + "number-rows-repeated") if cells else 1)


def _number(node: Any, name: str) -> int:
    value = node.get(name, "1")
    return max(1, int(value)) if value.isdigit() else 1
