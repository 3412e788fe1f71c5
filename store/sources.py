"""SQLite: which files hold which documents, and the folders to keep up with."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from store.files import UPLOADS
from store.rows import delete, rename
from store.sqlite import SqliteFile

_DOCUMENT = "(SELECT id FROM document WHERE key = document_key)"


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was when it was added: its path, its name, its document, its state."""

    path: str
    name: str
    document_id: str
    state: str


class Sources:
    """The files and folders of one collection, in its SQLite file.

    Paths are absolute here; those of uploads are stored relative to the collection's folder, which
    may be moved.
    """

    def __init__(self, file: SqliteFile, root: Path) -> None:
        self._file = file
        self._rows = file.rows
        self._root = root.absolute()
        self._uploads = (root / UPLOADS).resolve()

    def stored(self, path: str) -> str:
        """The path as it is stored."""
        is_upload = Path(path).parent == self._uploads
        return f"{UPLOADS}/{Path(path).name}" if is_upload else path

    def absolute(self, stored: str) -> str:
        """The path of which `stored` is what is stored."""
        return str(self._root / stored)

    def at(self, path: str) -> Source | None:
        """The file at a path, if it was added."""
        found = self._sources("WHERE path = ?", self.stored(path))
        return found[0] if found else None

    def below(self, folder: str) -> list[Source]:
        """The files that were added from under a folder."""
        inside = folder.rstrip("/\\") + "/"
        return [one for one in self.all() if Path(one.path).as_posix().startswith(inside)]

    def of(self, document_id: str) -> list[Source]:
        return self._sources(f"WHERE {_DOCUMENT} = ?", document_id)

    def all(self) -> list[Source]:
        return self._sources("")

    def touch(self, path: str, state: str) -> None:
        """Note the state of a file whose content has not changed."""
        self._rows("UPDATE source SET state = ? WHERE path = ?", (state, self.stored(path)))

    def move(self, source: Source, path: str, name: str, state: str) -> None:
        """The file is elsewhere now, with the same content."""
        with self._file.transaction() as connection:
            connection.execute(
                "UPDATE source SET path = ?, name = ?, state = ? WHERE path = ?",
                (self.stored(path), name, state, self.stored(source.path)),
            )
            if name != source.name:
                rename(connection, source.document_id)

    def drop(self, source: Source) -> bool:
        """The file is no more; whether its document is gone with it, since no other file has it."""
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM source WHERE path = ?", (self.stored(source.path),))
            if self.of(source.document_id):
                rename(connection, source.document_id)
                return False
            delete(connection, source.document_id)
            return True

    # Folders

    def folders(self) -> list[str]:
        return [row[0] for row in self._rows("SELECT path FROM folder ORDER BY path")]

    def remember(self, folder: str) -> None:
        with self._file.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO folder VALUES (?)", (folder,))

    def forget(self, folder: str) -> None:
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM folder WHERE path = ?", (folder,))

    def exclude(self, paths: Iterable[str]) -> None:
        """Pass those of the files that lie in the folders over until they are added again."""
        folders = self.folders()
        paths = [path for path in paths if any(Path(path).is_relative_to(one) for one in folders)]
        with self._file.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO excluded VALUES (?)", ((_named(path),) for path in paths)
            )

    def include(self, path: str) -> None:
        """Pass this file over no more."""
        if self.is_excluded(path):
            self._rows("DELETE FROM excluded WHERE path = ?", (_named(path),))

    def is_excluded(self, path: str) -> bool:
        return bool(self._rows("SELECT 1 FROM excluded WHERE path = ?", (_named(path),)))

    def _sources(self, where: str, *values: object) -> list[Source]:
        rows = self._rows(f"SELECT path, name, {_DOCUMENT}, state FROM source {where}", values)
        return [Source(self.absolute(path), *rest) for path, *rest in rows]


def _named(path: str) -> str:
    return sha256(path.encode("utf-8", "surrogatepass")).hexdigest()
