"""Documents out of files of every kind."""

import hashlib
import io
import zipfile
from pathlib import Path

import docx
import pytest

from store.errors import DocumentError
from store.reading import MAX_FILE_BYTES, document_id_of, read_document
from store.reading_text import MAX_TEXT_BYTES
from store.types import Document
from tests.store.written import OLE, read

KOREAN = (
    "서울특별시는 대한민국의 수도이며 최대 도시이다. 한강을 끼고 있으며, 인구는 약 구백만 명이다. "
    "연차 휴가는 1년에 15일이며, 사용하지 않은 휴가는 다음 해로 넘어가지 않는다."
)
TRADITIONAL = (
    "臺北市是中華民國的首都，位於臺灣北部的臺北盆地。全市共分為十二個行政區，人口約二百五十萬人。"
    "員工每年有十五天特別休假，未休完的假期不得遞延至次年度使用。"
)
SIMPLIFIED = (
    "北京市是中华人民共和国的首都，位于华北平原的北部。全市共有十六个区，人口约二千一百万人。"
    "员工每年有十五天年假，未休完的假期不得延至下一年度使用。"
)
RUSSIAN = "Москва является столицей России. Сотрудники имеют право на отпуск в 28 дней."
FRENCH = "Le café est fermé à midi. Les employés ont droit à vingt-cinq jours de congés payés."


def _refusal(folder: Path, name: str, data: bytes | str) -> str:
    with pytest.raises(DocumentError) as caught:
        read(folder, name, data)
    return str(caught.value)


def pdf(*pages: list[str], title: str = "", encryption: str = "") -> bytes:
    """A PDF with the given lines on each page; `encryption` is the body of its dictionary."""
    bodies = ["<< /Type /Catalog /Pages 2 0 R >>", "", f"<< /Title ({title}) >>"]
    bodies.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    kids = []
    for lines in pages:
        shown = " T* ".join(f"({line}) Tj" for line in lines)
        content = f"BT /F1 10 Tf 12 TL 50 750 Td {shown} ET"
        bodies.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        bodies.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] "
            f"/Resources << /Font << /F1 4 0 R >> >> /Contents {len(bodies)} 0 R >>"
        )
        kids.append(f"{len(bodies)} 0 R")
    bodies[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    data = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(bodies) + 1
    trailer = f"<< /Size {size} /Root 1 0 R /Info 3 0 R {encryption} >>"
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n{trailer}\n"
    return data + f"{end}startxref\n{len(data)}\n%%EOF\n".encode()


def docx_file(document: "docx.document.Document") -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_document_of_a_text_file(tmp_path: Path) -> None:
    """The id comes from the bytes, the title from the name, and there are no pages."""
    data = "\ufeffOne.\r\nTwo\x07 a\u0301.\rThree.\tEnd\x00".replace("\x00", "").encode()
    document = read(tmp_path, "my_leave-policy.TXT", data)
    assert document == Document(
        id=hashlib.sha256(data).hexdigest()[:16],
        name="my_leave-policy.TXT",
        path=str(tmp_path / "my_leave-policy.TXT"),
        title="my_leave-policy",
        text="One.\nTwo á.\nThree.\tEnd",
    )
    assert document_id_of(tmp_path / "my_leave-policy.TXT") == document.id


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (KOREAN, "utf-8"),
        (KOREAN, "utf-16"),
        (KOREAN, "utf-32"),
        (KOREAN, "euc_kr"),
        (TRADITIONAL, "big5"),
        (SIMPLIFIED, "gb18030"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (FRENCH, "cp1252"),
    ],
)
def test_encodings(tmp_path: Path, text: str, encoding: str) -> None:
    """Text is read in the encoding that it was written in."""
    assert read(tmp_path, "a.txt", text.encode(encoding)).text == text


