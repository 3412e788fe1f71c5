"""Files of Hangul Word Processor, in XML (.hwpx) and as compound files (.hwp)."""

import struct
import zlib
from pathlib import Path

import pytest

from store.errors import DocumentError
from tests.store.compound import compound
from tests.store.written import read, zipped

_NAMES = (
    'xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section" '
    'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph" '
    'xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head"'
)
_STYLES = ("바탕글", "개요 1", "개요 2")
_TEXT = (
    "# 휴가 규정\n\n연차는 1년에 15일이다.\n\n員工每年有十五天特別休假。\n\n"
    "일수 | 유급\n1-3 또는 4 | 안: 밖\n\n## Ээлж\n\nАмралт 15 хоног."
)


def hwpx_paragraph(text: str, style: int = 0) -> str:
    return f'<hp:p styleIDRef="{style}"><hp:run><hp:t>{text}</hp:t></hp:run></hp:p>'


def _table(*rows: list[str]) -> str:
    cells = ("".join(f"<hp:tc><hp:subList>{c}</hp:subList></hp:tc>" for c in row) for row in rows)
    return f"<hp:tbl>{''.join(f'<hp:tr>{row}</hp:tr>' for row in cells)}</hp:tbl>"


def hwpx(*sections: str, title: str = "", **members: str) -> bytes:
    styles = "".join(
        f'<hh:style id="{number}" name="{name}"/>' for number, name in enumerate(_STYLES)
    )
    contents = {
        "mimetype": "application/hwp+zip",
        "Contents/content.hpf": f"<p><metadata><title>{title}</title></metadata></p>",
        "Contents/header.xml": f"<hh:head {_NAMES}>{styles}</hh:head>",
    }
    for number, section in enumerate(sections):
        contents[f"Contents/section{number}.xml"] = f"<hs:sec {_NAMES}>{section}</hs:sec>"
    return zipped(contents | members)


def test_hwpx(tmp_path: Path) -> None:
    """Outline styles are headings; tables come by rows; remarks and what was deleted stay away."""
    inner = _table([hwpx_paragraph("안:"), hwpx_paragraph("밖")])
    first = (
        hwpx_paragraph("휴가 규정", 1)
        + hwpx_paragraph(
            '연차는<hp:tab/>1년에 <hp:deleteBegin Id="1"/>14<hp:deleteEnd Id="1"/>15일이다.'
        )
        + "<hp:p><hp:run><hp:ctrl><hp:hiddenComment><hp:subList>"
        + hwpx_paragraph("A remark.")
        + "</hp:subList></hp:hiddenComment></hp:ctrl>"
        + "<hp:t>員工每年有十五天特別休假。</hp:t></hp:run><hp:run>"
        + _table(
            [hwpx_paragraph("일수"), hwpx_paragraph("유급")],
            [hwpx_paragraph("1-3") + hwpx_paragraph("또는 4"), f"<hp:p>{inner}</hp:p>"],
        )
        + "</hp:run></hp:p>"
    )
    document = read(
        tmp_path,
        "a.hwpx",
        hwpx(first, hwpx_paragraph("Ээлж", 2) + hwpx_paragraph("Амралт 15 хоног.")),
    )
    assert document.title == "휴가 규정"
    assert document.text == _TEXT
    assert read(tmp_path, "b.hwpx", hwpx(first, title="3")).title == "휴가 규정"
    assert read(tmp_path, "c.hwpx", hwpx(first, title="Leave rules")).title == "Leave rules"


def test_hwpx_of_many_sections(tmp_path: Path) -> None:
    """Sections come by their numbers, not by the letters of their names."""
    text = read(
        tmp_path, "a.hwpx", hwpx(*(hwpx_paragraph(f"Section {n}.") for n in range(12)))
    ).text
    assert text == "\n\n".join(f"Section {number}." for number in range(12))


def test_protected_hwpx(tmp_path: Path) -> None:
    """A file that needs a password says so in its list of parts."""
    listed = {"META-INF/manifest.xml": "<manifest><encryption-data/></manifest>"}
    with pytest.raises(DocumentError, match="protected by a password"):
        read(tmp_path, "a.hwpx", hwpx(hwpx_paragraph("x"), **listed))


def _record(tag: int, level: int, content: bytes) -> bytes:
    size = min(len(content), 0xFFF)
    extended = struct.pack("<I", len(content)) if size == 0xFFF else b""
    return struct.pack("<I", tag | level << 10 | size << 20) + extended + content


