"""A document's text as a page of its own, with the cited sentence marked."""

from html import escape
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

from qa import Document
from ui.labels import Labels

# Characters of text on one page: enough to read on, little enough to open at once.
WINDOW = 20_000


def passage_page(
    document: Document,
    labels: Labels,
    *,
    start: int | None = None,
    end: int | None = None,
    at: int | None = None,
) -> str:
    """A whole HTML page: the text around `[start, end)`, which is marked, or from `at` on.

    Everything of the document is escaped. A range outside the text marks what of it is inside.
    """
    length = len(document.text)
    first = min(max(start or 0, 0), length)
    last = min(max(end or 0, first), length)
    wanted = at if at is not None else first - WINDOW // 2
    low, high = window(document.text, min(max(wanted, 0), max(length - 1, 0)))
    body = (
        _header(document, first if last > first else None, labels)
        + _link(document, labels["earlier"], max(low - WINDOW, 0) if low else None)
        + f'<main class="text" dir="auto">{_text(document, low, high, first, last, labels)}</main>'
        + _link(document, labels["later"], high if high < length else None)
    )
    return page(document.name, body, labels)


def missing_page(labels: Labels) -> str:
    """The page that says that the document is not there any more."""
    said = escape(labels["document_missing"])
    return page(labels["passage"], f'<main><p class="missing">{said}</p></main>', labels)


def page(title: str, body: str, labels: Labels) -> str:
    """A page that loads nothing: its style is inside it. `body` is HTML."""
    style = files("ui").joinpath("passage.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html><html lang="{escape(labels.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body>{body}</body></html>"
    )


def window(text: str, wanted: int) -> tuple[int, int]:
    """A stretch of text from about `wanted` on that begins and ends with a line where it can."""
    low = text.rfind("\n", max(0, wanted - WINDOW // 20), wanted) + 1 if wanted else 0
    low = low or wanted
    high = low + WINDOW
    if high >= len(text):
        return low, len(text)
    return low, text.rfind("\n", high - WINDOW // 20, high) + 1 or high


def _header(document: Document, cited: int | None, labels: Labels) -> str:
    number = document.page_at(cited) if cited is not None else None
    at = f" · {escape(labels.fill('page', page=number))}" if number else ""
    title = "" if document.title in (document.name, Path(document.name).stem) else document.title
    heading = f'<p class="title" dir="auto">{escape(title)}</p>' if title else ""
    return f'<header><h1 dir="auto">{escape(document.name)}{at}</h1>{heading}</header>'


def _text(document: Document, low: int, high: int, first: int, last: int, labels: Labels) -> str:
    starts = {offset: number for number, offset in enumerate(document.pages, start=1)}
    cuts = {low, high, *(c for c in (first, last, *starts) if low < c < high)}
    edges = sorted(cuts)
    parts = []
    opened = False
    for begin, stop in pairwise(edges):
        if begin in starts:
            number = escape(labels.fill("page_heading", page=starts[begin]))
            parts.append(f'<h2 class="page">{number}</h2>')
        words = escape(document.text[begin:stop])
        if first <= begin and stop <= last:
            name = "" if opened else ' id="cited"'
            parts.append(f"<mark{name}>{words}</mark>")
            opened = True
        else:
            parts.append(words)
    return "".join(parts)


def _link(document: Document, words: str, at: int | None) -> str:
    if at is None:
        return ""
    address = f"/document/{quote(document.id, safe='')}?at={at}"
    return f'<nav><a href="{escape(address)}">{escape(words)}</a></nav>'
