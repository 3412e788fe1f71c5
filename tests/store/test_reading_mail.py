"""Messages and mailboxes, with what is attached."""

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from store.errors import DocumentError
from tests.store.written import opendocument, read


def _message(subject: str = "연차 휴가 안내") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "김민수 <kim@example.org>"
    message["To"] = "Lee <lee@example.org>, 陳小明 <chen@example.org>"
    message["Date"] = "Mon, 02 Mar 2026 09:30:00 +0900"
    message.set_content("연차는 15일이다.\n\nGreetings,\nKim\n")
    return message


def test_message(tmp_path: Path) -> None:
    """The subject is the title; one line says who wrote when to whom."""
    document = read(tmp_path, "a.eml", _message().as_bytes(policy=SMTP))
    assert document.title == "연차 휴가 안내"
    assert document.text == (
        "# 연차 휴가 안내\n\n"
        "| From: 김민수 <kim@example.org>; To: Lee <lee@example.org>, 陳小明 <chen@example.org>;"
        " Date: 2026-03-02 09:30+09:00\n\n"
        "연차는 15일이다.\n\nGreetings,\nKim"
    )


def test_attachments(tmp_path: Path) -> None:
    """What is attached follows under its name where it can be read, messages included."""
    message = _message()
    message.add_alternative("<p>연차는 <b>15일</b>이다.</p>", subtype="html")
    message.add_attachment(
        opendocument("text", "<text:h>規定</text:h><text:p>特休十五天。</text:p>"),
        maintype="application",
        subtype="octet-stream",
        filename="規定.odt",
    )
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="scan.png")
    message.add_attachment(b"%PDF-broken", maintype="application", subtype="pdf", filename="b.pdf")
    message.add_attachment(_message("Дотор нь"))
    text = read(tmp_path, "a.eml", message.as_bytes(policy=SMTP)).text
    assert "연차는 15일이다.\n" in text
    assert "## 規定.odt\n\n### 規定\n\n特休十五天。\n" in text
    assert "## scan.png\n" in text
    assert "## b.pdf\n" in text
    assert "## 4.eml\n\n### Дотор нь\n\n| From: 김민수" in text


def test_message_in_html_alone(tmp_path: Path) -> None:
    """Read as pages are, in the encoding that the message declares."""
    data = (
        b"Subject: Hours\r\nContent-Type: text/html; charset=ks_c_5601-1987\r\n\r\n"
        + "<h1>휴가</h1><p>똠방각하는 쉰다.</p>".encode("cp949")
    )
    document = read(tmp_path, "a.eml", data)
    assert document.text == "# Hours\n\n## 휴가\n\n똠방각하는 쉰다."


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("iso-2022-kr", "휴가는 15일이다."),
        ("iso-2022-jp", "休暇は15日です。"),
        ("big5", "特休十五天。"),
        ("windows-1251", "Отпуск 28 дней."),
        ("x-unknown", "Амралт 15 хоног."),
    ],
)
def test_encodings(tmp_path: Path, charset: str, text: str) -> None:
    """Declared ones, those of seven bits too, and an unknown one."""
    body = text.encode("utf-8" if charset == "x-unknown" else charset)
    data = f"Subject: A\nContent-Type: text/plain; charset={charset}\n\n".encode() + body
    assert read(tmp_path, "a.eml", data).text == f"# A\n\n{text}"


def test_malformed_headers(tmp_path: Path) -> None:
    """What is wrong in one header does not hide the message."""
    data = b"Subject: =?utf-8?q?caf=C3=A9?= hours\nFrom: <<@>;,\nDate: yesterday\n\nNine to six."
    document = read(tmp_path, "a.eml", data)
    assert document.title == "café hours"
    assert "Date: yesterday" in document.text
    assert document.text.endswith("Nine to six.")


def test_very_long_headers(tmp_path: Path) -> None:
    """Of a list of receivers without end the first are read."""
    data = f"Subject: Hours\nTo: {'lee@example.org, ' * 20_000}\n\nNine to six.".encode()
    text = read(tmp_path, "a.eml", data).text
    assert text.startswith("# Hours\n\n| To: lee@example.org, lee@example.org")
    assert len(text) < 10_000


def test_mailbox(tmp_path: Path) -> None:
    """Each message under its own subject; only lines that part messages do so."""
    quoted = "Meet me.\n\n>From Monday on we open at nine.\nFrom here it is not far."
    data = (
        b"From kim@example.org Mon Mar  2 09:30:00 2026\n"
        + _message().as_bytes()
        + b"\n\nFrom lee@example.org Tue Mar  3 10:00:00 2026\nSubject: Hours\n\n"
        + quoted.encode()
    )
    document = read(tmp_path, "box.mbox", data)
    assert document.title == "box"
    assert document.text.count("\n# ") == 1
    assert document.text.startswith("# 연차 휴가 안내\n\n| From: ")
    assert document.text.endswith("# Hours\n\n" + quoted.replace(">From", "From"))


@pytest.mark.parametrize("name", ["a.eml", "a.mbox"])
def test_what_is_no_message(tmp_path: Path, name: str) -> None:
    """A text without headers is refused."""
    with pytest.raises(DocumentError, match="export it from the mail program again"):
        read(tmp_path, name, "\nHello.")


def test_messages_in_messages_without_end(tmp_path: Path) -> None:
    """Only so many messages inside one another are read."""
    message = _message("Innermost")
    for number in range(9):
        outer = _message(f"Level {number}")
        outer.add_attachment(message)
        message = outer
    text = read(tmp_path, "a.eml", message.as_bytes(policy=SMTP)).text
    assert "Level 8" in text
    assert "Level 6" in text
    assert "Innermost" not in text
