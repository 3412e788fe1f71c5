"""Plain text and Markdown, and what every format's text goes through."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

from store.decoding import decode
from store.errors import DocumentError

MAX_TEXT_BYTES = 64 * 2**20

_BETWEEN_PAGES = "\n\n"
_NEWLINE = re.compile(r"\r\n|[\r\v\f\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufeff]")
_WORD = re.compile(r"[^\W\d_]{2}")
_MARKS = re.compile(r"^(#{1,6})([ \t])", re.MULTILINE)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_FRONT_MATTER = re.compile(
    r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_FRONT_TITLE = re.compile(r"^title:[ \t]*(['\"]?)(.+?)\1[ \t]*$", re.MULTILINE)
_FIRST_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$|^(\S.*)\n=+[ \t]*$", re.MULTILINE)


class Extraction(NamedTuple):
    """A file's text, its title ("" where it names none) and the offsets at which pages start."""

    text: str
    title: str = ""
    pages: tuple[int, ...] = ()


def extract_plain(data: bytes) -> Extraction:
    """The text of a plain text file in any common encoding."""
    return Extraction(clean(decode(data)))


def extract_markdown(data: bytes) -> Extraction:
    """The text of a Markdown file, marks and all, without its front matter."""
    text = clean(decode(data))
    front = _FRONT_MATTER.match(text)
    body = text[front.end() :] if front else text
    named = _FRONT_TITLE.search(front[1]) if front else None
    heading = _FIRST_HEADING.search(body)
    title = named[2] if named else (heading[1] or heading[2]) if heading else ""
    return Extraction(body, title)


def clean(text: str) -> str:
    """The text in Unicode's composed form (NFC), with line feeds and tabs for its only controls."""
    if _SURROGATE.search(text):
        # Two that belong together are one character; one alone is none.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFC", _CONTROL.sub("", _NEWLINE.sub("\n", text)))


def worded(title: str) -> str:
    """The title that a file gives itself, unless there is no word in it."""
    return title if _WORD.search(title) else ""


def demoted(text: str, levels: int) -> str:
    """The text with its headings so many levels lower, as it is below a heading of its own."""
    return _MARKS.sub(lambda marks: "#" * min(len(marks[1]) + levels, 6) + marks[2], text)


def marked(lines: Iterable[tuple[str, str]]) -> str:
    """Lines behind their marks: "# " to "###### ", "- ", "|" for the row of a table, or none.

    A blank line stands between all but the items of a list and the rows of a table.
    """
    parts: list[str] = []
    last = ""
    for mark, line in lines:
        gap = "\n" if mark == last and mark in ("- ", "|") else "\n\n"
        parts += [gap if parts else "", "" if mark == "|" else mark, line]
        last = mark
    return "".join(parts)


def joined(lines: Iterable[str]) -> str:
    """The lines as one text. Raises DocumentError as soon as they are too many."""
    found: list[str] = []
    size = 0
    for line in lines:
        found.append(line)
        size += len(line) + 1
        if size > MAX_TEXT_BYTES:
            raise too_large(MAX_TEXT_BYTES, "text")
    return "\n".join(found).strip()


def paged(pages: Iterable[str], title: str = "") -> Extraction:
    """The pages as one text, each cleaned and at the offset where it starts."""
    cleaned = [clean(page) for page in pages]
    steps = (len(page) + len(_BETWEEN_PAGES) for page in cleaned[:-1])
    starts = tuple(accumulate(steps, initial=0))
    return Extraction(_BETWEEN_PAGES.join(cleaned), title, starts)


def too_large(limit: int, what: str) -> DocumentError:
    size = f"{limit // 2**20} MiB" + (" of text" if what == "text" else "")
    return DocumentError(f"The file has more than {size}: split it into smaller files.")
