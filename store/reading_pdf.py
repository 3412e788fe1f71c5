"""The text of PDF files, page by page, with the paragraphs that the lines once were."""

import re
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING

from store.blocks import LIST_ITEM, columns, is_number_row
from store.errors import DocumentError
from store.reading_text import Extraction, clean, paged, worded
from store.sentences import SENTENCE_END

if TYPE_CHECKING:
    import pypdfium2

_HYPHENATED = re.compile(r"(\w+)(?:[\ufffe\x02]\n?|[-\u2010\xad]\n)(?=(\w+))")
_COMPOUND = re.compile(r"\w+[-\u2010]\w+")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_FULL_LINE = 0.75
_LEAST_COLUMNS = 40
# PDFium is not safe to use from several threads at a time.
_PDFIUM = Lock()


def extract_pdf(data: bytes) -> Extraction:
    """The text of a PDF and the offsets at which its pages start. Raises DocumentError."""
    with _PDFIUM:
        title, raw_pages = _read(data)
    if not any(map(str.strip, raw_pages)):
        raise DocumentError(
            "The PDF looks scanned and has no text layer: run text recognition (OCR) on it first."
        )
    raw_pages = [_evenly_spaced(page) for page in raw_pages]
    compounds = {word.lower() for page in raw_pages for word in _COMPOUND.findall(page)}
    pages = (_reflowed(_dehyphenated(page, compounds)) for page in raw_pages)
    return paged(pages, clean(title).strip())


def _read(data: bytes) -> tuple[str, list[str]]:
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY):
            raise DocumentError(
                "The PDF is protected by a password: save a copy without one."
            ) from None
        raise
    try:
        title = worded(pdf.get_metadata_value("Title"))
        return title, [_page_text(pdf, number) for number in range(len(pdf))]
    finally:
        pdf.close()


def _page_text(pdf: "pypdfium2.PdfDocument", number: int) -> str:
    page = pdf[number]
    text_page = page.get_textpage()
    try:
        return str(text_page.get_text_range())
    finally:
        text_page.close()
        page.close()


def _evenly_spaced(page: str) -> str:
    return re.sub(r" ?\n ?", "\n", re.sub(r"[ \t\xa0]+", " ", page.replace("\r", "")))


def _dehyphenated(page: str, compounds: set[str]) -> str:
    """Words that a line's end cut in two made whole; compounds keep their hyphen."""

    def joined(match: re.Match[str]) -> str:
        left, right = match[1], match[2]
        is_cut = left[-1].isalpha() and right[0].islower()
        return left if is_cut and f"{left}-{right}".lower() not in compounds else f"{left}-"

    return _HYPHENATED.sub(joined, page).replace("\xad", "")


def _reflowed(page: str) -> str:
    """One line a paragraph, list item, heading or row of a table."""
    lines = [line.strip() for line in page.split("\n")]
    widths = sorted(map(columns, filter(None, lines)))
    full = max(_LEAST_COLUMNS, _FULL_LINE * widths[len(widths) * 9 // 10]) if widths else 0
    paragraphs = lines[:1]
    for line, following in pairwise(lines):
        if _goes_on(line, following, full):
            unspaced = _UNSPACED.match(line[-1]) and _UNSPACED.match(following)
            paragraphs[-1] += ("" if unspaced else " ") + following
        else:
            paragraphs.append(following)
    return "\n".join(paragraphs)


def _goes_on(line: str, following: str, full: float) -> bool:
    if not line or not following or LIST_ITEM.match(following):
        return False
    is_ended = bool(SENTENCE_END.search(line))
    if following[0].islower() and not is_ended:
        return True
    if columns(line) < full or is_number_row(line) or is_number_row(following):
        return False
    return columns(following) >= full or not is_ended or bool(SENTENCE_END.search(following))
