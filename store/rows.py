"""A document's rows: stored, taken away, and their terms made."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from store.conversations import forget
from store.terms import terms
from store.types import Document, Passage

_INSERT_TERMS = "INSERT INTO passage_terms (rowid, terms, context) VALUES (?, ?, ?)"


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage with what is stored beside it."""

    passage: Passage
    text: str
    terms: str
    context: str


def fill_terms(connection: sqlite3.Connection) -> None:
    """Make the terms of all passages."""
    for key, text, title, name, heading in connection.execute(
        "SELECT p.key, p.text, d.title, (SELECT min(name) FROM source WHERE document_key = d.key),"
        " p.heading FROM passage p JOIN document d ON d.key = p.document_key"
    ):
        context = f"{title} {name} {heading}"
        connection.execute(_INSERT_TERMS, (key, _joined_terms(text), _joined_terms(context)))


def passage_row(document: Document, passage: Passage) -> PassageRow:
    """A passage as it is stored, with its terms."""
    text = document.text[passage.start : passage.end]
    context = f"{document.title} {document.name} {passage.heading}"
    return PassageRow(passage, text, _joined_terms(text), _joined_terms(context))


def _joined_terms(text: str) -> str:
    return " ".join(terms(text))


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
            "INSERT INTO passage (document_key, heading, start, text) VALUES (?, ?, ?, ?)",
            (document_key, row.passage.heading, row.passage.start, row.text),
        ).lastrowid
        connection.execute(_INSERT_TERMS, (key, row.terms, row.context))
        sentences = [
            (document_key, ordinal + place, key, sentence.start, sentence.end)
            for place, sentence in enumerate(row.passage.sentences)
        ]
        connection.executemany("INSERT INTO sentence VALUES (?, ?, ?, ?, ?)", sentences)
        ordinal += len(sentences)


def delete(connection: sqlite3.Connection, document_id: str) -> None:
    """Take a document and all that belongs to it away, and note that its vectors are left."""
    connection.execute(
        "DELETE FROM passage_terms WHERE rowid IN (SELECT p.key FROM passage p"
        " JOIN document d ON d.key = p.document_key WHERE d.id = ?)",
        (document_id,),
    )
    forget(connection, document_id)
    connection.execute("DELETE FROM document WHERE id = ?", (document_id,))
    connection.execute("INSERT OR IGNORE INTO unsettled VALUES (?)", (document_id,))