def test_markdown(tmp_path: Path) -> None:
    """Markdown keeps its marks and loses its front matter, which names the title."""
    body = "# Leave\n\nStaff get **15 days**.\n"
    assert read(tmp_path, "a.md", f'---\nid: 1\ntitle: "Staff: leave"\n---\n{body}').title == (
        "Staff: leave"
    )
    document = read(tmp_path, "b.markdown", f"---\nid: 1\n---\n{body}")
    assert (document.title, document.text) == ("Leave", body)
    assert read(tmp_path, "c.md", "Leave\n=====\nText").title == "Leave"
    assert read(tmp_path, "d_d.md", "Text\n\n---\n\nMore").text == "Text\n\n---\n\nMore"


def test_html(tmp_path: Path) -> None:
    """The main text with its structure remains; menus, scripts and footers go."""
    html = """<!doctype html><html><head><title>Staff  handbook</title><style>p {}</style></head>
    <body><nav><a href="/">Home</a></nav><h1>Leave</h1>
    <p>Staff get <b>15 days</b> of leave &amp; it is
    paid in full by the <a href="https://example.org/x">employer</a> each year.</p>
    <h2>Sick leave</h2><ul><li>Ask a doctor first.</li><li>Rest at home.</li></ul>
    <table><tr><th>Days</th><th>Paid</th></tr><tr><td>1-3</td><td>yes</td></tr></table>
    <script>alert("no")</script><footer>Imprint</footer></body></html>"""
    document = read(tmp_path, "a.html", html)
    assert document.title == "Staff handbook"
    assert document.text == (
        "# Leave\n\nStaff get 15 days of leave & it is paid in full by the employer each year."
        "\n\n## Sick leave\n\n- Ask a doctor first.\n- Rest at home.\nDays | Paid\n1-3 | yes"
    )


def test_short_html(tmp_path: Path) -> None:
    """Pages of a few words and mere fragments are read too; a heading is their title."""
    document = read(tmp_path, "a.htm", "<body><h1>Hours</h1><p>Nine to six.<br>Closed on Sunday.")
    assert document.title == "Hours"
    assert document.text == "# Hours\n\nNine to six.\nClosed on Sunday."
    assert read(tmp_path, "b.htm", "<p>Nine to six.").text == "Nine to six."


def test_html_of_many_articles(tmp_path: Path) -> None:
    """Every part of a page is read, not only the first that looks like its main part."""
    parts = (f"<article><p>{f'This is part {n} of the page. ' * 9}</p></article>" for n in range(5))
    text = read(tmp_path, "a.html", f"<html><body>{''.join(parts)}</body></html>").text
    assert all(f"This is part {number} " in text for number in range(5))


def test_html_in_its_declared_encoding(tmp_path: Path) -> None:
    """What a page declares decides, since a few words are too few to tell."""
    html = '<html><head><meta charset="euc-kr"></head><body><p>뷁 휴가</p></body></html>'
    assert read(tmp_path, "a.html", html.encode("cp949")).text == "뷁 휴가"


def test_pdf(tmp_path: Path) -> None:
    """Pages start where `pages` says, empty ones too, and paragraphs are whole again."""
    first = [
        "Annual report",
        "Net sales of the company were higher than in the year before, as the infor-",
        "mation in the table shows, and long-term growth goes on for all of the long-",
        "term plans of the company.",
        "- one item",
        "- another item",
        "Net sales 3,393 3,540",
        "Cost of sales 1,393 1,540",
    ]
    document = read(tmp_path, "a.pdf", pdf(first, [], ["Last page."], title="Report of 2024"))
    assert document.title == "Report of 2024"
    pages = [document.text[a:b] for a, b in zip(document.pages, document.pages[1:], strict=False)]
    assert pages == [
        "Annual report\nNet sales of the company were higher than in the year before, as the "
        "information in the table shows, and long-term growth goes on for all of the long-term "
        "plans of the company.\n- one item\n- another item\nNet sales 3,393 3,540\n"
        "Cost of sales 1,393 1,540\n\n",
        "\n\n",
    ]
    assert document.text[document.pages[2] :] == "Last page."
    assert document.page_at(document.text.index("Last")) == 3


