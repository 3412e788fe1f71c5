"""Mail: single messages and mailboxes, with their attachments."""

import re
from collections.abc import Callable, Iterator
from email import errors, message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from pathlib import PurePosixPath

from store.decoding import decode
from store.errors import DocumentError
from store.reading_html import read_html
from store.reading_text import Extraction, clean, demoted, joined

# Reads an attachment by its name. Raises DocumentError.
Read = Callable[[str, bytes], Extraction]

_HEAD = ("From", "To", "Cc", "Date")
_MALFORMED = (errors.MessageError, ValueError, IndexError, AttributeError, LookupError)
# Of a list of more receivers the first tell enough.
_LONGEST_HEADER = 8_000
# The line before a message in a mailbox (RFC 4155): it follows an empty line and ends in a year.
_SEPARATOR = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]*\d{4}[^\r\n]*\r?\n")
_QUOTED_SEPARATOR = re.compile(rb"^>(>*From )", re.MULTILINE)


def extract_eml(data: bytes, read: Read) -> Extraction:
    """A message: its subject, who wrote when to whom, its text, and what is attached to it."""
    message = _parsed(data)
    return Extraction(clean(joined(_parts(message, read))), clean(_header(message, "Subject")))


def extract_mbox(data: bytes, read: Read) -> Extraction:
    """The messages of a mailbox, each under its subject. Raises DocumentError."""
    if not _SEPARATOR.match(data):
        raise DocumentError("The file is no mailbox: export it from the mail program again.")
    starts = [match.span() for match in _SEPARATOR.finditer(data)]
    ends = [start for start, _ in starts[1:]] + [len(data)]
    messages = (
        _parsed(_QUOTED_SEPARATOR.sub(rb"\1", data[start:end]))
        for (_, start), end in zip(starts, ends, strict=True)
    )
    return Extraction(clean(joined(part for m in messages for part in _parts(m, read))))


def head_lines(subject: str, head: dict[str, str]) -> Iterator[str]:
    """A message's subject as a heading, and who wrote when to whom in one line."""
    if subject:
        yield f"# {subject}\n"
    known = "; ".join(f"{name}: {value}" for name, value in head.items() if value)
    if known:
        yield f"| {known}\n"


def attachment_lines(name: str, data: bytes, read: Read) -> Iterator[str]:
    """An attachment's name as a heading, and its text where it can be read."""
    yield f"## {_line(name)}\n"
    try:
        yield demoted(read(name, data).text, 2) + "\n"
    except DocumentError:
        # The message is worth reading all the same.
        return


def _parsed(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=policy.default)
    if not isinstance(message, EmailMessage) or not message.keys():
        raise DocumentError("The file is no message: export it from the mail program again.")
    return message


def _parts(message: EmailMessage, read: Read) -> Iterator[str]:
    yield from head_lines(
        _header(message, "Subject"), {name: _header(message, name) for name in _HEAD}
    )
    body = message.get_body(("plain", "html"))
    if body is not None:
        text = _text_of(body)
        is_html = body.get_content_subtype() == "html"
        yield (demoted(read_html(text).text, 1) if is_html else text) + "\n"
    for number, part in enumerate(message.iter_attachments(), 1):
        name = part.get_filename() or ""
        if part.get_content_type() == "message/rfc822":
            name = name or f"{number}.eml"
            name = name if PurePosixPath(name).suffix.lower() == ".eml" else f"{name}.eml"
        is_picture = part.get_content_maintype() == "image" and not part.is_attachment()
        if name and not is_picture:
            yield from attachment_lines(name, _bytes_of(part), read)


def _bytes_of(part: MIMEPart) -> bytes:
    if part.get_content_type() == "message/rfc822":
        try:
            return bytes(part.get_content())
        except _MALFORMED:
            return b""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text_of(part: MIMEPart) -> str:
    return decode(_bytes_of(part), part.get_content_charset())


def _header(message: EmailMessage, name: str) -> str:
    """A header's value as people write it; "" where there is none or it breaks every rule."""
    values = (str(value) for key, value in message.raw_items() if key.lower() == name.lower())
    raw = "".join(next(values, "").splitlines())
    try:
        value = policy.default.header_factory(name, raw[:_LONGEST_HEADER])
        date = getattr(value, "datetime", None)
        return date.isoformat(" ", "minutes") if date else _line(str(value))
    except _MALFORMED:
        return ""


def _line(text: str) -> str:
    return " ".join(text.split())
