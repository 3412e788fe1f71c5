"""SQLite: documents, passages, sentences and the lexical index of one collection, in one file."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from store.errors import DocumentNotFoundError, StorageError
from store.terms import terms
from store.types import Document, DocumentSummary, Passage, Sentence

# Under SQLite's oldest limit on the variables of a statement.
_PAGE = 900


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as it is searched: with its text, its document's names, its sentences' ordinals."""

    key: int
    document_id: str
    document: str
    title: str
    heading: str
    start: int
    text: str
    pages: tuple[int, ...]
    ordinals: tuple[int, ...]
    sentences: tuple[Sentence, ...]

    def sentence_text(self, sentence: Sentence) -> str:
        return self.text[sentence.start - self.start : sentence.end - self.start]


def sentence_id(document_id: str, ordinal: int) -> str:
    """The name of a sentence's vector."""
    return f"{document_id}:{ordinal}"


class Database:
    """One collection's SQLite file. Safe to use from several threads; errors are StorageErrors."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.RLock()
        with self._errors():
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._connection.execute("PRAGMA secure_delete = ON")
            schema = resources.files("store").joinpath("schema.sql").read_text(encoding="utf-8")
            self._connection.executescript(schema)

    def close(self) -> None:
        with self._guard:
            self._connection.close()

    # Documents

    def document_id_at(self, path: str) -> str | None:
        """The id of the document that the file at `path` held when it was added."""
        rows = self._rows(
            "SELECT d.id FROM source s JOIN document d ON d.key = s.document_key WHERE s.path = ?",
            (path,),
        )
        return rows[0][0] if rows else None

    def has(self, document_id: str) -> bool:
        return bool(self._rows("SELECT 1 FROM document WHERE id = ?", (document_id,)))

    def put(self, document: Document, passages: Sequence[Passage]) -> str | None:
        """Make a document and its source visible in one step.

        A document that the source held before, and that no other source holds, is gone in the
        same step; its id is returned, since its vectors are still to be removed.
        """
        with self._transaction() as connection:
            before = self.document_id_at(document.path)
            if not self.has(document.id):
                _insert(connection, document, passages)
            connection.execute(
                "INSERT OR REPLACE INTO source VALUES"
                " (?, ?, (SELECT key FROM document WHERE id = ?), ?)",
                (document.path, document.name, document.id, _now()),
            )
            connection.execute("DELETE FROM unsettled WHERE document_id = ?", (document.id,))
            if before is None or before == document.id or self._sources_of(before):
                return None
            _delete(connection, before)
            return before

    def remove(self, document_id: str) -> None:
        """Make a document gone, with all its sources. Raises DocumentNotFoundError."""
        with self._transaction() as connection:
            if not self.has(document_id):
                raise DocumentNotFoundError(
                    f"No document has the id {document_id}. “qa list” shows the ids."
                )
            _delete(connection, document_id)

    def document(self, document_id: str) -> Document:
        """The document with this id. Raises DocumentNotFoundError."""
        rows = self._rows(
            "SELECT d.id, min(s.name), min(s.path), d.title, d.text, d.pages FROM document d"
            " JOIN source s ON s.document_key = d.key WHERE d.id = ? GROUP BY d.key",
            (document_id,),
        )
        if not rows:
            raise DocumentNotFoundError(
                f"No document has the id {document_id}. “qa list” shows the ids."
            )
        found_id, name, path, title, text, pages = rows[0]
        return Document(found_id, name, path, title, text, tuple(json.loads(pages)))

    def document_ids(self) -> list[str]:
        return [row[0] for row in self._rows("SELECT id FROM document")]

    def summaries(self) -> list[DocumentSummary]:
        """Every source, in the order of names."""
        rows = self._rows(
            "SELECT d.id, s.name, s.path, d.title, length(d.text), json_array_length(d.pages),"
            " (SELECT count(*) FROM passage p WHERE p.document_key = d.key), s.added_at"
            " FROM source s JOIN document d ON d.key = s.document_key ORDER BY s.name, s.path"
        )
        return [DocumentSummary(*row) for row in rows]

    # What a stop in the middle leaves behind

    def mark_unsettled(self, document_id: str) -> None:
        with self._transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO unsettled VALUES (?)", (document_id,))

    def settle(self, document_id: str) -> None:
        with self._transaction() as connection:
            connection.execute("DELETE FROM unsettled WHERE document_id = ?", (document_id,))

    def unsettled(self) -> list[str]:
        return [row[0] for row in self._rows("SELECT document_id FROM unsettled")]

    # Search

    def count_passages(self) -> int:
        return int(self._rows("SELECT count(*) FROM passage")[0][0])

    def count_sentences(self) -> int:
        return int(self._rows("SELECT count(*) FROM sentence")[0][0])

    def document_frequencies(self, wanted: Sequence[str]) -> dict[str, int]:
        """In how many passages each term occurs; terms that occur nowhere are left out."""
        found: dict[str, int] = {}
        for page in _pages(wanted):
            marks = ",".join("?" * len(page))
            found |= dict(self._rows(f"SELECT term, doc FROM term WHERE term IN ({marks})", page))
        return found

    def lexical(self, wanted: Sequence[str], count: int) -> list[int]:
        """Keys of the passages that hold any of the terms, best first by BM25 (FTS5's bm25)."""
        if not wanted:
            return []
        match = " OR ".join(f'"{term}"' for term in wanted)
        rows = self._rows(
            "SELECT rowid FROM passage_terms WHERE passage_terms MATCH ?"
            " ORDER BY bm25(passage_terms, 1.0, 0.5) LIMIT ?",
            (match, count),
        )
        return [row[0] for row in rows]

    def passage_keys(self, sentence_ids: Sequence[str]) -> list[int]:
        """The passages of the given sentences, in order, each once; unknown ids are passed over."""
        keys: dict[int, None] = {}
        for name in sentence_ids:
            document_id, _, ordinal = name.rpartition(":")
            rows = self._rows(
                "SELECT passage_key FROM sentence WHERE ordinal = ?"
                " AND document_key = (SELECT key FROM document WHERE id = ?)",
                (int(ordinal), document_id),
            )
            keys.update((row[0], None) for row in rows)
        return list(keys)

    def passages(self, keys: Sequence[int]) -> list[StoredPassage]:
        """The passages with these keys, in the order of `keys`."""
        return [passage for key in keys if (passage := self._passage(key))]

    def _passage(self, key: int) -> StoredPassage | None:
        rows = self._rows(
            "SELECT d.id, (SELECT min(name) FROM source WHERE document_key = d.key), d.title,"
            " p.heading, p.start, p.text, d.pages"
            " FROM passage p JOIN document d ON d.key = p.document_key WHERE p.key = ?",
            (key,),
        )
        if not rows:
            return None
        document_id, name, title, heading, start, text, pages = rows[0]
        sentences = self._rows(
            'SELECT ordinal, start, "end" FROM sentence WHERE passage_key = ? ORDER BY ordinal',
            (key,),
        )
        return StoredPassage(
            key,
            document_id,
            name,
            title,
            heading,
            start,
            text,
            tuple(json.loads(pages)),
            tuple(row[0] for row in sentences),
            tuple(Sentence(row[1], row[2]) for row in sentences),
        )

    # SQLite

    def _sources_of(self, document_id: str) -> int:
        rows = self._rows(
            "SELECT count(*) FROM source s JOIN document d ON d.key = s.document_key"
            " WHERE d.id = ?",
            (document_id,),
        )
        return int(rows[0][0])

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        with self._guard, self._errors():
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._guard, self._errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # SQLite itself has rolled back where the disk is full.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StorageError(
                f"The library file {self._path} refuses: {error}. Check that the disk has space"
                " and the folder can be written; what was there before is unchanged."
            ) from error


