"""One file of each kind that is read, from the command that adds to the search that finds."""

import io
import json
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pptx

import qa
from store.formats import SUFFIXES
from tests.store.test_reading import docx_file, pdf
from tests.store.test_reading_hwp import hwp, hwp_paragraph, hwpx, hwpx_paragraph
from tests.store.test_reading_msg import TEXT, msg
from tests.store.written import epub, opendocument, rtf

Run = Callable[..., subprocess.CompletedProcess[str]]


def _word(sentence: str) -> bytes:
    document = docx.Document()
    document.add_paragraph(sentence)
    return docx_file(document)


def _deck(sentence: str) -> bytes:
    stream = io.BytesIO()
    deck = pptx.Presentation()
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = sentence
    deck.save(stream)
    return stream.getvalue()


def _workbook(*rows: list[str | int]) -> bytes:
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(stream)
    return stream.getvalue()


def _message(sentence: str) -> bytes:
    message = EmailMessage()
    message["Subject"] = "News"
    message.set_content(sentence)
    return message.as_bytes()


_ODS = (
    "<table:table><table:table-row><table:table-cell><text:p>Хот</text:p></table:table-cell>"
    "<table:table-cell><text:p>Цасны зузаан</text:p></table:table-cell></table:table-row>"
    "<table:table-row><table:table-cell><text:p>Мөрөн</text:p></table:table-cell>"
    "<table:table-cell><text:p>34 см</text:p></table:table-cell></table:table-row></table:table>"
)
# A file of each kind, a question that it answers, and a part of the sentence that does.
_FILES: dict[str, tuple[bytes, str, str]] = {
    "a.txt": ("등대는 1903년에 세워졌다.".encode("cp949"), "등대는 언제 세워졌나?", "1903년"),
    "a.md": (b"The otter pool holds 80 litres.", "How much does the otter pool hold?", "80"),
    "a.markdown": (b"The goat eats 3 kilos of hay.", "How much hay does the goat eat?", "3"),
    "a.html": (b"<p>The owl hall opens at dusk.</p>", "When does the owl hall open?", "dusk"),
    "a.htm": (b"<p>The bee garden has 12 hives.</p>", "How many hives has the bee garden?", "12"),
    "a.csv": (b"Ferry,Captain\nSeagull,Mrs Brandt\n", "Who is captain of the Seagull?", "Brandt"),
    "a.tsv": ("車站\t站長\n玉里\t林站長\n".encode("big5"), "玉里的站長是誰？", "林站長"),
    "a.json": (b'{"tram": "line 9", "colour": "violet"}', "What colour is tram line 9?", "violet"),
    "a.jsonl": (b'{"museum": "Clock Museum", "fee": "4 euros"}', "Clock Museum fee", "4 euros"),
    "a.ipynb": (
        b'{"cells": [{"cell_type": "markdown", "source": "The kiln reaches 1280 degrees."}]}',
        "How hot does the kiln get?",
        "1280",
    ),
    "a.pdf": (pdf(["The violin has 5 strings."]), "How many strings has the violin?", "5"),
    "a.docx": (_word("농협 창구는 오후 4시에 닫는다."), "농협 창구는 언제 닫나?", "오후 4시"),
    "a.pptx": (_deck("The parrot speaks Latin."), "Which language does the parrot speak?", "Latin"),
    "a.xlsx": (_workbook(["강", "길이"], ["섬진강", "212 km"]), "섬진강의 길이는?", "212 km"),
    "a.xlsm": (_workbook(["Lake", "Depth"], ["Grey", 71]), "How deep is Grey lake?", "71"),
    "a.odt": (
        opendocument("text", "<text:p>茶園在海拔九百公尺。</text:p>"),
        "茶園的海拔多少？",
        "九百",
    ),
    "a.ods": (opendocument("spreadsheet", _ODS), "Мөрөн хотын цасны зузаан хэд вэ?", "34"),
    "a.odp": (
        opendocument(
            "presentation", "<draw:page><text:p>The kite is 6 m wide.</text:p></draw:page>"
        ),
        "How wide is the kite?",
        "6 m",
    ),
    "a.rtf": (rtf("The saw weighs 7 kg.", 1252), "How heavy is the saw?", "7 kg"),
    "a.epub": (epub({"a.xhtml": "<p>The pirate's parrot is named Olga.</p>"}), "pirate", "Olga"),
    "a.eml": (
        _message("Die Brücke is closed until May."),
        "Until when is the bridge closed?",
        "May",
    ),
    "a.mbox": (
        b"From a@b Mon Mar  2 09:30:00 2026\n" + _message("The well is 40 metres deep."),
        "How deep is the well?",
        "40",
    ),
    "a.msg": (
        msg({(0x1000, TEXT): "The sauna costs 11 francs."}, {}),
        "What is the sauna's cost?",
        "11",
    ),
    "a.hwpx": (
        hwpx(hwpx_paragraph("한지는 닥나무로 만든다.")),
        "한지는 무엇으로 만드나?",
        "닥나무",
    ),
    "a.hwp": (hwp(hwp_paragraph("장독대는 남쪽에 둔다.")), "장독대는 어디에 두나?", "남쪽"),
}


def test_each_kind_is_found(tmp_path: Path, qa_command: Run) -> None:
    """What `qa add` has added of a folder, a search finds in every kind of file."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, (content, _, _) in _FILES.items():
        (folder / name).write_bytes(content)
    done = qa_command("add", folder, "--data", tmp_path / "data", "--json")
    assert done.returncode == 0, done.stdout
    assert set(json.loads(done.stdout)["added"]) == set(_FILES)
    assert {Path(name).suffix for name in _FILES} == SUFFIXES
    found = qa_command("search", _FILES["a.hwp"][1], "--data", tmp_path / "data", "--json")
    assert json.loads(found.stdout)["evidence"][0]["document"] == "a.hwp"
    with qa.open(tmp_path / "data", engine="quotes") as assistant:
        for name, (_, question, answer) in _FILES.items():
            best = assistant.search(question, top=1)[0]
            assert (best.document, answer in best.text) == (name, True), question
