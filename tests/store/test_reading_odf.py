"""OpenDocument texts, spreadsheets and presentations."""

from pathlib import Path

import pytest

from store import reading_text
from store.errors import DocumentError
from tests.store.written import opendocument, page_texts, read

_TITLE = ' presentation:class="title"'
_TABLE = (
    "<table:table>"
    "<table:table-row><table:table-cell><text:p>일수</text:p></table:table-cell>"
    "<table:table-cell><text:p>유급</text:p></table:table-cell></table:table-row>"
    "<table:table-row><table:table-cell><text:p>1-3</text:p><text:p>또는 4</text:p>"
    "</table:table-cell><table:table-cell><text:p>예</text:p></table:table-cell></table:table-row>"
    "</table:table>"
)


def test_text(tmp_path: Path) -> None:
    """Headings, lists, tables and notes in order; what was deleted and remarked is left out."""
    body = (
        "<text:tracked-changes><text:p>Deleted.</text:p></text:tracked-changes>"
        '<text:h text:outline-level="1">휴가 규정</text:h>'
        '<text:p>연차는<text:s text:c="2"/><text:span>15일</text:span>이다.<text:note>'
        "<text:note-citation>1</text:note-citation><text:note-body><text:p>A note.</text:p>"
        "</text:note-body></text:note> 未休完者不遞延。"
        "<office:annotation><text:p>A remark.</text:p></office:annotation></text:p>"
        '<text:h text:outline-level="2">Ээлж</text:h>'
        "<text:list><text:list-item><text:p>Амралт 15 хоног.</text:p></text:list-item>"
        "<text:list-item><text:p>Two.</text:p></text:list-item></text:list>" + _TABLE
    )
    document = read(tmp_path, "a.odt", opendocument("text", body))
    assert document.title == "휴가 규정"
    assert document.text == (
        "# 휴가 규정\n\n연차는 15일이다. 未休完者不遞延。\n\nA note.\n\n## Ээлж\n\n"
        "- Амралт 15 хоног.\n- Two.\n\n일수 | 유급\n1-3 또는 4 | 예"
    )
    assert read(tmp_path, "b.odt", opendocument("text", body, "Leave")).title == "Leave"


def test_spreadsheet(tmp_path: Path) -> None:
    """Rows name their columns; empty cells and rows to the end of the sheet cost nothing."""
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    rows = (
        f"<table:table-row>{''.join(map(cell.format, ['姓名', '部門', '日數']))}</table:table-row>"
        f"<table:table-row>{cell.format('陳小明')}"
        '<table:table-cell/><table:table-cell table:number-columns-repeated="2">'
        "<text:p>15</text:p><office:annotation><text:p>A remark.</text:p></office:annotation>"
        '</table:table-cell><table:table-cell table:number-columns-repeated="16380"/>'
        "</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/>'
        "</table:table-row>"
    )
    body = f'<table:table table:name="人員">{rows}</table:table>'
    document = read(tmp_path, "a.ods", opendocument("spreadsheet", body))
    assert document.title == "a"
    assert document.text == "# 人員\n\n| 姓名: 陳小明; 日數: 15; 15"


def test_presentation(tmp_path: Path) -> None:
    """A slide is a page."""
    frame = "<draw:frame{}><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    body = (
        f"<draw:page>{frame.format(_TITLE, 'Leave')}"
        f"{frame.format('', 'Staff get 15 days.')}<presentation:notes>"
        f"{frame.format('', 'Амралт 15 хоног.')}</presentation:notes>"
        f"</draw:page><draw:page/><draw:page>{_TABLE}</draw:page>"
    )
    document = read(tmp_path, "a.odp", opendocument("presentation", body))
    assert document.title == "Leave"
    assert page_texts(document) == [
        "# Leave\n\nStaff get 15 days.\n\nАмралт 15 хоног.",
        "",
        "일수 | 유급\n1-3 또는 4 | 예",
    ]


def test_protected_file(tmp_path: Path) -> None:
    """A file that needs a password says so in its list of parts."""
    manifest = "<manifest><encryption-data/></manifest>"
    with pytest.raises(DocumentError, match="protected by a password"):
        read(tmp_path, "a.odt", opendocument("text", "", manifest=manifest))


def test_cells_repeated_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few bytes that claim a sheet beyond all bounds are refused."""
    cell = '<table:table-cell table:number-columns-repeated="{}"><text:p>x</text:p>'
    row = f"<table:table-row>{cell.format(10**9)}</table:table-cell></table:table-row>"
    with pytest.raises(DocumentError, match="over 16,384 columns"):
        read(tmp_path, "a.ods", opendocument("spreadsheet", f"<table:table>{row}</table:table>"))
    row = (
        f'<table:table-row table:number-rows-repeated="{10**15}">{cell.format(9000)}'
        "</table:table-cell></table:table-row>"
    )
    monkeypatch.setattr(reading_text, "MAX_TEXT_BYTES", 2**20)
    with pytest.raises(DocumentError, match="more than 1 MiB of text"):
        read(tmp_path, "b.ods", opendocument("spreadsheet", f"<table:table>{row}</table:table>"))