def hwp_paragraph(text: str, style: int = 0, level: int = 0) -> bytes:
    header = struct.pack("<IIHB5x", len(text), 0, 0, style)
    return _record(66, level, header) + _record(67, level + 1, text.encode("utf-16-le") + b"\r\0")


def _cell(row: int, column: int, *texts: bytes, level: int = 2) -> bytes:
    place = struct.pack("<HHIHHHH", 1, 0, 0, column, row, 1, 1)
    return _record(72, level, place) + b"".join(texts)


def hwp(body: bytes, *, flags: int = 1, title: str = "") -> bytes:
    info = b"".join(
        _record(26, 0, struct.pack("<H", len(name)) + name.encode("utf-16-le")) for name in _STYLES
    )

    def packed(data: bytes) -> bytes:
        packer = zlib.compressobj(wbits=-15)
        return packer.compress(data) + packer.flush() if flags & 1 else data

    streams = {
        "FileHeader": b"HWP Document File".ljust(36, b"\0") + struct.pack("<I", flags),
        "DocInfo": packed(info),
        "BodyText/Section0": packed(body),
        "BodyText/Section1": packed(hwp_paragraph("Ээлж", 2) + hwp_paragraph("Амралт 15 хоног.")),
    }
    if title:
        text = title.encode("utf-16-le") + b"\0\0"
        value = struct.pack("<II", 31, len(text) // 2) + text
        properties = struct.pack("<IIII", 16 + len(value), 1, 2, 16) + value
        head = struct.pack("<HHI16xI16xI", 0xFFFE, 0, 0, 1, 48)
        streams["\x05HwpSummaryInformation"] = head + properties
    return compound(streams)


def _body() -> bytes:
    tab = struct.pack("<8H", 9, 0, 0, 0, 0, 0, 0, 9).decode("utf-16-le")
    table = struct.pack("<8H", 11, 0x6C20, 0x7462, 0, 0, 0, 0, 11).decode("utf-16-le")
    inner = (
        hwp_paragraph(table, level=2)
        + _record(71, 3, b" lbt" + bytes(40))
        + _record(77, 4, bytes(8))
        + _cell(0, 0, hwp_paragraph("안: 밖", level=4), level=4)
    )
    return (
        hwp_paragraph("휴가 규정", 1)
        + hwp_paragraph(f"연차는{tab}1년에 15일이다.")
        + hwp_paragraph(f"員工每年有十五天特別休假。{table}")
        + _record(71, 1, b" lbt" + bytes(40))
        + _record(77, 2, bytes(8))
        + _cell(0, 0, hwp_paragraph("일수", level=2))
        + _cell(0, 1, hwp_paragraph("유급", level=2))
        + _cell(1, 0, hwp_paragraph("1-3", level=2), hwp_paragraph("또는 4", level=2))
        + _cell(1, 1, inner)
    )


@pytest.mark.parametrize("flags", [0, 1])
def test_hwp(tmp_path: Path, flags: int) -> None:
    """The same out of records, packed or not, with a table in a cell of another."""
    document = read(tmp_path, "a.hwp", hwp(_body(), flags=flags))
    assert document.title == "휴가 규정"
    assert document.text == _TEXT
    assert read(tmp_path, "b.hwp", hwp(_body(), title="휴가")).title == "휴가"


def test_long_hwp_paragraph(tmp_path: Path) -> None:
    """A record of more bytes than its head can tell has their number behind it."""
    text = "연차 휴가는 1년에 15일이다. " * 400
    assert read(tmp_path, "a.hwp", hwp(hwp_paragraph(text))).text.startswith(text.strip())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (hwp(b"", flags=2), "protected by a password: save a copy"),
        (hwp(b"", flags=4), "protected from copying: save it as .hwpx"),
        (hwp(b"", flags=16), "protected from copying: save it as .hwpx"),
        (b"HWP Document File V3.00 \x1a\1\2\3", "Hangul Word Processor 3: save it as .hwpx"),
        (hwp(_body())[:2000], "damaged or no hwp file"),
        (compound({"A": b"x"}), "damaged or no hwp file"),
        (b"text", "damaged or no hwp file"),
    ],
)
def test_hwp_that_cannot_be_read(tmp_path: Path, data: bytes, reason: str) -> None:
    """Each reason is told with what to do."""
    with pytest.raises(DocumentError, match=reason):
        read(tmp_path, "a.hwp", data)


def test_hwp_that_unpacks_without_end(tmp_path: Path) -> None:
    """A stream of a few bytes that unpacks to far more than it could hold is refused."""
    with pytest.raises(DocumentError, match="unpacks to over"):
        read(tmp_path, "a.hwp", hwp(bytes(129 * 2**20)))
