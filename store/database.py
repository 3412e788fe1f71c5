"""SQLite: documents, passages, sentences and the lexical index of one collection, in one file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from store.conversations import KeptConversations
from store.errors import DocumentNotFoundError
from store.rows import delete, fill, insert, passage_row
from store.sources import Sources
from store.sqlite import SqliteFile
from store.types import Document, DocumentSummary, Passage, Sentence
from store.upkeep import Upkeep

# So many documents are looked at for a sample.
_SAMPLED = 1_000


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as it is searched: with its text, its document's names, its sentences' ordinals."""

    key: int
    document_id: str
    document: str
    title: str
    heading: str
    start: int
    language: str
    text: str
    pages: tuple[int, ...]
    ordinals: tuple[int, ...]
    sentences: tuple[Sentence, ...]

    def sentence_text(self, sentence: Sentence) -> str:
        return self.text[sentence.start - self.start : sentence.end - self.start]


@dataclass(frozen=True, slots=True)
class Replaced:
    """A document that went when another took its place, and by the ids of the other's sentences
    those of its own that are equal: their vectors can be taken over.
    """

    document_id: str | None
    equal: Mapping[str, str]


class Database:
    """One collection's SQLite file. Safe to use from several threads; errors are StorageErrors."""

    def __init__(self, path: Path) -> None:
        self._file = SqliteFile(path, partial(fill, path.parent))
        self._rows = self._file.rows
        self.conversations = KeptConversations(self._file)
        self.sources = Sources(self._file, path.parent)
        self.upkeep = Upkeep(self._file)

    def close(self) -> None:
        self._file.close()

    # Documents

    def has(self, document_id: str) -> bool:
        return bool(self._rows("SELECT 1 FROM document WHERE id = ?", (document_id,)))

    def put(self, document: Document, passages: Sequence[Passage], state: str = "") -> Replaced:
        """Make a document and its source, in the given state, visible in one step.

        A document that the source held before, and that no other source holds, is gone in the
        same step.
        """
        is_new = not self.has(document.id)
        # Terms take a while: others may read meanwhile.
        rows = [passage_row(document, passage) for passage in passages] if is_new else []
        with self._file.transaction() as connection:
            before = self.sources.at(document.path)
            if is_new:
                insert(connection, document, rows)
            connection.execute(
                "INSERT OR REPLACE INTO source VALUES"
                " (?, ?, (SELECT key FROM document WHERE id = ?), ?, ?)",
                (self.sources.stored(document.path), document.name, document.id, _now(), state),
            )
            connection.execute("DELETE FROM unsettled WHERE document_id = ?", (document.id,))
            is_gone = before is not None and not self.sources.of(before.document_id)
            if before is None or not is_gone:
                return Replaced(None, {})
            kept = self.upkeep.equal_sentences(document.id, before.document_id)
            delete(connection, before.document_id)
            return Replaced(before.document_id, kept)

    def remove(self, document_id: str) -> None:
        """Make a document gone, with all its sources. Raises DocumentNotFoundError."""
        with self._file.transaction() as connection:
            if not self.has(document_id):
                raise DocumentNotFoundError(
                    f"No document has the id {document_id}. “qa list” shows the ids."
                )
            delete(connection, document_id)

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
        path = self.sources.absolute(path)
        return Document(found_id, name, path, title, text, tuple(json.loads(pages)))

    def document_ids(self) -> list[str]:
        """The ids of all documents, the newest last."""
        return [row[0] for row in self._rows("SELECT id FROM document ORDER BY key")]

    def document_passages(self, document_id: str) -> list[Passage]:
        """The document's passages, in the order of its text."""
        rows = self._rows(
            "SELECT p.key FROM passage p JOIN document d ON d.key = p.document_key"
            " WHERE d.id = ? ORDER BY p.key",
            (document_id,),
        )
        return [
            Passage(found.start, found.start + len(found.text), found.heading, found.sentences)
            for found in self.passages([row[0] for row in rows])
        ]

    def summaries(self) -> list[DocumentSummary]:
        """Every source, in the order of names."""
        rows = self._rows(
            "SELECT d.id, s.name, s.path, d.title, d.characters, json_array_length(d.pages),"
            " (SELECT count(*) FROM passage p WHERE p.document_key = d.key), s.added_at"
            " FROM source s JOIN document d ON d.key = s.document_key ORDER BY s.name, s.path"
        )
        found = [DocumentSummary(*row) for row in rows]
        return [replace(one, path=self.sources.absolute(one.path)) for one in found]

    # Search

    def count_passages(self) -> int:
        return int(self._rows("SELECT count(*) FROM passage")[0][0])

    def languages(self) -> list[str]:
        """The languages of the passages, each once."""
        # A jump in the index for each: DISTINCT would read all of it.
        rows = self._rows(
            "WITH RECURSIVE found (language) AS (SELECT min(language) FROM passage UNION ALL"
            " SELECT (SELECT min(language) FROM passage WHERE language > found.language)"
            " FROM found WHERE found.language IS NOT NULL)"
            " SELECT language FROM found WHERE language IS NOT NULL"
        )
        return [row[0] for row in rows]

    def document_frequencies(self, wanted: Sequence[str]) -> dict[str, int]:
        """In how many passages each term occurs; terms that occur nowhere are left out."""
        statement = "SELECT term, doc FROM term WHERE term IN (SELECT value FROM json_each(?))"
        return dict(self._rows(statement, (json.dumps(wanted),)))

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
        names = [name.rpartition(":")[::2] for name in sentence_ids]
        rows = self._rows(
            "SELECT s.passage_key FROM json_each(?) AS name"
            " JOIN document d ON d.id = json_extract(name.value, '$[0]')"
            " JOIN sentence s ON s.document_key = d.key"
            " AND s.ordinal = CAST(json_extract(name.value, '$[1]') AS INTEGER) ORDER BY name.key",
            (json.dumps(names),),
        )
        return list(dict.fromkeys(row[0] for row in rows))

    def passages(self, keys: Sequence[int]) -> list[StoredPassage]:
        """The passages with these keys, in the order of `keys`."""
        wanted = (json.dumps(keys),)
        sentences: dict[int, list[tuple[int, Sentence]]] = {}
        for key, ordinal, start, end in self._rows(
            'SELECT passage_key, ordinal, start, "end" FROM sentence'
            " WHERE passage_key IN (SELECT value FROM json_each(?)) ORDER BY ordinal",
            wanted,
        ):
            sentences.setdefault(key, []).append((ordinal, Sentence(start, end)))
        rows = self._rows(
            "SELECT p.key, d.id, (SELECT min(name) FROM source WHERE document_key = d.key),"
            " d.title, p.heading, p.start, p.language, p.text, d.pages FROM json_each(?) AS wanted"
            " JOIN passage p ON p.key = wanted.value JOIN document d ON d.key = p.document_key"
            " ORDER BY wanted.key",
            wanted,
        )
        return [_stored(row, sentences[row[0]]) for row in rows]

    def sample(self) -> list[StoredPassage]:
        """The first, the last and a middle passage of each of the newest documents."""
        rows = self._rows(
            "SELECT min(key), (min(key) + max(key)) / 2, max(key) FROM passage"
            " GROUP BY document_key ORDER BY document_key DESC LIMIT ?",
            (_SAMPLED,),
        )
        return self.passages(list(dict.fromkeys(key for keys in rows for key in keys)))


def _stored(row: tuple[Any, ...], numbered: Sequence[tuple[int, Sentence]]) -> StoredPassage:
    key, document_id, document, title, heading, start, language, text, pages = row
    return StoredPassage(
        key,
        document_id,
        document,
        title,
        heading,
        start,
        language,
        text,
        tuple(json.loads(pages)),
        tuple(ordinal for ordinal, _ in numbered),
        tuple(sentence for _, sentence in numbered),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
