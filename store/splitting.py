"""A document's text cut into sentences, and the sentences gathered into passages."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Literal

import sentencex

from store.types import Passage, Sentence

SENTENCE_TOKENS = 200
LIST_ITEM = re.compile(r"(?:[-*+•·▪◦‣●○■□–—☐☑☒]|\(?(?:\d{1,3}|[A-Za-z]|[가-하])[.)]|[①-⑳])\s+")
_CLOSERS = r"[\"'”’»)\]）」』】》〉]"
SENTENCE_END = re.compile(rf"[.!?。！？…؟।॥]{_CLOSERS}*$")

_NOT_HEADING = re.compile(
    rf"[.,;:!?。，、；：！？…؟،؛।॥]{_CLOSERS}*$|[$€£¥₩%|]|^[(（a-zа-я]|^[\W\d_]*$"
)
_MARKED_HEADING = re.compile(r"(#{1,6})\s+(.*?)[\s#]*$")
_MARK = re.compile(r"(?:#{1,6}|[->*+•·▪◦‣●○■□–—])\s+")
_BULLET = re.compile(r"[^\w(]")
_FENCED = re.compile(r"^(```|~~~)[^\n]*\n(.*?)^\1", re.MULTILINE | re.DOTALL)
_TABULAR = re.compile(r"\S(?:\t| \| )\s*\S")
_NUMBER_CELL = re.compile(r"[$€£¥₩(]*\d(?:[\d.,]*\d)?[%)]*|[-–—$]")
_WORD = re.compile(r"[^\W_]")
_WIDE = re.compile(
    r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]"
)
_PLAIN_LEVEL = 7
_WRAPPED_FROM, _WRAPPED_TO, _WRAPPED_UNCASED = 40, 100, 60
_HEADING_COLUMNS, _PROSE_COLUMNS = 80, 60
# Beyond so many characters the segmenter is quadratic, and a sentence is long without counting.
_WINDOW, _LONG = 4_000, 2_000
_CUTS = tuple(map(re.compile, (r"[;:,،؛]\s+|[，、；：]\s*|\n", r"\s+", r"(?s:.{24})")))
_SCRIPTS = {
    "ko": re.compile(r"[\u1100-\u11ff\uac00-\ud7a3]"),
    "ja": re.compile(r"[\u3041-\u30ff]"),
    "zh": re.compile(r"[\u3400-\u9fff\uf900-\ufaff]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "en": re.compile(r"[A-Za-z\u00c0-\u024f]"),
}
_UNCASED = ("ko", "ja", "zh", "th", "ar", "hi")
_ABBREVIATION = re.compile(r"\b(?:e\.\s?g|i\.\s?e|cf|vs|viz)\.$", re.IGNORECASE)
_BEFORE_NUMBER = re.compile(
    r"\b(?:nos?|arts?|figs?|secs?|approx|pp?|vol|ch|ca|nr|abs|стр|гл|ст)\.$", re.IGNORECASE
)
_MONTH = re.compile(
    r"(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b"
)
# What belongs to a sentence although it stands behind its stop: marks of references, brackets.
_TAIL = re.compile(r"(?:[)\]）」』】》〉’”»]|\[[^\]]{1,60}\]|:\d[\d:–-]*)+(?=\s|$)")
_CLOSING = re.compile(r"[)\]）」』】》〉’”»]")
_NUMBERING = re.compile(r"\(?(?:\d{1,4}|[A-Za-z]|[IVX]{1,4}|[가-하])[.)]$")
_SHORT_WORD = re.compile(r"(?:^|[\s.])[^\W\d_]{1,3}\.$")
_QUOTATION_END = re.compile(r"[.!?。！？…][\"'”’」』]$")
_OPENERS = "\"'“‘「『"

_Kind = Literal["blank", "heading", "item", "row", "prose"]


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    kind: _Kind
    page: int
    indent: int


@dataclass(frozen=True, slots=True)
class _Block:
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


@dataclass(frozen=True, slots=True)
class _Section:
    """What a passage never goes beyond: what follows one heading, on one page."""

    number: int
    heading: str
    page: int


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
    for section, members in groupby(_sections(text, pages), key=lambda member: member[0]):
        units = (list(_pieces(text, block, count_tokens)) for _, block in members)
        for pieces in _pack(filter(None, units), passage_tokens):
            found = tuple(Sentence(piece.start, piece.end) for piece in pieces)
            passages.append(Passage(found[0].start, found[-1].end, section.heading, found))
    return passages


def split_sentences(text: str) -> list[Sentence]:
    """The sentences of a short text that has no structure but lines, such as an answer."""
    found: list[Sentence] = []
    for line in re.finditer(r"[^\n]+", text):
        for start, end in pairwise([0, *_stops(line.group())]):
            part = line.group()[start:end]
            if _WORD.search(part):
                left = line.start() + start + len(part) - len(part.lstrip())
                found.append(Sentence(left, line.start() + start + len(part.rstrip())))
    return found


def script_language(text: str) -> str:
    """The ISO 639-1 code of a language that punctuates as the text's dominant script does."""
    counts = {code: len(script.findall(text[:_LONG])) for code, script in _SCRIPTS.items()}
    if counts["ja"] * 10 > counts["zh"]:
        counts["ja"] += counts["zh"]
    language = max(counts, key=counts.__getitem__)
    return language if counts[language] else "en"


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
    if not _WORD.search(line) or line.startswith(("```", "~~~")):
        return "blank"
    if is_row or is_number_row(line):
        return "row"
    if _MARKED_HEADING.match(line):
        return "heading"
    return "item" if LIST_ITEM.match(line) else "prose"


