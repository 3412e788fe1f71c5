"""Files turned into documents: what every format shares, and the one door to them."""

import hashlib
from pathlib import Path

from store.errors import DocumentError
from store.formats import SUFFIXES, TEXT_SUFFIXES, extract, unread
from store.reading_text import MAX_TEXT_BYTES, too_large
from store.storage import TOO_MANY_FILES, has_too_many_files
from store.types import Document

MAX_FILE_BYTES = 512 * 2**20


def read_document(path: Path, name: str) -> Document:
    """The text of the file at `path`, under the name by which people know it.

    Raises DocumentError, with what to do about it, for a file that cannot be read or has no text.
    """
    suffix = path.suffix.lower()
    if not path.exists():
        raise DocumentError("There is no such file: check the path.")
    if suffix not in SUFFIXES:
        raise unread(suffix)
    data = _bytes_of(path, MAX_TEXT_BYTES if suffix in TEXT_SUFFIXES else MAX_FILE_BYTES)
    extraction = extract(path.name, data)
    if len(extraction.text.encode()) > MAX_TEXT_BYTES:
        raise too_large(MAX_TEXT_BYTES, "text")
    if not any(map(str.isalnum, extraction.text)):
        raise DocumentError("The file holds no text: add one that does.")
    title = extraction.title or Path(name).stem
    return Document(_id_of(data), name, str(path), title, extraction.text, extraction.pages)


def document_id_of(path: Path) -> str:
    """The id of the document that the file holds now. Raises DocumentError if it is unreadable."""
    return _id_of(_bytes_of(path, MAX_FILE_BYTES))


def _id_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _bytes_of(path: Path, limit: int) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise DocumentError("This is not a regular file: give the path of a file.")
        if path.stat().st_size > limit:
            raise too_large(limit, "bytes" if limit == MAX_FILE_BYTES else "text")
        return path.read_bytes()
    except FileNotFoundError:
        raise DocumentError("There is no such file: check the path.") from None
    except PermissionError:
        raise DocumentError("The file may not be read: ask for permission to read it.") from None
    except OSError as error:
        if has_too_many_files(error):
            raise DocumentError(f"Too many files are open. {TOO_MANY_FILES}.") from error
        reason = error.strerror or "unknown error"
        raise DocumentError(f"The file cannot be read ({reason}): check its disk.") from error
