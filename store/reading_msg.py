"""Messages as Outlook saves them (.msg). The one file that meets oxmsg."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from store.reading_html import read_html
from store.reading_mail import Read, attachment_lines, head_lines
from store.reading_text import Extraction, clean, demoted, joined

if TYPE_CHECKING:
    import oxmsg


def extract_msg(data: bytes, read: Read) -> Extraction:
    """A message: its subject, who wrote when to whom, its text, and what is attached to it."""
    import oxmsg

    message = oxmsg.Message.load(data)
    return Extraction(clean(joined(_parts(message, read))), clean(_line(message.subject)))


def _parts(message: "oxmsg.Message", read: Read) -> Iterator[str]:
    sent = message.sent_date
    # A time of 0 is none: their clock begins in 1601.
    sent = sent if sent and sent.year > 1601 else None
    people = (f"{who.name} <{who.email_address}>" for who in message.recipients)
    head = {
        "From": _line((message.sender or "").replace('"', "")),
        "To": _line(", ".join(people)),
        "Date": sent.isoformat(" ", "minutes") if sent else "",
    }
    yield from head_lines(_line(message.subject), head)
    if message.body:
        yield f"{message.body.strip()}\n"
    elif message.html_body:
        yield f"{demoted(read_html(message.html_body).text, 1)}\n"
    for attachment in message.attachments:
        if attachment.file_name:
            yield from attachment_lines(attachment.file_name, attachment.file_bytes or b"", read)


def _line(text: str) -> str:
    return " ".join(text.split())
