"""The kinds of files that are read, and what reads each."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import PurePath

from store.archives import kind_of
from store.errors import DocumentError
from store.reading_docx import extract_docx
from store.reading_epub import extract_epub
from store.reading_html import extract_html
from store.reading_hwp import extract_hwp
from store.reading_hwpx import extract_hwpx
from store.reading_json import extract_ipynb, extract_json, extract_jsonl
from store.reading_mail import Read, extract_eml, extract_mbox
from store.reading_msg import extract_msg
from store.reading_odf import extract_odf
from store.reading_pdf import extract_pdf
from store.reading_pptx import extract_pptx
from store.reading_rtf import extract_rtf
from store.reading_tables import extract_csv
from store.reading_text import Extraction, extract_markdown, extract_plain
from store.reading_xlsx import extract_xlsx
from store.storage import TOO_MANY_FILES, has_too_many_files

_TEXTS: Mapping[str, Callable[[bytes], Extraction]] = {
    ".txt": extract_plain,
    ".md": extract_markdown,
    ".markdown": extract_markdown,
    ".html": extract_html,
    ".htm": extract_html,
    ".csv": extract_csv,
    ".tsv": extract_csv,
    ".json": extract_json,
    ".jsonl": extract_jsonl,
    ".ipynb": extract_ipynb,
}
_BINARIES: Mapping[str, Callable[[bytes], Extraction]] = {
    ".pdf": extract_pdf,
    ".docx": extract_docx,
    ".pptx": extract_pptx,
    ".xlsx": extract_xlsx,
    ".xlsm": extract_xlsx,
    ".hwpx": extract_hwpx,
    ".hwp": extract_hwp,
    ".rtf": extract_rtf,
    ".epub": extract_epub,
    ".odt": extract_odf,
    ".ods": extract_odf,
    ".odp": extract_odf,
}
# What may hold files of all kinds.
_CONTAINERS: Mapping[str, Callable[[bytes, Read], Extraction]] = {
    ".eml": extract_eml,
    ".mbox": extract_mbox,
    ".msg": extract_msg,
}
# Files that are nothing but text.
TEXT_SUFFIXES = frozenset(_TEXTS)
SUFFIXES = frozenset({**_TEXTS, **_BINARIES, **_CONTAINERS})
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".alz", ".egg")
# What the programs of other kinds save too.
_INSTEAD = {
    **dict.fromkeys((".doc", ".docm", ".dot", ".dotx", ".wpd", ".pages"), ".docx"),
    **dict.fromkeys((".xls", ".xlsb", ".numbers"), ".xlsx"),
    **dict.fromkeys((".ppt", ".pps", ".ppsx", ".pptm", ".key"), ".pptx"),
}
MAX_NESTING = 3


def unread(suffix: str) -> DocumentError:
    """What is said of a file of any other kind."""
    if suffix in _ARCHIVES:
        return DocumentError("Archives are not read: unpack it, and add the folder.")
    kinds = _INSTEAD.get(suffix) or f"one of {' '.join(sorted(SUFFIXES))}"
    return DocumentError(f"Files of this kind are not read: save it as {kinds}.")


def extract(name: str, data: bytes, nesting: int = 0) -> Extraction:
    """The text of a file with this name, or with the kind of which its content plainly is.

    Raises DocumentError, with what to do about it.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise unread(suffix)
    if nesting > MAX_NESTING:
        raise DocumentError("The file lies too deep in others: add it by itself.")
    kind = kind_of(data)
    suffix = kind if kind in SUFFIXES else suffix
    try:
        if suffix in _CONTAINERS:
            return _CONTAINERS[suffix](data, partial(extract, nesting=nesting + 1))
        return (_TEXTS.get(suffix) or _BINARIES[suffix])(data)
    except DocumentError:
        raise
    except Exception as error:
        if has_too_many_files(error):
            raise DocumentError(f"Too many files are open. {TOO_MANY_FILES}.") from error
        # What parsers raise at damaged input is their own affair; that it is damaged is ours.
        kind = suffix.removeprefix(".")
        reason = f"The file is damaged or no {kind} file: open it in its program and save it again."
        raise DocumentError(reason) from error
