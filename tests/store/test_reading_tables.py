"""Workbooks and tables in text: a row tells its columns."""

import datetime
import io
from pathlib import Path

import openpyxl
import pytest

from store import reading_tables
from store.errors import DocumentError
from store.splitting import split
from store.tokens import count_tokens
from tests.store.written import read, rezipped


def _workbook(*sheets: tuple[str, list[list[object]]], title: str = "") -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.title = title
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cells in sheet.iter_rows():
            for cell in cells:
                if isinstance(cell.value, float):
                    cell.number_format = "0.0%"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_workbook(tmp_path: Path) -> None:
    """Each sheet is a section and each row a line that repeats the headings of its columns."""
    data = _workbook(
        (
            "휴가",
            [
                ["2026년 부서별 휴가"],
                [],
                ["부서", "이름", "일수", "시작일", "비율", "승인"],
                ["총무과", "김민수", 15, datetime.datetime(2026, 3, 2), 0.125, True],
                ["재무과", "이영희", None, datetime.datetime(2026, 3, 2, 9, 30), None, False],
            ],
        ),
        ("Empty", []),
        ("Үнэ", [["Бараа", "2025", "2026"], ["Ноолуур", 120000, 135000]]),
        ("人員", [["編號", "姓名"], [7, "陳小明"]]),
        title="Leave",
    )
    document = read(tmp_path, "a.xlsx", data)
    assert document.title == "Leave"
    assert document.text == (
        "# 휴가\n\n| 2026년 부서별 휴가\n"
        "| 부서: 총무과; 이름: 김민수; 일수: 15; 시작일: 2026-03-02; 비율: 12.5%; 승인: TRUE\n"
        "| 부서: 재무과; 이름: 이영희; 시작일: 2026-03-02 09:30; 승인: FALSE\n\n"
        "# Үнэ\n\n| Бараа: Ноолуур; 2025: 120000; 2026: 135000\n\n"
        "# 人員\n\n| 編號: 7; 姓名: 陳小明"
    )
    passages = split(document.text, count_tokens=count_tokens)
    assert [passage.heading for passage in passages] == ["휴가", "Үнэ", "人員"]
    rows = [document.text[s.start : s.end] for s in passages[0].sentences]
    assert rows[1].startswith("부서: 총무과; 이름: 김민수;")


