"""Conversations in the collection's file: questions, and replies in pieces that go with the
documents whose words they hold.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from store.sqlite import SqliteFile

# A collection keeps the conversations in which something was asked last.
KEPT = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a reply, and the ids of the documents whose words are in it."""

    kind: str
    content: str
    documents: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KeptExchange:
    """A question and its reply in pieces; `forgotten` says that a document has taken some along."""

    question: str
    pieces: tuple[Piece, ...]
    forgotten: bool = False


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """A line of the list of conversations: its first question, and when it was last asked in."""

    id: str
    title: str
    asked_at: datetime


class KeptConversations:
    """The conversations of one collection. What a reader keeps, only that reader's id gives.

    An exchange is added, never changed: who asks in two places at once loses nothing.
    """

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def summaries(self, reader: str) -> list[ConversationSummary]:
        """The reader's conversations, the one that was asked in last first."""
        rows = self._file.rows(
            "SELECT c.id, first.question, last.asked_at FROM conversation c"
            " JOIN (SELECT conversation_key, min(key) AS oldest, max(key) AS newest FROM exchange"
            " GROUP BY conversation_key) AS ends ON ends.conversation_key = c.key"
            " JOIN exchange first ON first.key = ends.oldest"
            " JOIN exchange last ON last.key = ends.newest"
            " WHERE c.reader = ? ORDER BY last.key DESC",
            (reader,),
        )
        return [ConversationSummary(i, title, datetime.fromisoformat(at)) for i, title, at in rows]

    def exchanges(self, reader: str, conversation: str) -> list[KeptExchange]:
        """What was asked, oldest first; nothing where the reader has no such conversation."""
        found = self._file.rows(
            "SELECT e.key, e.question, e.forgotten FROM exchange e JOIN conversation c"
            " ON c.key = e.conversation_key WHERE c.reader = ? AND c.id = ? ORDER BY e.key",
            (reader, conversation),
        )
        pieces: dict[int, list[Piece]] = {key: [] for key, *_ in found}
        for key, kind, content in self._file.rows(
            "SELECT exchange_key, kind, content FROM piece"
            " WHERE exchange_key IN (SELECT value FROM json_each(?)) ORDER BY key",
            (json.dumps(list(pieces)),),
        ):
            pieces[key].append(Piece(kind, content))
        return [KeptExchange(q, tuple(pieces[key]), bool(gone)) for key, q, gone in found]

    def add(self, reader: str, conversation: str, exchange: KeptExchange) -> None:
        """Put an exchange at the end of a conversation, which begins with its first.

        Of a document that was removed meanwhile nothing is kept.
        """
        with self._file.transaction() as connection:
            here = _present(connection, [i for piece in exchange.pieces for i in piece.documents])
            pieces = [piece for piece in exchange.pieces if piece.documents <= here]
            connection.execute(
                "INSERT OR IGNORE INTO conversation (reader, id) VALUES (?, ?)",
                (reader, conversation),
            )
            key = connection.execute(
                "INSERT INTO exchange (conversation_key, asked_at, forgotten, question) VALUES"
                " ((SELECT key FROM conversation WHERE reader = ? AND id = ?), ?, ?, ?)",
                (reader, conversation, _now(), pieces != list(exchange.pieces), exchange.question),
            ).lastrowid
            for piece in pieces:
                _insert(connection, key, piece)
            is_full = _drop_oldest(connection)
        if is_full:
            self._file.truncate_log()

    def delete(self, reader: str, conversation: str) -> None:
        """Leave no byte of a conversation."""
        with self._file.transaction() as connection:
            connection.execute(
                "DELETE FROM conversation WHERE reader = ? AND id = ?", (reader, conversation)
            )
        self._file.truncate_log()


def forget(connection: sqlite3.Connection, document_id: str) -> None:
    """Take the words of a document out of all conversations."""
    connection.execute(
        "UPDATE exchange SET forgotten = 1 WHERE key IN (SELECT p.exchange_key FROM piece p"
        " JOIN piece_document d ON d.piece_key = p.key WHERE d.document_id = ?)",
        (document_id,),
    )
    connection.execute(
        "DELETE FROM piece WHERE key IN"
        " (SELECT piece_key FROM piece_document WHERE document_id = ?)",
        (document_id,),
    )


def _insert(connection: sqlite3.Connection, exchange_key: int | None, piece: Piece) -> None:
    key = connection.execute(
        "INSERT INTO piece (exchange_key, kind, content) VALUES (?, ?, ?)",
        (exchange_key, piece.kind, piece.content),
    ).lastrowid
    connection.executemany(
        "INSERT INTO piece_document VALUES (?, ?)", ((i, key) for i in piece.documents)
    )


def _drop_oldest(connection: sqlite3.Connection) -> bool:
    """Whether there were more conversations than are kept."""
    dropped = connection.execute(
        "DELETE FROM conversation WHERE key IN (SELECT conversation_key FROM exchange"
        " GROUP BY conversation_key ORDER BY max(key) DESC LIMIT -1 OFFSET ?)",
        (KEPT,),
    )
    return dropped.rowcount > 0


def _present(connection: sqlite3.Connection, document_ids: Sequence[str]) -> set[str]:
    rows = connection.execute(
        "SELECT id FROM document WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(document_ids),),
    )
    return {row[0] for row in rows}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
