"""A collection: what SQLite and Chroma hold of the same documents, kept in step."""

import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from store.across import language_means
from store.database import Database
from store.embedding import Vectors
from store.errors import StorageError
from store.files import UPLOADS, clear_leftovers
from store.receipt import PIECE, piece_of, spread
from store.storage import storage_errors
from store.types import Document, Passage, document_of
from store.vectors import SentenceVectors, open_vectors


class Collection:
    """Documents, and vectors of their sentences. Safe to use from several threads.

    A document is there in one step and found by its words; its vectors follow. A removed one is
    gone in one step; its bytes go with `purge`.
    """

    def __init__(self, folder: Path, embedding: str) -> None:
        self.folder = folder
        # One writer at a time: two that touch the same content would undo each other's vectors.
        self.writing = threading.RLock()
        # Held while vectors are read, so that their folder is not changed underneath.
        self._reading = threading.Lock()
        # Of the languages of what is in now; None until they are asked for.
        self._means: Mapping[str, Vectors] | None = None
        with ExitStack() as opened:
            self.database = Database(folder / "library.sqlite3")
            opened.callback(self.database.close)
            self._vectors = open_vectors(folder / self.database.upkeep.vectors_folder(), embedding)
            opened.callback(lambda: self._vectors.close())
            self.database.upkeep.set_vectors_folder(self._vectors.folder.name)
            self._clear_leftovers()
            self._opened = opened.pop_all()

    def close(self) -> None:
        """Let what is being written or read come to its end, then close the files."""
        with self.writing, self._reading:
            self._opened.close()

    @property
    def uploads(self) -> Path:
        """The folder of the copies that the library keeps itself."""
        return self.folder / UPLOADS

    @contextmanager
    def reading(self) -> Iterator[SentenceVectors]:
        """The vectors, for as long as they are read."""
        with storage_errors(self.folder, OSError), self._reading:
            yield self._vectors

    def means(self) -> Mapping[str, Vectors]:
        """The mean vector of each language; to be asked for while `reading`."""
        if self._means is None:
            self._means = language_means(self.database, self._vectors)
        return self._means

    def put(self, document: Document, passages: Sequence[Passage], state: str = "") -> None:
        """Make a document visible; what it replaces is gone, but for the vectors that it shares."""
        with self.writing:
            replaced = self.database.put(document, passages, state)
            self._means = None
            if replaced.document_id is not None:
                # It is in already: what fails here is met again when vectors are made and purged.
                with suppress(StorageError):
                    self._vectors.copy_within(replaced.equal)
                    self._vectors.remove(replaced.document_id)

    def remove(self, document_id: str) -> None:
        """Make a document gone. Raises DocumentNotFoundError."""
        with self.writing:
            self.database.remove(document_id)
            self.forget_vectors(document_id)

    def forget_vectors(self, document_id: str) -> None:
        """Let the vectors of a document that is gone be found no more."""
        with self.writing, self._gone_already():
            self._means = None
            self._vectors.remove(document_id)

    def traces(self, document_id: str) -> tuple[bytes, ...]:
        """Pieces of what is stored of a document, and of no other: text, vectors, its id."""
        texts = spread(list(self.database.upkeep.sentences_of(document_id).items()))
        own = [item for item in texts if not self.database.upkeep.is_elsewhere(*item)]
        vectors = self._vectors.vectors_of([name for name, _ in own])[1]
        return (
            *(piece_of(text).encode() for _, text in own),
            *(vector.tobytes()[:PIECE] for vector in vectors),
            document_id.encode(),
        )

    def count_vectors(self) -> int:
        return self._vectors.count()

    def lacking(self, document_id: str) -> dict[str, str]:
        """The document's sentences without a vector, by id.

        Those that another document has too are given its vectors first.
        """
        with self.writing:
            sentences = self.database.upkeep.sentences_of(document_id)
            names = self._vectors.missing(list(sentences))
            if names:
                equal = self.database.upkeep.equal_sentences(document_id)
                self._vectors.copy_within({name: equal[name] for name in names if name in equal})
                names = self._vectors.missing(names)
            return {name: sentences[name] for name in names}

    def write_vectors(self, names: Sequence[str], vectors: Vectors) -> None:
        """Store the vectors of sentences, but for those whose document is gone meanwhile."""
        with self.writing:
            here = {one for one in set(map(document_of, names)) if self.database.has(one)}
            rows = [row for row, name in enumerate(names) if document_of(name) in here]
            if rows:
                self._vectors.add([names[row] for row in rows], vectors[rows])
                self._means = None

    def is_whole(self) -> bool:
        """Whether every sentence has its vector, and nothing that was removed has left bytes."""
        is_complete = self._vectors.count() == self.database.upkeep.count_sentences()
        return is_complete and not self.database.upkeep.unsettled()

    def purge(self, stop: threading.Event) -> bool:
        """Leave no byte of what was removed; whether that was done before being told to stop.

        The other vectors are copied to a new folder for that, at about half a second for a
        thousand. Raises a StorageError which says that what was removed is gone all the same.
        """
        with self.writing, self._gone_already():
            if not self._renew_vectors(stop):
                return False
            self.database.upkeep.purge()
            return True

    @contextmanager
    def _gone_already(self) -> Iterator[None]:
        """Around what wipes bytes: what fails then leaves the library as it should be."""
        try:
            yield
        except StorageError as error:
            reason = str(error).removesuffix("; what was there before is unchanged.")
            raise StorageError(
                "What was removed is found no more, but bytes of it may be left in"
                f" {self.folder}: {reason}; the next “qa add”, “qa sync” or chat wipes them."
            ) from error

    def _clear_leftovers(self) -> None:
        for document_id in self.database.upkeep.unsettled():
            self._vectors.remove(document_id)
        with storage_errors(self.folder):
            for folder in self.folder.glob("vectors*"):
                if folder != self._vectors.folder:
                    shutil.rmtree(folder, ignore_errors=True)
            clear_leftovers(self.uploads, [one.path for one in self.database.sources.all()])

    def _renew_vectors(self, stop: threading.Event) -> bool:
        fresh = self._vectors.copy(self.database.upkeep.sentence_ids(), stop)
        if fresh is None:
            return False
        self.database.upkeep.set_vectors_folder(fresh.folder.name)
        with self._reading:
            old, self._vectors = self._vectors, fresh
            old.close()
        shutil.rmtree(old.folder, ignore_errors=True)
        return True
