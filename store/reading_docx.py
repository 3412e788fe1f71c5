"""The text of Word documents."""

import io
import re
from collections.abc import Iterator
from typing import Any

from store.archives import open_archive
from store.reading_text import Extraction, clean, marked

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Older programs' copy of what stands beside it.
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARAGRAPH, _TABLE, _ROW, _CELL = (_WORD + tag for tag in ("p", "tbl", "tr", "tc"))
_RUN, _TEXT = _WORD + "r", _WORD + "t"
_SPACES = {_WORD + "tab": "\t", _WORD + "br": "\n", _WORD + "cr": "\n"}
_HEADING = re.compile(r"heading (\d)|(title)$", re.IGNORECASE)


def extract_docx(data: bytes) -> Extraction:
    """A Word document's paragraphs and tables in order. Raises DocumentError.

    Headings are marked with #, list items with -, and the cells of a row set apart by |.
    """
    open_archive(data, ".docx").close()
    import docx

    document = docx.Document(io.BytesIO(data))
    styles = {style.style_id: style.name or "" for style in document.styles}
    lines = list(_lines(document.element.body, styles))
    heading = next((line for mark, line in lines if mark.startswith("#")), "")
    title = document.core_properties.title.strip() or heading
    return Extraction(clean(marked(lines)), clean(title))


def _lines(body: Any, styles: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Every line with its mark: "# " to "###### ", "- ", "|" for a table's row, or none."""
    for node in body.iter(_PARAGRAPH, _ROW):
        tables = sum(1 for _ in node.iterancestors(_TABLE))
        if node.tag == _ROW and tables == 1:
            cells = [cell for cell in node.iter(_CELL) if _nearest(cell, _ROW) is node]
            texts = [" ".join(map(_text_of, cell.iter(_PARAGRAPH))) for cell in cells]
            yield "|", " | ".join(" ".join(text.split()) for text in texts)
        elif node.tag == _PARAGRAPH and not tables:
            mark, line = _mark(node, styles), _text_of(node).strip()
            if line:
                yield mark, " ".join(line.split()) if mark else line


def _text_of(paragraph: Any) -> str:
    """A paragraph's own text: not that of text boxes in it, which have paragraphs of their own."""
    if _nearest(paragraph, _FALLBACK) is not None:
        return ""
    return "".join(
        _SPACES.get(node.tag) or node.text or ""
        for node in paragraph.iter(_TEXT, *_SPACES)
        if _nearest(node, _PARAGRAPH) is paragraph and node.getparent().tag == _RUN
    )


def _nearest(node: Any, tag: str) -> Any:
    return next(node.iterancestors(tag), None)


def _mark(paragraph: Any, styles: dict[str, str]) -> str:
    style = styles.get(paragraph.style or "", "")
    heading = _HEADING.match(style)
    if heading:
        return "#" * min(int(heading[1] or 1), 6) + " "
    properties = paragraph.pPr
    is_numbered = properties is not None and properties.numPr is not None
    return "- " if is_numbered or style.startswith("List") else ""
