"""One SQLite file: statements, transactions, upgrades, and no traces of what was deleted."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from store.errors import StorageError
from store.storage import storage_errors

VERSION = 2


class SqliteFile:
    """A file with the library's schema. Safe to use from several threads; errors are StorageErrors.

    A file of an older version is brought up to date when it is opened; `fill`, told that version,
    makes what the schema's scripts cannot, in the same transaction.
    """

    def __init__(self, path: Path, fill: Callable[[sqlite3.Connection, int], None]) -> None:
        self._path = path
        self._guard = threading.RLock()
        with storage_errors(path, sqlite3.Error):
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            try:
                self._prepare(fill)
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        with self._guard:
            self._connection.close()

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._guard, storage_errors(self._path, sqlite3.Error):
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        with self._guard, storage_errors(self._path, sqlite3.Error):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # SQLite itself has rolled back where the disk is full.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def merge_terms(self) -> None:
        """Leave no word of deleted rows in the lexical index."""
        # FTS5 only marks words as deleted until their segments are merged. (Its “secure-delete”
        # would need SQLite 3.42.)
        self.rows("INSERT INTO passage_terms (passage_terms) VALUES ('optimize')")

    def truncate_log(self) -> None:
        """Leave nothing in the write-ahead log."""
        self.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def _prepare(self, fill: Callable[[sqlite3.Connection, int], None]) -> None:
        connection = self._connection
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        # What is deleted is overwritten with zeros.
        connection.execute("PRAGMA secure_delete = ON")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise StorageError(
                f"{self._path} was made by a newer version of Ownground. Update Ownground, or"
                " choose another folder with --data."
            )
        if version < VERSION:
            self._upgrade(version, fill)
        connection.execute("PRAGMA foreign_keys = ON")
        # A stop may have left what was deleted.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _upgrade(self, version: int, fill: Callable[[sqlite3.Connection, int], None]) -> None:
        with self.transaction() as connection:
            is_old = connection.execute("SELECT 1 FROM sqlite_master").fetchone() is not None
            steps = range(version + 1, VERSION + 1) if is_old else ()
            upgrades = [f"upgrade_{step}.sql" for step in steps]
            for script in [*upgrades, "schema.sql", "conversations.sql"]:
                for statement in _statements(script):
                    connection.execute(statement)
            if is_old:
                fill(connection, version)
            connection.execute(f"PRAGMA user_version = {VERSION}")


def _statements(script: str) -> Iterator[str]:
    """A script's statements one by one, since `executescript` would end the transaction."""
    statement = ""
    for line in resources.files("store").joinpath(script).read_text("utf-8").splitlines(True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