def test_merged_cells(tmp_path: Path) -> None:
    """What stands in a cell of several rows is told in each; headings of several rows are one."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in [
        ["2026년 예산", None, None, None, None],
        ["부서", "이름", "상반기", None, "비고"],
        [None, None, "1월", "2월", None],
        ["총무과", "김민수", 10, 20, "새로"],
        [None, "이영희", 30, 40, None],
        ["재무과", "박서준", 50, 60, None],
    ]:
        sheet.append(row)
    for cells in ("A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "A4:A5"):
        sheet.merge_cells(cells)
    stream = io.BytesIO()
    book.save(stream)
    assert read(tmp_path, "a.xlsx", stream.getvalue()).text == (
        "# Sheet\n\n| 2026년 예산\n"
        "| 부서: 총무과; 이름: 김민수; 상반기 1월: 10; 상반기 2월: 20; 비고: 새로\n"
        "| 부서: 총무과; 이름: 이영희; 상반기 1월: 30; 상반기 2월: 40\n"
        "| 부서: 재무과; 이름: 박서준; 상반기 1월: 50; 상반기 2월: 60"
    )


def test_macro_workbook_and_sheets_of_unknown_size(tmp_path: Path) -> None:
    """What a sheet says of its own size does not cut it."""
    data = _workbook(("A", [["Name", "Days"], ["Kim", 15], ["Lee", 12]]))
    wrong = rezipped(data, "xl/worksheets/sheet1.xml", b'ref="A1:B3"', b'ref="A1:A1"')
    assert "Name: Lee; Days: 12" in read(tmp_path, "a.xlsm", wrong).text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_tables_in_text(tmp_path: Path, delimiter: str) -> None:
    """Whatever parts the cells; a quoted cell may have it inside, and lines."""
    rows = [
        ["Name", "Remark", "Days"],
        ["Kim", f'"Paid{delimiter} and\nkept"', "1,5" if delimiter != "," else "15"],
        ["Lee", "", "12"],
    ]
    document = read(tmp_path, "leave.csv", "\n".join(map(delimiter.join, rows)))
    remark = " ".join(f"Paid{delimiter} and kept".split())
    assert document.title == "leave"
    assert document.text == (
        f"| Name: Kim; Remark: {remark}; Days: {rows[1][2]}\n| Name: Lee; Days: 12"
    )


def test_tables_in_other_encodings(tmp_path: Path) -> None:
    """As spreadsheet programs save them: in the code page of the country, or in UTF-16."""
    korean = "이름,부서\n김민수,총무과\n"
    assert read(tmp_path, "a.csv", korean.encode("cp949")).text == "| 이름: 김민수; 부서: 총무과"
    chinese = "sep=\t\n姓名\t部門\n陳小明\t總務處\n"
    assert "姓名: 陳小明; 部門: 總務處" in read(tmp_path, "b.tsv", chinese.encode("utf-16")).text


def test_rows_without_headings(tmp_path: Path) -> None:
    """A first row with values in it is a row; a list of one column stays one."""
    assert read(tmp_path, "a.csv", "Kim,15\nLee,12").text == "| Kim; 15\n| Lee; 12"
    assert read(tmp_path, "b.csv", "Kim\nLee").text == "| Kim\n| Lee"
    assert read(tmp_path, "c.csv", "Name,Days\n").text == "| Name; Days"
    assert read(tmp_path, "d.csv", "Name,Days\nKim,15,more\nLee\n").text == (
        "| Name: Kim; Days: 15; more\n| Name: Lee"
    )


def test_long_rows(tmp_path: Path) -> None:
    """Each part of a long row begins with the first cell, and no sentence is longer than fits."""
    headings = ["Name", *(f"Question {number}" for number in range(30))]
    cells = ["Kim", *(f"a rather long reply {number}" for number in range(30))]
    document = read(tmp_path, "a.csv", ",".join(headings) + "\n" + ",".join(cells))
    lines = document.text.split("\n")
    assert len(lines) > 3
    assert all(line.startswith("| Name: Kim; Question ") for line in lines)
    sentences = [s for p in split(document.text, count_tokens=count_tokens) for s in p.sentences]
    assert [document.text[s.start : s.end] for s in sentences] == [line[2:] for line in lines]


def test_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number of rows that no program writes ends reading, whatever a file claims."""
    monkeypatch.setattr(reading_tables, "MAX_ROWS", 100)
    with pytest.raises(DocumentError, match="over 100 rows: split it"):
        read(tmp_path, "a.csv", "x,1\n" * 200)
    claimed = rezipped(
        _workbook(("A", [["Name", "Days"], ["Kim", 15]])),
        "xl/worksheets/sheet1.xml",
        b'r="2"',
        b'r="99999999999"',
    )
    with pytest.raises(DocumentError, match="over 100 rows"):
        read(tmp_path, "a.xlsx", claimed)


def test_very_wide_tables(tmp_path: Path) -> None:
    """A row may have more characters than a cell."""
    names = ",".join(f"Column {number}" for number in range(20_000))
    text = read(tmp_path, "a.csv", f"{names}\n{'1,' * 19_999}1").text
    assert "; Column 19999: 1" in text


def test_cells_that_never_end(tmp_path: Path) -> None:
    """A quotation mark that nothing closes is told."""
    with pytest.raises(DocumentError, match="quotation marks"):
        read(tmp_path, "a.csv", 'Name,Days\n"Kim,15\n' + "Lee,12\n" * 30_000)
