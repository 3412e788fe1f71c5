"""Files as programs write them, for the tests that read them."""

import io
import zipfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from store.reading import read_document
from store.types import Document

OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def read(folder: Path, name: str, data: bytes | str) -> Document:
    """The document that is read from a file with this name and these bytes."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_document(path, name)


def page_texts(document: Document) -> list[str]:
    """The document's text by page."""
    bounds = pairwise([*document.pages, len(document.text)])
    return [document.text[start:end].strip() for start, end in bounds]


def zipped(members: Mapping[str, bytes | str]) -> bytes:
    """A zip archive of the members in their order."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def rezipped(data: bytes, member: str, old: bytes, new: bytes) -> bytes:
    """The archive with `old` in a member replaced by `new`."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert old in members[member]
    members[member] = members[member].replace(old, new)
    return zipped(members)


def opendocument(kind: str, body: str, title: str = "", manifest: str = "") -> bytes:
    """A text, spreadsheet or presentation whose body is this XML."""
    parts = ("office", "text", "table", "drawing", "presentation")
    prefixes = {"drawing": "draw"}
    names = " ".join(
        f'xmlns:{prefixes.get(p, p)}="urn:oasis:names:tc:opendocument:xmlns:{p}:1.0"' for p in parts
    )
    names += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    content = f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
    meta = f"<office:meta><dc:title>{title}</dc:title></office:meta>"
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "META-INF/manifest.xml": manifest or "<manifest/>",
            "content.xml": f"<office:document-content {names}>{content}</office:document-content>",
            "meta.xml": f"<office:document-meta {names}>{meta}</office:document-meta>",
        }
    )
