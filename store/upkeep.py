"""SQLite: what keeps vectors in step with the sentences, and removed documents without a trace."""

from store.receipt import piece_of
from store.sqlite import SqliteFile
from store.types import document_of, sentence_id


class Upkeep:
    """One collection's sentences as vectors need them, and what is left of documents that went."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file
        self._rows = file.rows

    def count_sentences(self) -> int:
        return int(self._rows("SELECT count(*) FROM sentence")[0][0])

    def sentence_ids(self) -> list[str]:
        rows = self._rows(
            "SELECT d.id, s.ordinal FROM sentence s JOIN document d ON d.key = s.document_key"
        )
        return [sentence_id(*row) for row in rows]

    def sentences_of(self, document_id: str) -> dict[str, str]:
        """The document's sentences by id."""
        rows = self._rows(
            'SELECT s.ordinal, s.start - p.start, s."end" - p.start, p.text FROM document d'
            " JOIN sentence s ON s.document_key = d.key JOIN passage p ON p.key = s.passage_key"
            " WHERE d.id = ? ORDER BY s.ordinal",
            (document_id,),
        )
        return {sentence_id(document_id, row[0]): row[3][row[1] : row[2]] for row in rows}

    def equal_sentences(self, document_id: str, other: str | None = None) -> dict[str, str]:
        """By the id of each of the document's sentences one of another document, or of the one
        that is given, with the same text.
        """
        rows = self._rows(
            # SQLite takes the rest of the row from the one that has the maximum.
            "SELECT own.ordinal, theirs.id, equal.ordinal, max(theirs.key) FROM document d"
            " JOIN sentence own ON own.document_key = d.key JOIN sentence equal"
            " ON equal.digest = own.digest AND equal.document_key <> d.key"
            " JOIN document theirs ON theirs.key = equal.document_key"
            " WHERE d.id = ?1 AND theirs.id = coalesce(?2, theirs.id) GROUP BY own.ordinal",
            (document_id, other),
        )
        return {sentence_id(document_id, row[0]): sentence_id(row[1], row[2]) for row in rows}

    def is_elsewhere(self, sentence: str, text: str) -> bool:
        """Whether the piece of a sentence that `store.receipt` looks for is in another document."""
        rows = self._rows(
            "SELECT 1 FROM document WHERE id <> ? AND instr(text, ?) LIMIT 1",
            (document_of(sentence), piece_of(text)),
        )
        return bool(rows)

    def purge(self) -> None:
        """Leave no byte of what was removed in the file; nothing is unsettled then."""
        self._file.merge_terms()
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM unsettled")
        self._file.truncate_log()

    def unsettled(self) -> list[str]:
        return [row[0] for row in self._rows("SELECT document_id FROM unsettled")]

    def vectors_folder(self) -> str:
        """The name of the folder that holds the vectors."""
        return str(self._rows("SELECT folder FROM vectors")[0][0])

    def set_vectors_folder(self, name: str) -> None:
        with self._file.transaction() as connection:
            connection.execute("UPDATE vectors SET folder = ?1 WHERE folder <> ?1", (name,))

    def pace(self) -> float | None:
        """How many sentences were embedded in a second when that was last measured."""
        rows = self._rows("SELECT sentences FROM pace")
        return rows[0][0] if rows else None

    def set_pace(self, sentences: float) -> None:
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM pace")
            connection.execute("INSERT INTO pace VALUES (?)", (sentences,))