def _insert(
    connection: sqlite3.Connection, document: Document, passages: Sequence[Passage]
) -> None:
    document_key = connection.execute(
        "INSERT INTO document (id, title, text, pages) VALUES (?, ?, ?, ?)",
        (document.id, document.title, document.text, json.dumps(document.pages)),
    ).lastrowid
    ordinal = 0
    for passage in passages:
        text = document.text[passage.start : passage.end]
        key = connection.execute(
            "INSERT INTO passage (document_key, heading, start, text) VALUES (?, ?, ?, ?)",
            (document_key, passage.heading, passage.start, text),
        ).lastrowid
        context = f"{document.title} {document.name} {passage.heading}"
        connection.execute(
            "INSERT INTO passage_terms (rowid, terms, context) VALUES (?, ?, ?)",
            (key, " ".join(terms(text)), " ".join(terms(context))),
        )
        rows = [
            (document_key, ordinal + place, key, sentence.start, sentence.end)
            for place, sentence in enumerate(passage.sentences)
        ]
        connection.executemany("INSERT INTO sentence VALUES (?, ?, ?, ?, ?)", rows)
        ordinal += len(rows)


def _delete(connection: sqlite3.Connection, document_id: str) -> None:
    connection.execute(
        "DELETE FROM passage_terms WHERE rowid IN (SELECT p.key FROM passage p"
        " JOIN document d ON d.key = p.document_key WHERE d.id = ?)",
        (document_id,),
    )
    connection.execute("DELETE FROM document WHERE id = ?", (document_id,))
    connection.execute("INSERT OR IGNORE INTO unsettled VALUES (?)", (document_id,))


def _pages(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + _PAGE] for start in range(0, len(values), _PAGE))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
