"""Books in EPUB: the chapters in the order in which they are read."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from store.archives import open_archive, read_member, read_xml
from store.decoding import decode
from store.errors import DocumentError
from store.reading_html import read_html
from store.reading_text import Extraction, clean, joined

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_DECLARATION = re.compile(r"^\s*<\?xml.*?\?>", re.DOTALL)


def extract_epub(data: bytes) -> Extraction:
    """The book's chapters, each under its headings or else its title. Raises DocumentError."""
    with open_archive(data, ".epub") as archive:
        root = read_xml(archive, _CONTAINER).find(".//{*}rootfile").get("full-path")
        package = read_xml(archive, root)
        title = " ".join(
            (package.findtext(".//{http://purl.org/dc/elements/1.1/}title") or "").split()
        )
        chapters = list(_chapters(package, posixpath.dirname(root)))
        if _encrypted(archive).intersection(chapters):
            raise DocumentError("The book is protected from copying (DRM): add a copy that is not.")
        names = set(archive.namelist())
        text = joined(_text(archive, name, title) for name in chapters if name in names)
    return Extraction(clean(text), clean(title))


def _chapters(package: Any, folder: str) -> Iterator[str]:
    """The names of the members that are read one after another."""
    items = {item.get("id"): item.get("href", "") for item in package.iterfind(".//{*}item")}
    for reference in package.iterfind(".//{*}spine/{*}itemref"):
        href = items.get(reference.get("idref"))
        if href:
            yield posixpath.normpath(posixpath.join(folder, unquote(href)))


def _encrypted(archive: zipfile.ZipFile) -> set[str]:
    if _ENCRYPTION not in archive.namelist():
        return set()
    references = read_xml(archive, _ENCRYPTION).iterfind(".//{*}CipherReference")
    return {unquote(reference.get("URI", "")) for reference in references}


def _text(archive: zipfile.ZipFile, name: str, book: str) -> str:
    page = read_html(_DECLARATION.sub("", decode(read_member(archive, name))))
    is_headed = re.search(r"^#", page.text, re.MULTILINE)
    heading = "" if is_headed or page.title in ("", book) else f"# {page.title}\n\n"
    return f"{heading}{page.text}\n" if page.text else ""
