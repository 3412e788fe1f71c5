from html import unescape

import pytest

from qa import Document
from ui.labels import languages
from ui.passage import WINDOW, missing_page, passage_page

EN = languages()["en"]


def document(text: str, pages: tuple[int, ...] = (), name: str = "a.pdf") -> Document:
    return Document("d1", name, "/x/a.pdf", "Title", text, pages)


def test_the_cited_range_is_marked_word_for_word() -> None:
    """The mark holds exactly the text of the range, and its id is what links point to."""
    text = "One. Two <b>. Three."
    html = passage_page(document(text), EN, start=5, end=13)
    marked = html.split('<mark id="cited">')[1].split("</mark>")[0]
    assert unescape(marked) == text[5:13]


def test_a_mark_over_a_page_break_keeps_both_sides() -> None:
    """A range that runs into the next page is marked on both, with the page named between."""
    html = passage_page(document("aaaabbbb", pages=(0, 4)), EN, start=2, end=6)
    assert '<mark id="cited">aa</mark><h2 class="page">Page 2</h2><mark>bb</mark>' in html
    assert "<h1" in html
    assert "a.pdf · p. 1" in html


def test_markup_of_a_document_is_text() -> None:
    """Tags in text, name and title are shown and not followed, and the page loads nothing."""
    hostile = '<script>alert(1)</script><img src="http://evil.example/x">'
    html = passage_page(document(hostile, name=hostile), EN, start=0, end=8)
    assert "<script" not in html
    assert "<img" not in html
    assert "<link" not in html


@pytest.mark.parametrize(("start", "end"), [(-5, 3), (2, 10**9), (10**9, 10**9), (5, 2)])
def test_a_range_outside_the_text_is_harmless(start: int, end: int) -> None:
    """Numbers that fit no text still give the document."""
    assert "hello" in passage_page(document("hello"), EN, start=start, end=end).replace(
        '<mark id="cited">', ""
    ).replace("</mark>", "")


def test_an_empty_document_is_a_page() -> None:
    """A document without text opens."""
    assert "</html>" in passage_page(document(""), EN)


def test_a_long_document_is_read_window_by_window() -> None:
    """The cited sentence is on the page that opens, and following “later” reaches every line."""
    lines = [f"line {n} of the register\n" for n in range(6000)]
    text = "".join(lines)
    start = text.index("line 4000 ")
    cited = passage_page(document(text), EN, start=start, end=start + 9)
    assert '<mark id="cited">line 4000</mark>' in cited
    assert len(cited) < WINDOW * 2
    assert EN["earlier"] in cited
    seen, at = [], 0
    while True:
        html = passage_page(document(text), EN, at=at)
        body = html.split('<main class="text" dir="auto">')[1].split("</main>")[0]
        seen.append(body)
        if EN["later"] not in html:
            break
        at = int(html.rsplit("?at=", 1)[1].split('"')[0])
    assert "".join(seen) == text


def test_a_document_that_is_gone_says_what_to_do() -> None:
    """The page of a missing document is a sentence."""
    assert EN["document_missing"] in missing_page(EN)
