"""Tables: what names the columns, so that a row of it says what its cells are."""

import re
from dataclasses import replace

from store.blocks import Block

_RULE = re.compile(r"[\s|:+=-]*-[\s|:+=-]*")
_CELL = re.compile(r"\||\t")
_DIGIT = re.compile(r"\d")


def table(text: str, block: Block) -> tuple[str, Block]:
    """The names of a table's columns, and the block without them; "" where nothing names them.

    A first row is taken for names when a rule is drawn under it, as Markdown does; or when it has
    as many cells as the row beneath, all filled and none with a digit, and that has a digit.
    """
    if block.kind != "row" or len(block.lines) < 2:
        return "", block
    first, second = (text[line.start : line.end] for line in block.lines[:2])
    ruled = bool(_RULE.fullmatch(second))
    if not _CELL.search(first) or not (ruled or _names(_cells(first), _cells(second))):
        return "", block
    rows = block.lines[2 if ruled else 1 :]
    if not rows:
        return "", block
    return " | ".join(filter(None, _cells(first))), replace(block, lines=rows)


def _cells(row: str) -> list[str]:
    return [" ".join(cell.split()) for cell in _CELL.split(row.strip().strip("|"))]


def _names(first: list[str], second: list[str]) -> bool:
    filled = all(first) and not any(map(_DIGIT.search, first))
    return filled and len(first) == len(second) > 1 and any(map(_DIGIT.search, second))