def test_pdf_title_of_digits(tmp_path: Path) -> None:
    """A title without words says less than the file's name."""
    assert read(tmp_path, "report.pdf", pdf(["Text."], title="0001-23")).title == "report"


def test_docx(tmp_path: Path) -> None:
    """Paragraphs, lists and tables come in order; the first heading is the title."""
    word = docx.Document()
    word.add_heading("Handbook", 0)
    word.add_heading("Leave", 2)
    word.add_paragraph("Staff get ").add_run("15 days.").bold = True
    word.add_paragraph("one", style="List Bullet")
    word.add_paragraph("two", style="List Number")
    table = word.add_table(2, 2)
    for cell, text in zip(table._cells, ["Days", "Paid", "1-3", "yes"], strict=True):
        cell.text = text
    table.cell(1, 1).add_table(1, 1).cell(0, 0).text = "or no"
    word.add_paragraph("The end.")
    document = read(tmp_path, "a.docx", docx_file(word))
    assert document.title == "Handbook"
    assert document.text == (
        "# Handbook\n\n## Leave\n\nStaff get 15 days.\n\n- one\n- two\n\n"
        "Days | Paid\n1-3 | yes or no\n\nThe end."
    )
    word.core_properties.title = "Staff handbook"
    assert read(tmp_path, "b.docx", docx_file(word)).title == "Staff handbook"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.xyz", "text", "this kind"),
        ("a", "text", "this kind"),
        ("a.txt", "", "no text"),
        ("a.txt", " \n\ufeff ***", "no text"),
        ("a.md", "---\ntitle: Only a title\n---\n", "no text"),
        ("a.html", "<html><body><script>x</script></body></html>", "no text"),
        ("a.docx", docx_file(docx.Document()), "no text"),
        ("a.txt", b"abc\0def", "binary"),
        ("a.txt", bytes(range(128, 256)) * 9 + bytes(range(1, 32)) * 9, "encoding"),
        ("a.pdf", pdf([], []), "scanned"),
        ("a.pdf", pdf(["Text."])[:60], "damaged"),
        ("a.pdf", "text", "damaged"),
        ("a.docx", "text", "damaged"),
        ("a.docx", docx_file(docx.Document())[:-100], "damaged"),
        ("a.docx", OLE + b"\0" * 600, "password"),
    ],
)
def test_unreadable_files(tmp_path: Path, name: str, data: bytes | str, reason: str) -> None:
    """A file without readable text is refused with one sentence that says what to do."""
    message = _refusal(tmp_path, name, data)
    assert reason in message
    assert ": " in message
    assert message.endswith(".")
    assert "\n" not in message


def test_protected_pdf(tmp_path: Path) -> None:
    """A PDF that asks for a password is refused for that reason."""
    lock = f"<{'41' * 32}>"
    encryption = f"/ID [{lock} {lock}] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 "
    data = pdf(["Text."], encryption=f"{encryption} /O {lock} /U {lock} >>")
    assert "password" in _refusal(tmp_path, "a.pdf", data)


def test_zip_that_is_no_word_document(tmp_path: Path) -> None:
    """An archive of other files is no .docx, whatever it is called."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "text")
    assert "no docx file" in _refusal(tmp_path, "a.docx", stream.getvalue())


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    """A missing file and a folder are refused, each for what it is."""
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(DocumentError, match="no such file"):
        read_document(tmp_path / "a.txt", "a.txt")
    with pytest.raises(DocumentError, match="not a regular file"):
        read_document(tmp_path / "folder.txt", "folder.txt")
    with pytest.raises(DocumentError, match="no such file"):
        document_id_of(tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("name", "limit", "size"),
    [("a.txt", MAX_TEXT_BYTES, "64 MiB of text"), ("a.pdf", MAX_FILE_BYTES, "512 MiB")],
)
def test_files_that_are_too_large(tmp_path: Path, name: str, limit: int, size: str) -> None:
    """A file over the limit is refused before it is read."""
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(limit + 1)
    with pytest.raises(DocumentError, match=f"more than {size}:"):
        read_document(path, name)
