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


def epub(chapters: Mapping[str, str], title: str = "", encryption: str = "") -> bytes:
    """A book whose chapters are read in this order, and are stored in another."""
    items = "".join(f'<item id="{n}" href="text/{n}"/>' for n in sorted(chapters))
    spine = "".join(f'<itemref idref="{name}"/>' for name in chapters)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>{title}</dc:title></metadata><manifest>{items}</manifest>"
        f"<spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    )
    members = {"mimetype": "application/epub+zip", "META-INF/container.xml": container}
    members["OEBPS/book.opf"] = package
    members |= {f"OEBPS/text/{name}": chapters[name] for name in sorted(chapters)}
    return zipped(members | ({"META-INF/encryption.xml": encryption} if encryption else {}))


def rtf(text: str, code_page: int = 949, title: str = "") -> bytes:
    """An RTF file whose text is written in the bytes of a code page."""
    codec = f"cp{code_page}"

    def escaped(part: str) -> str:
        return "".join(map(written, part.encode(codec))).replace("\n", "\\par\n")

    def written(byte: int) -> str:
        if byte > 127:
            return f"\\'{byte:02x}"
        return f"\\{chr(byte)}" if chr(byte) in "\\{}" else chr(byte)

    info = f"{{\\info{{\\title {escaped(title)}}}}}" if title else ""
    return f"{{\\rtf1\\ansi\\ansicpg{code_page} {info}{escaped(text)}}}".encode("ascii")
