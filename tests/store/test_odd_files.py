"""A folder of odd files: nothing crashes, and each is found or told with what to do."""

import io
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest

from store import Library
from store.errors import DocumentError
from store.splitting import split
from store.tokens import count_tokens
from tests.store.compound import compound
from tests.store.test_reading import docx_file, pdf
from tests.store.test_reading_hwp import hwpx, hwpx_paragraph
from tests.store.written import epub, opendocument, read, rezipped, zipped

_SECRET = "The vault's number is 4711."
_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha ha ha ha ha ha ha ha ">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 20}">' for a, b in pairwise("abcdefghi"))
    + "]>"
)


def _word(text: str = "The hall opens at nine.") -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    return docx_file(document)


def _protected_office() -> bytes:
    return compound({"EncryptionInfo": bytes(200), "EncryptedPackage": bytes(5000)})


def _bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as member:
            for _ in range(129):
                member.write(bytes(4 * 2**20))
    return stream.getvalue()


def _locked_zip() -> bytes:
    data = bytearray(_word())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        at = archive.start_dir
    data[at + 8] |= 1
    return bytes(data)


# The files, and a part of the sentence with which each is told.
_REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.txt": (bytes, "no text: add one"),
    "empty.docx": (bytes, "damaged or no docx file: open it"),
    "empty.pdf": (bytes, "damaged or no pdf file: open it"),
    "empty.xlsx": (bytes, "damaged or no xlsx file: open it"),
    "empty.eml": (bytes, "no message: export it"),
    "empty.json": (bytes, "Line 1 is no JSON: mend it"),
    "truncated.docx": (lambda: _word()[:-200], "damaged or no docx file: open it"),
    "truncated.odt": (lambda: opendocument("text", "<text:p>x</text:p>")[:300], "no odt file"),
    "protected.docx": (_protected_office, "protected by a password or of an older kind: save it"),
    "protected.xlsx": (_protected_office, "protected by a password or of an older kind: save it"),
    "protected.pptx": (_protected_office, "protected by a password or of an older kind: save it"),
    "locked.docx": (_locked_zip, "protected by a password: save a copy"),
    "picture.txt": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xd8\xfe", "binary data"),
    "nul.txt": (lambda: b"The hall\0 opens at nine.", "binary data"),
    "bomb.docx": (_bomb, "unpacks to over 512 MiB: split"),
    "nested.zip": (
        lambda: zipped({"in.zip": zipped({"a.txt": "x"})}),
        "Archives are not read: unpack it",
    ),
    "old.doc": (lambda: compound({"WordDocument": b"x"}), "save it as .docx."),
    "program.exe": (lambda: b"MZ\x90\0", "save it as one of .csv"),
}
_FOUND: dict[str, Callable[[], bytes]] = {
    "pdf inside.docx": lambda: pdf(["The lighthouse keeper is paid in herring."]),
    "word inside.pdf": lambda: _word("The bridge toll is two pennies."),
    "휴가 규정 ①.txt": "연차 휴가는 1년에 15일이다.".encode,
    "特別休假（草案）.txt": "員工每年有十五天特別休假。".encode,
    "Амралт №1.txt": "Ажилтан жилд 15 хоног амарна.".encode,
    "مرحبا 👋.txt": "The greeting hangs above the door.".encode,
    "marks.txt": "The \u202etop secret\u202c path is \u200fgreen.\u200e".encode,
    "surrogate.json": rb'{"note": "The mill \ud83d grinds on Fridays."}'.strip,
}


