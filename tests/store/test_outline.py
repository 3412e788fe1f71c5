from pathlib import Path

import pytest

from store import Document, Evidence
from store.outline import outline
from store.reading import read_document
from store.splitting import split
from store.tokens import count_tokens

FIRST = Path(__file__).parents[2] / "evals" / "first" / "documents"


def outlined(document: Document, count: int = 5) -> list[Evidence]:
    passages = split(document.text, count_tokens=count_tokens, pages=document.pages)
    return outline(document, passages, count)


def of(text: str, count: int = 5) -> list[str]:
    return [found.text for found in outlined(Document("d", "d.md", "", "Title", text), count)]


def lead(number: int) -> str:
    return f"Section number {number} says what is done there on every day."


def test_the_sections_lead_sentences_are_the_outline() -> None:
    """In the order of the text, without what follows them."""
    text = "\n\n".join(f"## Part {n}\n\n{lead(n)} More of the same is told here." for n in range(4))
    assert of(f"# Title\n\n{text}") == [lead(n) for n in range(4)]


def test_more_sections_than_asked_for_are_spread_over_the_document() -> None:
    """From the first to the last."""
    text = "\n\n".join(f"## Part {n}\n\n{lead(n)}" for n in range(9))
    assert of(text) == [lead(n) for n in (0, 2, 4, 6, 8)]
    assert of(text, 1) == [lead(0)]


def test_what_is_no_sentence_is_passed_over() -> None:
    """Questions, rows of a table, short remarks, fragments and titles, where sentences stand."""
    text = (
        "# Title\n\nWhat does this paper tell to whoever reads it? Not much. "
        f"{lead(1)}\n\n## Table\n\n| Day | Who works on that day |\n|---|---|\n"
        "| Monday | Everybody |"
        f"\n\n## Part\n\n- (see the other page for all of that.)\n- A list of things"
        f"\n\n{lead(2)}"
    )
    assert of(text) == [lead(1), lead(2)]


@pytest.mark.parametrize(
    "text", ["A list of things", "Why?", "# Only a heading", "| a | b |\n| c | d |"]
)
def test_a_document_without_sentences_still_has_an_outline(text: str) -> None:
    """What there is of it."""
    assert of(text)


def test_an_empty_document_has_none() -> None:
    """No passage, no outline."""
    assert of("") == []


def test_without_headings_passages_lead() -> None:
    """And where there is one passage, its sentences."""
    assert of(f"{lead(1)} {lead(2)} {lead(3)} {lead(4)}") == [lead(n) for n in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("hospital-discharge-notes.md", "An unsigned draft is wiped after 72 hours."),
        ("credit-union-loan-desk.txt", "How loans are decided has not changed."),
        ("ordinary-computers-handbook.pdf", "The reading desk has no network cable."),
        ("register-office-names.html", "Our old printing system knew only the letters A to Z."),
        ("малчдын-банк.docx", "Мал тэжээх зээлийн дээд хэмжээ 15 сая төгрөг"),
        ("市政府檔案調閱須知.html", "申請調閱應填具申請書"),
        ("신용협동조합-안내.txt", "상담 도우미 '솔이'를 함께 씁니다."),
    ],
)
def test_every_format_and_script_has_an_outline_word_for_word(name: str, held: str) -> None:
    """Evidence as search gives it: place, neighbours and passage included."""
    document = read_document(FIRST / name, name)
    found = outlined(document)
    assert 3 <= len(found) <= 5
    assert any(held in one.text for one in found)
    for one in found:
        assert document.text[one.start : one.end] == one.text
        assert one.before + one.text + one.after in one.passage
        assert one.page == document.page_at(one.start)
        assert not one.text.endswith(("?", "？"))
