"""RTF files."""

from pathlib import Path

import pytest

from tests.store.written import read, rtf


@pytest.mark.parametrize(
    ("text", "code_page"),
    [
        ("연차 휴가는 15일이다.\nNine to six.", 949),
        ("員工每年有十五天特別休假，許可者不在此限。", 950),
        ("年假十五天，图书馆每周一闭馆。", 936),
        ("休暇は15日です。ソフトの表示。", 932),
        ("Амралт 15 хоног. Отпуск 28 дней.", 1251),
        ("Le café est fermé à midi.", 1252),
    ],
)
def test_code_pages(tmp_path: Path, text: str, code_page: int) -> None:
    """Text in the bytes of a code page, of which the second may be a letter; titles are read."""
    document = read(tmp_path, "a.rtf", rtf(text, code_page, title=text[:3]))
    assert document.text == text
    assert document.title == text[:3].strip()


def test_unicode_tables_and_pictures(tmp_path: Path) -> None:
    """Characters by number, pairs of numbers too; rows; what is no text is left out."""
    source = (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fnil\fcharset0 Arial;}}"
        r"{\pict\pngblip 89504e470d0a1a0a}\u-10444?\u44032?\u45716? 15\u51068?.\par"
        r" \u-10179?\u-8704?\par"
        "\n\\trowd Days\\cell Paid\\cell\\row\\trowd 1-3\\cell yes\\cell\\row\nThe end.}"
    )
    document = read(tmp_path, "a.rtf", source.replace("\n", "\r\n"))
    assert document.text == "휴가는 15일.\n😀\nDays | Paid\n1-3 | yes\nThe end."


def test_bytes_that_are_written_as_they_are(tmp_path: Path) -> None:
    """Some programs do not escape the bytes of their code page."""
    data = b"{\\rtf1\\ansi\\ansicpg949 " + "휴가는 15일이다.".encode("cp949") + b"}"
    assert read(tmp_path, "a.rtf", data).text == "휴가는 15일이다."


def test_links_on_one_line(tmp_path: Path) -> None:
    """Each keeps its words and its own address."""
    link = r'{\field{\*\fldinst{HYPERLINK "http://a.example/%d"}}{\fldrslt {\ul page %d}}}'
    source = rf"{{\rtf1 See {link % (1, 1)} and {link % (2, 2)}.}}"
    text = read(tmp_path, "a.rtf", source).text
    assert text == 'See page 1("http://a.example/1") and page 2("http://a.example/2").'
