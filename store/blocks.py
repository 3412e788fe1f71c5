"""A text's lines by what they are, joined to blocks: paragraphs, list items, tables, headings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

from store.sentences import LETTER, SENTENCE_END, UNCASED, script_language

LIST_ITEM = re.compile(r"(?:[-*+•·▪◦‣●○■□–—☐☑☒]|\(?(?:\d{1,3}|[A-Za-z]|[가-하])[.)]|[①-⑳])\s+")
_FENCED = re.compile(r"^(```|~~~)[^\n]*\n(.*?)^\1", re.MULTILINE | re.DOTALL)
_TABULAR = re.compile(r"\S(?:\t| \| )\s*\S")
_NUMBER_CELL = re.compile(r"[$€£¥₩(]*\d(?:[\d.,]*\d)?[%)]*|[-–—$]")
_WIDE = re.compile(
    r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]"
)
# Marks behind a heading are taken off with `rstrip`: an expression for them is quadratic.
MARKED_HEADING = re.compile(r"(#{1,6})\s+(\S.*)")
_WRAPPED_FROM, _WRAPPED_TO, _WRAPPED_UNCASED = 40, 100, 60
# So many characters tell what script a text is in.
_SAMPLE = 2_000

_Kind = Literal["blank", "heading", "item", "row", "prose"]


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    kind: _Kind
    page: int
    indent: int


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together: a paragraph, a list item, a table, or a heading of a level."""

    lines: tuple[_Line, ...]
    level: int = 0

    @property
    def kind(self) -> _Kind:
        return self.lines[0].kind

    @property
    def page(self) -> int:
        return self.lines[0].page

    @property
    def start(self) -> int:
        return self.lines[0].start

    @property
    def end(self) -> int:
        return self.lines[-1].end


def blocks(text: str, pages: Sequence[int]) -> Iterator[Block]:
    """The text's blocks in order; `pages` holds the offsets at which pages start."""

    def stretch(line: _Line) -> tuple[int, str]:
        return line.page, "text" if line.kind in ("prose", "item") else line.kind

    for (_, kind), lines in groupby(_lines(text, pages), key=stretch):
        if kind == "text":
            yield from _paragraphs(text, list(lines))
        elif kind == "row":
            yield Block(tuple(lines))
        elif kind == "heading":
            yield from (Block((line,)) for line in lines)


def is_number_row(line: str) -> bool:
    """Whether the line ends in two cells of numbers, as the rows of printed tables do."""
    cells = line.split()[-2:] if len(line) <= 4 * _WRAPPED_TO else []
    return len(cells) == 2 and all(map(_NUMBER_CELL.fullmatch, cells))


def columns(line: str) -> int:
    """The line's width in columns, of which a Han, Kana or Hangul character takes two."""
    return len(line) + len(_WIDE.findall(line))


def _lines(text: str, pages: Sequence[int]) -> Iterator[_Line]:
    fences = iter([match.span(2) for match in _FENCED.finditer(text)])
    fence = next(fences, None)
    for page, (at, stop) in enumerate(pairwise(sorted({0, *pages, len(text)}))):
        raws = text[at:stop].split("\n")
        tabular = [False, *(bool(_TABULAR.search(raw)) for raw in raws), False]
        for number, raw in enumerate(raws, 1):
            while fence and at >= fence[1]:
                fence = next(fences, None)
            in_table = tabular[number] and (tabular[number - 1] or tabular[number + 1])
            kind = _kind(raw.strip(), is_row=in_table or bool(fence and fence[0] <= at))
            start = at + len(raw) - len(raw.lstrip())
            yield _Line(start, start + len(raw.strip()), kind, page, start - at)
            at += len(raw) + 1


def _kind(line: str, *, is_row: bool) -> _Kind:
    if line.startswith("|"):
        return "row"
    if not LETTER.search(line) or line.startswith(("```", "~~~")):
        return "blank"
    if is_row or is_number_row(line):
        return "row"
    if MARKED_HEADING.match(line):
        return "heading"
    return "item" if LIST_ITEM.match(line) else "prose"


def _paragraphs(text: str, lines: list[_Line]) -> Iterator[Block]:
    """Lines joined where a paragraph was wrapped at a fixed width, all others apart."""
    widths = {line: columns(text[line.start : line.end]) for line in lines}
    full = 0.8 * max((width for width in widths.values() if width <= _WRAPPED_TO), default=0)

    def runs_on(line: _Line, following: _Line) -> bool:
        is_open = not SENTENCE_END.search(text, line.start, line.end)
        return is_open and widths[line] >= _WRAPPED_FROM and following.kind == "prose"

    def is_lower(line: _Line) -> bool:
        return text[line.start].islower()

    wraps = any(runs_on(*pair) and is_lower(pair[1]) for pair in pairwise(lines))
    sample = text[lines[0].start : lines[0].start + _SAMPLE]
    wraps |= full >= 0.8 * _WRAPPED_UNCASED and script_language(sample) in UNCASED
    paragraph = lines[:1]
    for line, following in pairwise(lines):
        nested = paragraph[0].kind == "item" and following.indent > paragraph[0].indent
        is_full = wraps and full <= widths[line] <= _WRAPPED_TO
        if (nested and following.kind == "prose") or (
            runs_on(line, following) and (is_lower(following) or is_full)
        ):
            paragraph.append(following)
        else:
            yield Block(tuple(paragraph))
            paragraph = [following]
    yield Block(tuple(paragraph))