def _blocks(text: str, pages: Sequence[int]) -> Iterator[_Block]:
    def stretch(line: _Line) -> tuple[int, str]:
        return line.page, "text" if line.kind in ("prose", "item") else line.kind

    for (_, kind), lines in groupby(_lines(text, pages), key=stretch):
        if kind == "text":
            yield from _paragraphs(text, list(lines))
        elif kind == "row":
            yield _Block(tuple(lines))
        elif kind == "heading":
            yield from (_Block((line,)) for line in lines)


def _paragraphs(text: str, lines: list[_Line]) -> Iterator[_Block]:
    """Lines joined where a paragraph was wrapped at a fixed width, all others apart."""
    widths = {line: columns(text[line.start : line.end]) for line in lines}
    full = 0.8 * max((width for width in widths.values() if width <= _WRAPPED_TO), default=0)

    def runs_on(line: _Line, following: _Line) -> bool:
        is_open = not SENTENCE_END.search(text, line.start, line.end)
        return is_open and widths[line] >= _WRAPPED_FROM and following.kind == "prose"

    def is_lower(line: _Line) -> bool:
        return text[line.start].islower()

    wraps = any(runs_on(*pair) and is_lower(pair[1]) for pair in pairwise(lines))
    sample = text[lines[0].start : lines[0].start + _LONG]
    wraps |= full >= 0.8 * _WRAPPED_UNCASED and script_language(sample) in _UNCASED
    paragraph = lines[:1]
    for line, following in pairwise(lines):
        nested = paragraph[0].kind == "item" and following.indent > paragraph[0].indent
        is_full = wraps and full <= widths[line] <= _WRAPPED_TO
        if (nested and following.kind == "prose") or (
            runs_on(line, following) and (is_lower(following) or is_full)
        ):
            paragraph.append(following)
        else:
            yield _Block(tuple(paragraph))
            paragraph = [following]
    yield _Block(tuple(paragraph))


