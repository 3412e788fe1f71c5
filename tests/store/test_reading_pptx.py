"""Presentations: a slide is a page."""

import io
from pathlib import Path

import pptx
from pptx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.util import Inches

from tests.store.written import page_texts, read


def _presentation() -> "pptx.presentation.Presentation":
    deck = pptx.Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = "Leave in 2026"
    first.placeholders[1].text = "Staff get 15 days.\nUnused days lapse."
    first.notes_slide.notes_text_frame.text = "Говорите о ценах позже."
    box = first.shapes.add_textbox(0, 0, Inches(1), Inches(1))
    box.text_frame.text = "연차 휴가는 15일이다."
    second = deck.slides.add_slide(deck.slide_layouts[6])
    frame = second.shapes.add_table(2, 2, 0, 0, Inches(4), Inches(2))
    for cell, text in zip(frame.table.iter_cells(), ["姓名", "日數", "陳小明", "15"], strict=True):
        cell.text = text
    group = second.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "Амралт 15 хоног."
    deck.slides.add_slide(deck.slide_layouts[6])
    last = deck.slides.add_slide(deck.slide_layouts[5])
    last.shapes.title.text = "The end"
    return deck


def _saved(deck: "pptx.presentation.Presentation") -> bytes:
    stream = io.BytesIO()
    deck.save(stream)
    return stream.getvalue()


def test_presentation(tmp_path: Path) -> None:
    """Titles are headings; lists, text boxes, groups, tables and notes follow in their order."""
    document = read(tmp_path, "a.pptx", _saved(_presentation()))
    assert document.title == "Leave in 2026"
    assert page_texts(document) == [
        "# Leave in 2026\n\n- Staff get 15 days.\n- Unused days lapse.\n\n연차 휴가는 15일이다."
        "\n\nГоворите о ценах позже.",
        "| 姓名: 陳小明; 日數: 15\n\nАмралт 15 хоног.",
        "",
        "# The end",
    ]
    assert document.page_at(document.text.index("The end")) == 4


def test_title_that_somebody_gave(tmp_path: Path) -> None:
    """The title in the file's properties comes first."""
    deck = _presentation()
    deck.core_properties.title = "Handbook"
    assert read(tmp_path, "a.pptx", _saved(deck)).title == "Handbook"


def test_table_without_a_row_of_headings(tmp_path: Path) -> None:
    """Where the table says that its first row heads nothing, rows are told as they are."""
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    table = slide.shapes.add_table(2, 2, 0, 0, Inches(4), Inches(2)).table
    table.first_row = False
    for cell, text in zip(table.iter_cells(), ["Kim", "Sales", "Lee", "Stock"], strict=True):
        cell.text = text
    text = read(tmp_path, "a.pptx", _saved(deck)).text
    assert text == "Kim | Sales\nLee | Stock"


def test_diagram(tmp_path: Path) -> None:
    """The texts of a diagram (SmartArt), which stand in a part of their own."""
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    xml = (
        '<m xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        "<a:p><a:r><a:t>신청한다</a:t></a:r></a:p><a:p><a:r><a:t>The head </a:t></a:r>"
        "<a:r><a:t>signs.</a:t></a:r></a:p></m>"
    )
    part = Part(
        PackURI("/ppt/diagrams/data1.xml"),
        CONTENT_TYPE.DML_DIAGRAM_DATA,
        slide.part.package,
        xml.encode(),
    )
    slide.part.relate_to(part, RELATIONSHIP_TYPE.DIAGRAM_DATA)
    text = read(tmp_path, "a.pptx", _saved(deck)).text
    assert text == "- 신청한다\n- The head signs."