def test_a_folder_of_odd_files(tmp_path: Path) -> None:
    """Each is in the list of failures, with what to do, or is found by what it says."""
    folder = tmp_path / "odd"
    folder.mkdir()
    for name, (content, _) in _REFUSED.items():
        (folder / name).write_bytes(content())
    for name, content in _FOUND.items():
        (folder / name).write_bytes(content())
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "circle.txt").symlink_to(folder / "circle.txt")
    (folder / "gone.txt").symlink_to(folder / "nothing.txt")
    with Library(tmp_path / "library") as library:
        report = library.add([folder])
        reasons = {Path(failure.path).name: failure.reason for failure in report.failed}
        assert set(report.added) == set(_FOUND)
        assert reasons.keys() == {*_REFUSED, "circle.txt", "gone.txt"}
        for name, (_, reason) in _REFUSED.items():
            assert reason in reasons[name], name
            assert reasons[name].endswith("."), name
        for question, name in (
            ("Who is paid in herring?", "pdf inside.docx"),
            ("How much is the bridge toll?", "word inside.pdf"),
            ("연차 휴가는 며칠인가?", "휴가 규정 ①.txt"),
            ("特別休假有幾天？", "特別休假（草案）.txt"),
            ("Ажилтан хэдэн хоног амрах вэ?", "Амралт №1.txt"),
            ("Where does the greeting hang?", "مرحبا 👋.txt"),
            ("What colour is the path?", "marks.txt"),
            ("When does the mill grind?", "surrogate.json"),
        ):
            assert library.search(question, top=1)[0].document == name


def test_a_text_of_one_very_long_line(tmp_path: Path) -> None:
    """Twenty megabytes without a line's end are read, and split into sentences that fit."""
    text = "The hall opens at nine and nobody knows why " * (20 * 2**20 // 44)
    document = read(tmp_path, "a.txt", text)
    assert len(document.text) == len(text)
    passages = split(document.text[: 2**18], count_tokens=count_tokens)
    assert all(count_tokens(document.text[p.start : p.end]) <= 240 for p in passages)


# Files of every kind that has XML in it, and the part with the word TARGET.
_WITH_XML: dict[str, tuple[Callable[[], bytes], str]] = {
    "a.docx": (lambda: _word("TARGET here."), "word/document.xml"),
    "a.xlsx": (lambda: _workbook("TARGET here."), "xl/worksheets/sheet1.xml"),
    "a.pptx": (lambda: _deck("TARGET here."), "ppt/slides/slide1.xml"),
    "a.odt": (lambda: opendocument("text", "<text:p>TARGET here.</text:p>"), "content.xml"),
    "a.hwpx": (lambda: hwpx(hwpx_paragraph("TARGET here.")), "Contents/section0.xml"),
    "a.epub": (lambda: epub({"a.xhtml": "<p>TARGET here.</p>"}), "OEBPS/text/a.xhtml"),
    "b.epub": (lambda: epub({"a.xhtml": "<p>Text here.</p>"}, "TARGET"), "OEBPS/book.opf"),
}


@pytest.mark.parametrize("name", _WITH_XML)
def test_entities(tmp_path: Path, name: str) -> None:
    """Entities that multiply, or that name another file, add nothing to the text."""
    (tmp_path / "secret.txt").write_text(_SECRET, "utf-8")
    build, member = _WITH_XML[name]
    assert "here." in read(tmp_path, name, build()).text
    named = f'<!DOCTYPE x [<!ENTITY i SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    for doctype in (_LAUGHS, named):
        data = _with_entity(build(), member, doctype)
        told = _text_or_reason(tmp_path, name, data)
        assert "4711" not in told
        assert len(told) < 200


def _text_or_reason(folder: Path, name: str, data: bytes) -> str:
    try:
        document = read(folder, name, data)
    except DocumentError as error:
        return str(error)
    return document.title + document.text


def _with_entity(data: bytes, member: str, doctype: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read(member)
    root = xml.index(b"<", xml.index(b"?>")) if xml.startswith(b"<?xml") else 0
    changed = xml[:root] + doctype.encode() + xml[root:].replace(b"TARGET", b"&i;")
    return rezipped(data, member, xml, changed)


def _workbook(text: str) -> bytes:
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = text
    book.save(stream)
    return stream.getvalue()


def _deck(text: str) -> bytes:
    stream = io.BytesIO()
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = text
    deck.save(stream)
    return stream.getvalue()
