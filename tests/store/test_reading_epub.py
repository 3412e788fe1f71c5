"""Books."""

from pathlib import Path

import pytest

from store.errors import DocumentError
from tests.store.written import epub, read

_PAGE = (
    '<?xml version="1.0" encoding="utf-8"?>'
    "<html><head><title>{}</title></head><body>{}</body></html>"
)


def test_book(tmp_path: Path) -> None:
    """Chapters come in the order of the spine, each under its heading or else its title."""
    chapters = {
        "z.xhtml": _PAGE.format("Handbook", "<h1>휴가</h1><p>연차는 15일이다.</p>"),
        "a.xhtml": _PAGE.format("特別休假", "<p>員工每年有十五天特別休假。</p>"),
        "m.xhtml": _PAGE.format("Handbook", "<p>Амралт 15&nbsp;хоног.</p>"),
    }
    document = read(tmp_path, "a.epub", epub(chapters, title="Handbook"))
    assert document.title == "Handbook"
    assert document.text == (
        "# 휴가\n\n연차는 15일이다.\n\n# 特別休假\n\n員工每年有十五天特別休假。\n\nАмралт 15 хоног."
    )
    assert read(tmp_path, "b.epub", epub(chapters)).title == "b"


def test_protected_book(tmp_path: Path) -> None:
    """One whose chapters are encrypted is told so; fonts may be."""
    page = {"a.xhtml": _PAGE.format("", "<p>Text.</p>")}
    listed = "<encryption xmlns='x'><CipherReference URI='OEBPS/{}'/></encryption>"
    assert read(tmp_path, "a.epub", epub(page, encryption=listed.format("a.ttf"))).text == "Text."
    with pytest.raises(DocumentError, match="DRM"):
        read(tmp_path, "a.epub", epub(page, encryption=listed.format("text/a.xhtml")))
