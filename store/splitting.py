"""A document's text cut into sentences that fit, and the sentences gathered into passages."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from store.blocks import Block
from store.sections import sections
from store.sentences import LETTER, sentence_stops
from store.types import Passage, Sentence

SENTENCE_TOKENS = 200
# Beyond so many characters a sentence is long without counting.
_LONG = 2_000
_MARK = re.compile(r"(?:#{1,6}|[->*+•·▪◦‣●○■□–—])\s+")
_CUTS = tuple(map(re.compile, (r"[;:,،؛]\s+|[，、；：]\s*|\n", r"\s+", r"(?s:.{24})")))


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    tokens: int


def split(
    text: str,
    *,
    count_tokens: Callable[[str], int],
    pages: Sequence[int] = (),
    passage_tokens: int = 240,
) -> list[Passage]:
    """Passages in the order of the text, each of at most `passage_tokens` tokens.

    A sentence has at most `SENTENCE_TOKENS` tokens, no white space at its ends, and a letter or
    digit. A passage stays within one section and, where `pages` gives the pages' start offsets,
    on one page. What stands in a heading is found in `Passage.heading` alone, after the headings
    above it, unless nothing follows the heading: then it is a sentence.
    """
    passages: list[Passage] = []
    for section, members in groupby(sections(text, pages), key=lambda member: member[0]):
        units = (list(_pieces(text, block, count_tokens)) for _, block in members)
        for pieces in _pack(filter(None, units), passage_tokens):
            found = tuple(Sentence(piece.start, piece.end) for piece in pieces)
            passages.append(Passage(found[0].start, found[-1].end, section.heading, found))
    return passages


def _pieces(text: str, block: Block, count: Callable[[str], int]) -> Iterator[_Piece]:
    for start, end in _sentences_of(text, block):
        for piece in _fitting(text, start, end, count, _CUTS):
            part = text[piece.start : piece.end]
            if LETTER.search(part):
                left = piece.start + len(part) - len(part.lstrip())
                yield _Piece(left, piece.start + len(part.rstrip()), piece.tokens)


def _sentences_of(text: str, block: Block) -> Iterator[tuple[int, int]]:
    if block.kind == "row":
        for line in block.lines:
            row = text[line.start : line.end]
            left, right = len(row) - len(row.lstrip("| ")), len(row) - len(row.rstrip("| "))
            yield line.start + left, line.end - right
        return
    mark = _MARK.match(text, block.start, block.end)
    start = mark.end() if mark else block.start
    stops = [start, *(start + stop for stop in sentence_stops(text[start : block.end]))]
    yield from pairwise(stops)


def _fitting(
    text: str, start: int, end: int, count: Callable[[str], int], cuts: Sequence[re.Pattern[str]]
) -> Iterator[_Piece]:
    """The range, cut by the first of `cuts` that gives parts of at most SENTENCE_TOKENS tokens."""
    tokens = count(text[start:end]) if end - start <= _LONG else SENTENCE_TOKENS + 1
    if tokens <= SENTENCE_TOKENS or not cuts:
        yield _Piece(start, end, tokens)
        return
    stops = sorted({start, end, *(match.end() for match in cuts[0].finditer(text, start, end))})
    parts = [
        part
        for left, right in pairwise(stops)
        for part in _fitting(text, left, right, count, cuts[1:])
    ]
    for run in _runs(parts):
        yield from _joined(text, run, count)


def _runs(parts: list[_Piece]) -> Iterator[list[_Piece]]:
    """The parts in runs of about the same size, at most SENTENCE_TOKENS tokens as they add up."""
    total = sum(part.tokens for part in parts)
    even = total / math.ceil(total / SENTENCE_TOKENS)
    run: list[_Piece] = []
    size = 0
    for part in parts:
        if run and (size >= even or size + part.tokens > SENTENCE_TOKENS):
            yield run
            run, size = [], 0
        run.append(part)
        size += part.tokens
    yield run


def _joined(text: str, run: list[_Piece], count: Callable[[str], int]) -> Iterator[_Piece]:
    """The run as one piece; as more where a whole has more tokens than its parts added up."""
    start, end = run[0].start, run[-1].end
    tokens = count(text[start:end])
    if tokens <= SENTENCE_TOKENS or len(run) == 1:
        yield _Piece(start, end, tokens)
        return
    middle = len(run) // 2
    for half in (run[:middle], run[middle:]):
        yield from _joined(text, half, count)


def _pack(units: Iterable[list[_Piece]], limit: int) -> Iterator[list[_Piece]]:
    """Passages' pieces: whole units while they fit, a unit's pieces where it does not."""
    passage: list[_Piece] = []
    size = 0
    for unit in units:
        whole = sum(piece.tokens for piece in unit)
        if passage and size + whole > limit and (whole <= limit or size >= limit / 2):
            yield passage
            passage, size = [], 0
        for piece in unit:
            if passage and size + piece.tokens > limit:
                yield passage
                passage, size = [], 0
            passage.append(piece)
            size += piece.tokens
    if passage:
        yield passage
