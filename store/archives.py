"""The zip archives that documents are, opened within bounds, and their XML without entities."""

import io
import zipfile
from typing import Any

from store.errors import DocumentError

MAX_UNPACKED_BYTES = 512 * 2**20
MAX_XML_BYTES = 64 * 2**20
MAX_MEMBERS = 20_000
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
# The part of an archive's members by which its kind is known.
_KINDS = {"word/": ".docx", "xl/": ".xlsx", "ppt/": ".pptx"}
_MEDIA_TYPES = {
    "application/epub+zip": ".epub",
    "application/hwp+zip": ".hwpx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
}


def open_archive(data: bytes, suffix: str) -> zipfile.ZipFile:
    """The archive that a document of the kind `suffix` is. Raises DocumentError or BadZipFile.

    What is read of it is never more than the sizes that it states, which are held to bounds here.
    """
    if data.startswith(_OLE):
        raise DocumentError(
            f"The file is protected by a password or of an older kind: save it as {suffix} without"
            " a password."
        )
    archive = zipfile.ZipFile(io.BytesIO(data))
    members = archive.infolist()
    if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise DocumentError("The file unpacks to over 512 MiB: split it into smaller files.")
    if len(members) > MAX_MEMBERS:
        raise DocumentError(
            f"The file has over {MAX_MEMBERS:,} parts: split it into smaller files."
        )
    if any(member.flag_bits & 1 for member in members) or _is_encrypted(archive):
        raise protected()
    return archive


def protected() -> DocumentError:
    return DocumentError("The file is protected by a password: save a copy without one.")


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """A member's bytes, if they are not too many for a text. Raises DocumentError or KeyError."""
    if archive.getinfo(name).file_size > MAX_XML_BYTES:
        raise DocumentError("The file has a part of over 64 MiB: split it into smaller files.")
    return archive.read(name)


def read_xml(archive: zipfile.ZipFile, name: str) -> Any:
    """The root element of a member. Raises DocumentError, KeyError or XMLSyntaxError."""
    return parse_xml(read_member(archive, name))


def parse_xml(data: bytes) -> Any:
    """The root element, by lxml: no entity is replaced and nothing outside the data is read."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    return etree.fromstring(data, parser)


def kind_of(data: bytes) -> str | None:
    """The suffix of the files that hold such data, where its first bytes or members tell."""
    if data.startswith(b"%PDF-"):
        return ".pdf"
    if data.startswith(b"{\\rtf"):
        return ".rtf"
    if not data.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                return _MEDIA_TYPES.get(archive.read("mimetype").decode("ascii", "replace").strip())
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for part, kind in _KINDS.items() if _has(names, part)), None)


def _has(names: list[str], folder: str) -> bool:
    return any(name.startswith(folder) for name in names)


def _is_encrypted(archive: zipfile.ZipFile) -> bool:
    """Whether an OpenDocument or HWPX file says that its parts are encrypted."""
    name = "META-INF/manifest.xml"
    if name not in archive.namelist() or archive.getinfo(name).file_size > MAX_XML_BYTES:
        return False
    return b"encryption-data" in archive.read(name)
