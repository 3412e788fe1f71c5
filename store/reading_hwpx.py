"""Hangul Word Processor files in OWPML (KS X 6101): paragraphs, tables and notes in XML."""

import re
import zipfile
from collections.abc import Iterator
from typing import Any

from store.archives import open_archive, read_xml
from store.reading_text import Extraction, clean, marked, worded

_SECTION = re.compile(r"Contents/section(\d+)\.xml")
# The styles of headings, in the file's language and in English.
_OUTLINE = re.compile(r"(?:개요|outline)\s*(\d+)", re.IGNORECASE)
_PARAGRAPH, _TABLE, _ROW, _CELL, _TEXT = ("{*}p", "{*}tbl", "{*}tr", "{*}tc", "{*}t")
_SPACES = {"tab": "\t", "lineBreak": "\n", "nbSpace": " ", "fwSpace": " "}
# Remarks, which are not of the text.
_SKIPPED = ("{*}hiddenComment", "{*}fieldBegin")


def extract_hwpx(data: bytes) -> Extraction:
    """The sections' paragraphs, and tables by rows; headings are marked with #."""
    with open_archive(data, ".hwpx") as archive:
        named = filter(None, map(_SECTION.fullmatch, archive.namelist()))
        sections = [name[0] for name in sorted(named, key=lambda match: int(match[1]))]
        if not sections:
            raise KeyError("Contents/section0.xml")
        marks = _marks(archive)
        roots = (read_xml(archive, name) for name in sections)
        lines = [line for root in roots for line in _lines(root, marks)]
        title = _title(archive)
    heading = next((line for mark, line in lines if mark.startswith("#")), "")
    return Extraction(clean(marked(lines)), clean(title or heading))


def heading_mark(style: str) -> str:
    """The mark of a paragraph in this style: "# " to "###### ", or none."""
    outline = _OUTLINE.fullmatch(style.strip())
    return "#" * min(int(outline[1]), 6) + " " if outline else ""


def _marks(archive: zipfile.ZipFile) -> dict[str, str]:
    if "Contents/header.xml" not in archive.namelist():
        return {}
    styles = read_xml(archive, "Contents/header.xml").iter("{*}style")
    return {style.get("id", ""): heading_mark(style.get("name", "")) for style in styles}


def _title(archive: zipfile.ZipFile) -> str:
    if "Contents/content.hpf" not in archive.namelist():
        return ""
    title = read_xml(archive, "Contents/content.hpf").findtext(".//{*}metadata/{*}title")
    return worded(" ".join((title or "").split()))


def _lines(section: Any, marks: dict[str, str]) -> Iterator[tuple[str, str]]:
    for node in section.iter(_PARAGRAPH, _ROW):
        if next(node.iterancestors(*_SKIPPED), None) is not None:
            continue
        tables = sum(1 for _ in node.iterancestors(_TABLE))
        if node.tag.endswith("}tr") and tables == 1:
            texts = (map(_line, cell.iter(_PARAGRAPH)) for cell in node.iterchildren(_CELL))
            cells = [" ".join(filter(None, lines)) for lines in texts]
            if any(cells):
                yield "|", " | ".join(cells)
        elif node.tag.endswith("}p") and not tables and _line(node):
            yield marks.get(node.get("styleIDRef", ""), ""), _line(node)


def _line(paragraph: Any) -> str:
    """A paragraph's own text: tables, notes and boxes in it have paragraphs of their own."""
    texts = paragraph.iter(_TEXT)
    own = (text for text in texts if next(text.iterancestors(_PARAGRAPH), None) is paragraph)
    pieces: list[str] = []
    is_deleted = False
    for text in own:
        pieces.append("" if is_deleted else text.text or "")
        for child in text:
            kind = child.tag.rpartition("}")[2]
            is_deleted = kind == "deleteBegin" or (is_deleted and kind != "deleteEnd")
            shown = (_SPACES.get(kind) or child.text or "") + (child.tail or "")
            pieces.append("" if is_deleted else shown)
    return " ".join("".join(pieces).split())