def _sections(text: str, pages: Sequence[int]) -> Iterator[tuple[_Section, _Block]]:
    """Every block that is evidence, with its section; a heading only where it heads nothing."""
    headings: list[_Block] = []
    is_bare = False
    for block in [*_levelled(text, list(_blocks(text, pages))), None]:
        level = block.level if block else 1
        if is_bare and 0 < level <= headings[-1].level:
            bare = headings.pop()
            yield _Section(bare.start, _path(text, headings), bare.page), bare
        is_bare = level > 0
        if level:
            headings = [heading for heading in headings if heading.level < level]
        if block and level:
            headings.append(block)
        elif block:
            start = headings[-1].start if headings else -1
            yield _Section(start, _path(text, headings), block.page), block


def _levelled(text: str, blocks: list[_Block]) -> list[_Block]:
    """The blocks, headings with their level."""
    found: list[_Block] = []
    for block in reversed(blocks):
        level = _level(text, block, found[-1] if found else None)
        found.append(replace(block, level=level))
    return found[::-1]


def _level(text: str, block: _Block, following: _Block | None) -> int:
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


def _path(text: str, headings: Iterable[_Block]) -> str:
    lines = (text[heading.start : heading.end] for heading in headings)
    marked = ((line, _MARKED_HEADING.match(line)) for line in lines)
    return " › ".join(match[2] if match else line for line, match in marked)


def _pieces(text: str, block: _Block, count: Callable[[str], int]) -> Iterator[_Piece]:
    for start, end in _sentences(text, block):
        for piece in _fitting(text, start, end, count, _CUTS):
            part = text[piece.start : piece.end]
            if _WORD.search(part):
                left = piece.start + len(part) - len(part.lstrip())
                yield _Piece(left, piece.start + len(part.rstrip()), piece.tokens)


def _sentences(text: str, block: _Block) -> Iterator[tuple[int, int]]:
    if block.kind == "row":
        for line in block.lines:
            row = text[line.start : line.end]
            left, right = len(row) - len(row.lstrip("| ")), len(row) - len(row.rstrip("| "))
            yield line.start + left, line.end - right
        return
    mark = _MARK.match(text, block.start, block.end)
    start = mark.end() if mark else block.start
    stops = [start, *(start + stop for stop in _stops(text[start : block.end]))]
    yield from pairwise(stops)


def _stops(block: str) -> Iterator[int]:
    """The offsets at which the block's sentences end."""
    language = script_language(block)
    pieces = list(_segments(block, language))
    stop = 0
    for piece, following in pairwise([*pieces, ""]):
        stop += len(piece)
        tail = None if piece[-1].isspace() else _TAIL.match(following)
        if tail and tail[0] != following.rstrip():
            yield stop + len(tail[0])
        elif not following or not (tail or _belongs(piece, following, language)):
            yield stop


def _segments(block: str, language: str) -> Iterator[str]:
    at, size = 0, _WINDOW
    while at < len(block):
        pieces = sentencex.segment(language, block[at : at + size])
        if at + size < len(block):
            # The last piece may go on behind the window.
            pieces = pieces[:-1]
        yield from pieces
        at += sum(map(len, pieces))
        size = _WINDOW if pieces else 2 * size


def _belongs(left: str, right: str, language: str) -> bool:
    """Whether a piece goes on with the sentence that the one before it began."""
    before, after = left.strip(), right.strip()
    if not _WORD.search(after) or _CLOSING.match(after):
        return True
    if _ABBREVIATION.search(before) or _NUMBERING.fullmatch(before):
        return True
    if before[-2:-1].isdigit() and before.endswith("."):
        return bool(_MONTH.match(after)) or (language in _UNCASED and after[0].isdigit())
    if after[0].isdigit():
        return bool(_BEFORE_NUMBER.search(before))
    if after[0].islower():
        return bool(_SHORT_WORD.search(before) or _QUOTATION_END.search(before))
    if left[-1].isspace() or right[0].isspace() or not _QUOTATION_END.search(before):
        return False
    if language == "ko" or (language == "ja" and "ぁ" <= after[0] <= "ん"):
        return True
    return language in ("zh", "ja") and before[0] in _OPENERS and after[0] not in _OPENERS


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
