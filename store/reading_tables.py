"""Tables in text, and the lines of every table: a row tells its columns, evidence by itself."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest

from store.blocks import columns
from store.decoding import decode
from store.errors import DocumentError
from store.reading_text import Extraction, clean, joined

MAX_ROWS = 1_048_576
_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 50
# A value that no column is called: a number that is no year, a date, a mail address.
_VALUE = re.compile(r"(?!(?:19|20)\d\d$)[-+(]?[$€£¥₩]?\d[\d.,:/\s-]*[%)]?|\S+@\S+\.\S+")
_LONGEST_HEADING = 60
# A row of more columns is told in several lines.
_LINE_COLUMNS = 240
_MARK = "| "


def extract_csv(data: bytes) -> Extraction:
    """The rows of a table in text, whichever of , ; | and tab parts the cells."""
    text = clean(decode(data))
    first, _, rest = text.partition("\n")
    declared = re.fullmatch(r"sep=(.)", first)
    body = rest if declared else text
    delimiter = declared[1] if declared else _delimiter_of(body)
    return Extraction(joined(table_lines(_rows(body, delimiter))))


def table_lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A line for every row that holds something: “| heading: value; heading: value”.

    The headings are the first row of several cells, unless it has values in it. The lines are
    marked as rows, so that each stays one sentence. Raises DocumentError for too many rows.
    """
    headings: list[str] | None = None
    number = described = 0
    for number, row in enumerate(rows, 1):
        if number > MAX_ROWS:
            raise DocumentError(f"A sheet has over {MAX_ROWS:,} rows: split it into smaller files.")
        cells = [" ".join(cell.split()) for cell in row]
        filled = [cell for cell in cells if cell]
        if headings is None and len(filled) > 1:
            headings = cells if all(map(_is_heading, filled)) else []
            if headings:
                continue
        if filled:
            described += headings is not None
            named = zip_longest((headings or [])[: len(cells)], cells, fillvalue="")
            yield from row_lines([_pair(name, cell) for name, cell in named if cell])
    if headings and not described:
        yield _MARK + "; ".join(filter(None, headings))


def _is_heading(cell: str) -> bool:
    return len(cell) <= _LONGEST_HEADING and not _VALUE.fullmatch(cell)


def _pair(heading: str, cell: str) -> str:
    return f"{heading.rstrip(':：')}: {cell}" if heading else cell


def row_lines(pairs: Sequence[str]) -> Iterator[str]:
    """What a row tells as one line, or as several that all begin with what it tells first.

    A long text in it is a paragraph of its own, so that its sentences can be told apart.
    """
    first = pairs[0]
    line = [first] if columns(first) <= _LINE_COLUMNS else []
    width = sum(map(columns, line))
    if not line:
        yield f"\n{first}\n"
    for pair in pairs[1:]:
        if columns(pair) > _LINE_COLUMNS:
            yield f"\n{'; '.join([*line[:1], pair])}\n"
            continue
        if len(line) > 1 and width + columns(pair) > _LINE_COLUMNS:
            yield _MARK + "; ".join(line)
            line = line[:1]
            width = columns(line[0])
        line.append(pair)
        width += columns(pair)
    if line:
        yield _MARK + "; ".join(line)


def _delimiter_of(text: str) -> str:
    """The delimiter by which most of the first rows have the same number of cells, and several."""

    def regularity(delimiter: str) -> tuple[int, int]:
        sample = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            sizes = [len(row) for row in islice(sample, _SAMPLE_ROWS) if row]
        except csv.Error:
            return 0, 0
        usual = max(set(sizes), key=sizes.count, default=1)
        return (sizes.count(usual) if usual > 1 else 0), usual

    return max(_DELIMITERS, key=regularity)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise DocumentError(
            "A cell has over 131,072 characters: check the quotation marks around it."
        ) from error
