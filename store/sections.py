"""Blocks under their headings: which lines are headings, of what level, and what they head."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from store.blocks import MARKED_HEADING, Block, blocks, columns
from store.sentences import CLOSERS, SENTENCE_END
from store.tables import table

_NOT_HEADING = re.compile(
    rf"[.,;:!?。，、；：！？…؟،؛।॥]{CLOSERS}*$|[$€£¥₩%|]|^[(（a-zа-я]|^[\W\d_]*$"
)
_BULLET = re.compile(r"[^\w(]")
_PLAIN_LEVEL = 7
_HEADING_COLUMNS, _PROSE_COLUMNS = 80, 60


@dataclass(frozen=True, slots=True)
class Section:
    """What a passage never goes beyond: what follows one heading, on one page."""

    number: int
    heading: str
    page: int


def sections(text: str, pages: Sequence[int]) -> Iterator[tuple[Section, Block]]:
    """Every block that is evidence, with its section; a heading only where it heads nothing."""
    headings: list[Block] = []
    is_bare = False
    for block in [*_levelled(text, list(blocks(text, pages))), None]:
        level = block.level if block else 1
        if is_bare and 0 < level <= headings[-1].level:
            bare = headings.pop()
            yield Section(bare.start, _path(text, headings), bare.page), bare
        is_bare = level > 0
        if level:
            headings = [heading for heading in headings if heading.level < level]
        if block and level:
            headings.append(block)
        elif block:
            start, path = headings[-1].start if headings else -1, _path(text, headings)
            names, rows = table(text, block)
            yield Section(rows.start if names else start, _under(path, names), block.page), rows


def _levelled(text: str, plain: list[Block]) -> list[Block]:
    """The blocks, headings with their level."""
    found: list[Block] = []
    for block in reversed(plain):
        level = _level(text, block, found[-1] if found else None)
        found.append(replace(block, level=level))
    return found[::-1]


def _level(text: str, block: Block, following: Block | None) -> int:
    """A heading's level, from 1; 0 for what is none."""
    if block.kind == "heading":
        line = text[block.start : block.end]
        return len(line) - len(line.lstrip("#"))
    if following is None or following.level or len(block.lines) > 1:
        return 0
    if block.end - block.start > _HEADING_COLUMNS:
        return 0
    line, beneath = text[block.start : block.end], text[following.start : following.end]
    if _NOT_HEADING.search(line) or columns(line) > _HEADING_COLUMNS:
        return 0
    is_prose = following.kind == "prose" and columns(beneath) > columns(line)
    is_prose &= columns(beneath) >= _PROSE_COLUMNS or bool(SENTENCE_END.search(beneath))
    if block.kind == "prose":
        return _PLAIN_LEVEL if is_prose or following.kind == "item" else 0
    numbered = block.kind == "item" and not _BULLET.match(line)
    return _PLAIN_LEVEL if numbered and is_prose else 0


def _under(path: str, names: str) -> str:
    return " › ".join(filter(None, (path, names)))


def _path(text: str, headings: Iterable[Block]) -> str:
    lines = (text[heading.start : heading.end] for heading in headings)
    marked = ((line, MARKED_HEADING.match(line)) for line in lines)
    return " › ".join(match[2].rstrip(" \t#") if match else line for line, match in marked)
