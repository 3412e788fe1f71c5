"""A document's rows: stored, taken away, and made anew for files of an older version."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from store.conversations import forget
from store.files import UPLOADS
from store.languages import text_language
from store.terms import terms
from store.types import Document, Passage

_INSERT_TERMS = "INSERT INTO passage_terms (rowid, terms, context) VALUES (?, ?, ?)"


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage with what is stored beside it."""

    passage: Passage
    text: str
    language: str
    terms: str
    context: str
    digests: tuple[int, ...]


def digest(text: str) -> int:
    """64 bits by which a sentence's text is found again; of a million two agree by chance in
    one collection of 40 million.
    """
    data = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(data, "big", signed=True)


def fill(root: Path, connection: sqlite3.Connection, version: int) -> None:
    """Make what the rows of an older version of the collection in `root` lack."""
    if version < 2:
        _fill_terms(connection)
        _fill_digests(connection)
        _shorten_uploads(connection, root)


def _fill_terms(connection: sqlite3.Connection) -> None:
    for key, text, title, name, heading in connection.execute(
        "SELECT p.key, p.text, d.title, (SELECT min(name) FROM source WHERE document_key = d.key),"
        " p.heading FROM passage p JOIN document d ON d.key = p.document_key"
    ).fetchall():
        language = text_language(text)
        connection.execute("UPDATE passage SET language = ? WHERE key = ?", (language, key))
        context = f"{title} {name} {heading}"
        made = (key, _joined_terms(text, language), _joined_terms(context, language))
        connection.execute(_INSERT_TERMS, made)


def _fill_digests(connection: sqlite3.Connection) -> None:
    rows = connection.execute(
        'SELECT s.document_key, s.ordinal, s.start - p.start, s."end" - p.start, p.text'
        " FROM sentence s JOIN passage p ON p.key = s.passage_key"
    ).fetchall()
    connection.executemany(
        "UPDATE sentence SET digest = ? WHERE document_key = ? AND ordinal = ?",
        ((digest(text[start:end]), key, ordinal) for key, ordinal, start, end, text in rows),
    )


def _shorten_uploads(connection: sqlite3.Connection, root: Path) -> None:
    """Make the paths of uploads relative, also of a folder that was moved meanwhile."""
    for (stored,) in connection.execute("SELECT path FROM source").fetchall():
        path = Path(stored)
        if path.parent.name == UPLOADS and (root / UPLOADS / path.name).exists():
            connection.execute(
                "UPDATE OR IGNORE source SET path = ? WHERE path = ?",
                (f"{UPLOADS}/{path.name}", stored),
            )


def passage_row(document: Document, passage: Passage) -> PassageRow:
    """A passage as it is stored, with its terms."""
    text = document.text[passage.start : passage.end]
    context = f"{document.title} {document.name} {passage.heading}"
    digests = tuple(digest(document.text[s.start : s.end]) for s in passage.sentences)
    language = text_language(text)
    made = _joined_terms(text, language), _joined_terms(context, language)
    return PassageRow(passage, text, language, *made, digests)


def _joined_terms(text: str, language: str) -> str:
    return " ".join(terms(text, language))


def insert(connection: sqlite3.Connection, document: Document, rows: Sequence[PassageRow]) -> None:
    """Store a document and its passages."""
    document_key = connection.execute(
        "INSERT INTO document (id, title, characters, pages, text) VALUES (?, ?, ?, ?, ?)",
        (
            document.id,
            document.title,
            len(document.text),
            json.dumps(document.pages),
            document.text,
        ),
    ).lastrowid
    ordinal = 0
    for row in rows:
        key = connection.execute(
            "INSERT INTO passage (document_key, heading, start, language, text)"
            " VALUES (?, ?, ?, ?, ?)",
            (document_key, row.passage.heading, row.passage.start, row.language, row.text),
        ).lastrowid
        connection.execute(_INSERT_TERMS, (key, row.terms, row.context))
        numbered = enumerate(zip(row.passage.sentences, row.digests, strict=True), start=ordinal)
        sentences = [
            (document_key, place, key, sentence.start, sentence.end, of_text)
            for place, (sentence, of_text) in numbered
        ]
        connection.executemany("INSERT INTO sentence VALUES (?, ?, ?, ?, ?, ?)", sentences)
        ordinal += len(sentences)


def rename(connection: sqlite3.Connection, document_id: str) -> None:
    """Make the terms of what a document is called anew: one of its files has another name."""
    rows = connection.execute(
        "SELECT p.key, p.language, d.title, (SELECT min(name) FROM source WHERE document_key ="
        " d.key), p.heading FROM passage p JOIN document d ON d.key = p.document_key"
        " WHERE d.id = ?",
        (document_id,),
    ).fetchall()
    connection.executemany(
        "UPDATE passage_terms SET context = ? WHERE rowid = ?",
        (
            (_joined_terms(f"{title} {name} {heading}", language), key)
            for key, language, title, name, heading in rows
        ),
    )


def delete(connection: sqlite3.Connection, document_id: str) -> None:
    """Take a document and all that belongs to it away, and note that its bytes are left."""
    connection.execute(
        "DELETE FROM passage_terms WHERE rowid IN (SELECT p.key FROM passage p"
        " JOIN document d ON d.key = p.document_key WHERE d.id = ?)",
        (document_id,),
    )
    forget(connection, document_id)
    connection.execute("DELETE FROM document WHERE id = ?", (document_id,))
    connection.execute("INSERT OR IGNORE INTO unsettled VALUES (?)", (document_id,))
