"""Messages as Outlook saves them."""

import struct
from pathlib import Path

import pytest

from store.errors import DocumentError
from tests.store.compound import compound
from tests.store.written import read

_Values = dict[tuple[int, int], str | bytes | int]
TEXT, _BYTES, _TIME, _NUMBER = 0x1F, 0x102, 0x40, 0x3


def _properties(folder: str, head: bytes, values: _Values) -> dict[str, bytes]:
    """The streams of a storage that holds these properties."""
    streams = {}
    entries = b""
    for (name, kind), value in values.items():
        if isinstance(value, int):
            entries += struct.pack("<HHIQ", kind, name, 6, value)
            continue
        data = value.encode("utf-16-le") if isinstance(value, str) else value
        streams[f"{folder}__substg1.0_{name:04X}{kind:04X}"] = data
        entries += struct.pack("<HHIQ", kind, name, 6, len(data) + 2 * isinstance(value, str))
    return streams | {f"{folder}__properties_version1.0": head + entries}


def msg(body: _Values, attachments: dict[str, bytes]) -> bytes:
    sent = (1772411400 + 11644473600) * 10**7
    message: _Values = {
        (0x0037, TEXT): "연차 휴가 안내",
        (0x0C1A, TEXT): "김민수",
        (0x0C1F, TEXT): "kim@example.org",
        (0x0039, _TIME): sent,
        **body,
    }
    head = struct.pack("<8x4I8x", 1, len(attachments), 1, len(attachments))
    streams = _properties("", head, message)
    who: _Values = {
        (0x3001, TEXT): "陳小明",
        (0x3003, TEXT): "chen@example.org",
        (0x0C15, _NUMBER): 1,
    }
    streams |= _properties("__recip_version1.0_#00000000/", bytes(8), who)
    for number, (name, data) in enumerate(attachments.items()):
        values: _Values = {(0x3707, TEXT): name, (0x3701, _BYTES): data, (0x3705, _NUMBER): 1}
        streams |= _properties(f"__attach_version1.0_#{number:08X}/", bytes(8), values)
    return compound(streams)


def test_message(tmp_path: Path) -> None:
    """As other messages: head, text, and what is attached where it can be read."""
    data = msg(
        {(0x1000, TEXT): "연차는 15일이다.\r\n"},
        {"規定.txt": "員工每年有十五天特別休假。".encode("big5"), "scan.png": b"\x89PNG"},
    )
    document = read(tmp_path, "a.msg", data)
    assert document.title == "연차 휴가 안내"
    assert document.text == (
        "# 연차 휴가 안내\n\n"
        "| From: 김민수 <kim@example.org>; To: 陳小明 <chen@example.org>;"
        " Date: 2026-03-02 00:30+00:00\n\n연차는 15일이다.\n\n"
        "## 規定.txt\n\n員工每年有十五天特別休假。\n\n## scan.png"
    )


def test_message_in_html_alone(tmp_path: Path) -> None:
    """Read as pages are."""
    html = "<h1>Ээлж</h1><p>Амралт <b>15</b> хоног.</p>".encode()
    values: _Values = {(0x1013, _BYTES): html, (0x3FDE, _NUMBER): 65001, (0x0039, _TIME): 0}
    text = read(tmp_path, "a.msg", msg(values, {})).text
    assert "Date" not in text
    assert text.endswith("## Ээлж\n\nАмралт 15 хоног.")


@pytest.mark.parametrize("data", [b"text", compound({"A": b"x"})])
def test_what_is_no_message(tmp_path: Path, data: bytes) -> None:
    """Other files are refused."""
    with pytest.raises(DocumentError, match="damaged or no msg file"):
        read(tmp_path, "a.msg", data)
