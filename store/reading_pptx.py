"""The text of presentations, a slide a page."""

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

from store.archives import open_archive, parse_xml
from store.reading_tables import table_lines
from store.reading_text import Extraction, clean, paged

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
# What the program calls every presentation that nobody named.
_UNNAMED = re.compile(r"PowerPoint\b")


def extract_pptx(data: bytes) -> Extraction:
    """The slides: title as a heading, text, tables, diagrams, notes. Raises DocumentError."""
    open_archive(data, ".pptx").close()
    import pptx

    presentation = pptx.Presentation(io.BytesIO(data))
    slides = list(presentation.slides)
    titles = (_line(slide.shapes.title.text) for slide in slides if slide.shapes.title is not None)
    named = presentation.core_properties.title.strip()
    title = next(titles, "") if not named or _UNNAMED.match(named) else named
    return paged(["\n\n".join(_parts(slide)) for slide in slides], clean(title))


def _parts(slide: Any) -> Iterator[str]:
    title = slide.shapes.title
    if title is not None and title.text.strip():
        yield f"# {_line(title.text)}"
    for shape in _flat(slide.shapes):
        if title is None or shape.shape_id != title.shape_id:
            yield from filter(None, _shape_parts(shape))
    for relation in slide.part.rels.values():
        if relation.reltype.endswith("/diagramData") and not relation.is_external:
            diagram = parse_xml(relation.target_part.blob)
            lines = ("".join(p.itertext(f"{_DRAWING}t")) for p in diagram.iter(f"{_DRAWING}p"))
            yield _items(lines)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = slide.notes_slide.notes_text_frame.text.strip()
        if notes:
            yield notes


def _flat(shapes: Iterable[Any]) -> Iterator[Any]:
    """The shapes, those of a group in its place."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _flat(shape.shapes)
        else:
            yield shape


def _shape_parts(shape: Any) -> Iterator[str]:
    if shape.has_text_frame:
        paragraphs = [paragraph.text for paragraph in shape.text_frame.paragraphs]
        yield _items(paragraphs) if shape.is_placeholder else "\n\n".join(_lines(paragraphs))
    elif shape.has_table:
        rows = [[cell.text for cell in row.cells] for row in shape.table.rows]
        if shape.table.first_row:
            yield "\n".join(table_lines(rows))
        else:
            yield "\n".join(" | ".join(map(_line, row)) for row in rows if any(row))
    elif shape.has_chart and shape.chart.has_title:
        yield _line(shape.chart.chart_title.text_frame.text)


def _items(paragraphs: Iterable[str]) -> str:
    """The paragraphs as the items of a list, or the only one as it is."""
    lines = _lines(paragraphs)
    return "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else "".join(lines)


def _lines(paragraphs: Iterable[str]) -> list[str]:
    return list(filter(None, map(_line, paragraphs)))


def _line(text: str) -> str:
    return " ".join(text.split())
