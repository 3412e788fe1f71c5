"""The library: one collection of documents on disk, and the evidence found in it."""

import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Self

from store.across import search_across
from store.backlog import Backlog
from store.collection import Collection
from store.conversations import KeptConversations
from store.embedding import BuiltinEmbedder, Embedder
from store.errors import StoreError
from store.files import find_files
from store.folders import Folders
from store.intake import Intake
from store.lock import lock_folder
from store.names import Name, read_names, variants
from store.outline import outline
from store.receipt import Receipt
from store.removal import remove, remove_with_receipt
from store.search import best_of, search, search_meaning, search_words
from store.storage import storage_errors
from store.types import (
    AddReport,
    Document,
    DocumentSummary,
    EmbeddingProgress,
    Evidence,
    Progress,
    SyncReport,
)


class Library:
    """One collection. The folder is this process's alone until `close`.

    Raises LibraryInUseError, EmbeddingMismatchError or StorageError when it cannot be opened.
    """

    def __init__(self, folder: Path, embedder: Embedder | None = None) -> None:
        with storage_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._closing = threading.Event()
        with ExitStack() as opened:
            opened.callback(lock_folder(folder).release)
            with storage_errors(folder, OSError):
                self._embedder = embedder or BuiltinEmbedder()
            self._collection = Collection(folder, self.embedding)
            opened.callback(self._collection.close)
            self._backlog = Backlog(self._collection, self._embedder)
            opened.callback(self._backlog.close)
            self._opened = opened.pop_all()
        self._database = self._collection.database
        self._intake = Intake(self._collection, self._backlog, self._closing)
        self._folders = Folders(self._collection, self._intake)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let a document that is being written, and a quarter of a second of embedding, come to
        their end; then give the folder free.
        """
        self._closing.set()
        self._opened.close()

    # Documents

    def add(
        self,
        paths: Iterable[Path],
        *,
        base: Path | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> AddReport:
        """Add files, and all files under folders; a file that fails leaves the others in.

        A document is named by its path below the folder that was given (or below `base`), else by
        its file name. Content that is there already changes nothing; a changed file replaces
        what it held before in one step. Each document is found by its words as soon as it was
        read; vectors follow in the background, see `complete`. Folders are kept up with by `sync`,
        unless a `base` names their files otherwise.
        """
        given = list(paths)
        found = [find_files(path, base) for path in given]
        for path in given if base is None else ():
            if path.is_dir():
                self._database.sources.remember(str(path.resolve()))
        report, ended = self._intake.add([file for some, _ in found for file in some], progress)
        if ended is not None:
            raise ended
        closed = [failure for _, failures in found for failure in failures]
        return replace(report, failed=(*closed, *report.failed))

    def add_upload(
        self, path: Path, name: str, progress: Callable[[Progress], None] | None = None
    ) -> AddReport:
        """Add a copy of a file, kept in the library's folder under its own name.

        The same name given again replaces the earlier file; one that cannot be read is not kept.
        """
        return self._intake.add_upload(path, name, progress)

    def remove(self, document_id: str) -> None:
        """Take a document, its terms, its vectors and its uploaded copies away.

        No byte of them is left in the folder: the other vectors are copied to a new one for that,
        at about half a second for a thousand. What lies in a folder that is kept up with is passed
        over from now on, until it is added again. Raises DocumentNotFoundError, and StorageError
        where the document is gone but bytes of it may be left.
        """
        remove(self._collection, document_id, self._closing)

    def remove_with_receipt(self, document_id: str) -> Receipt:
        """`remove`, with every byte of the folder searched for the document before and after."""
        return remove_with_receipt(self._collection, document_id, self._closing)

    def documents(self) -> list[DocumentSummary]:
        """Every file that was added, in the order of names."""
        return self._database.summaries()

    def document(self, document_id: str) -> Document:
        """The document with this id. Raises DocumentNotFoundError."""
        return self._database.document(document_id)

    # Folders

    def folders(self) -> list[str]:
        """The folders that are kept up with."""
        return self._database.sources.folders()

    def forget_folder(self, folder: Path) -> None:
        """Keep up with a folder no more; what was added from it stays."""
        self._database.sources.forget(str(folder.resolve()))

    def sync(self) -> SyncReport:
        """Bring the library up to date with the folders that were added to it.

        New and changed files are added, told by their size and times and then by their content; a
        file that moved is not read again; a document goes with its last file. From a folder that is
        not there, or is empty, nothing is removed. Vectors follow as with `add`.
        """
        report, ended = self._folders.sync()
        if ended is not None:
            raise ended
        return report

    def watch(self, told: Callable[[SyncReport | StoreError], None]) -> None:
        """`sync` whenever the folders have changed, until the library is closed.

        `told` hears what became of the files, and last of what ended it early.
        """
        self._folders.watch(told)

    # Vectors

    def complete(self, progress: Callable[[EmbeddingProgress], None] | None = None) -> None:
        """Wait until every sentence has its vector, and no byte of what was removed is left.

        Done at once where all is well. Raises a StoreError, also when the library is closed.
        """
        self._backlog.complete(progress)

    def complete_in_background(self) -> None:
        """`complete` in another thread, of low priority, until the library is closed.

        It waits while a search runs; what stops it is told by `embedding_progress`.
        """
        self._backlog.start()

    def embedding_progress(self) -> EmbeddingProgress:
        """How many sentences have their vector, and how long the others will take."""
        return self._backlog.progress()

    def undisturbed(self) -> AbstractContextManager[None]:
        """A context in which nothing is embedded in the background, for who needs the machine."""
        return self._backlog.undisturbed()

    # Search

    def search(self, question: str, top: int = 10) -> list[Evidence]:
        """The `top` sentences that bear most on the question, best first.

        Where the question has a name of `names` in it, the others of that thing count alike.
        """
        asked = (question, *variants(question, self.names))
        return best_of(self._search(wording, top) for wording in asked)[:top]

    def search_across(self, question: str, top: int = 10) -> list[Evidence]:
        """The `top` sentences in other languages that bear most on the question, best first.

        Their similarities are those of the question in their language. None where the collection
        has too little in the question's language to know what sets the other apart from it.
        """
        with self.undisturbed(), self._collection.reading() as vectors:
            vector, means = self._embedder.question(question), self._collection.means()
            return search_across(question, vector, means, self._database, vectors, top)

    def search_words(self, question: str, top: int = 10) -> list[Evidence]:
        """What the lexical index alone finds: a sentence of each of the `top` passages by BM25."""
        return search_words(question, self._database, top)

    def search_meaning(self, question: str, top: int = 10) -> list[Evidence]:
        """What the vectors alone find: the `top` sentences nearest to the question."""
        with self.undisturbed(), self._collection.reading() as vectors:
            vector = self._embedder.question(question)
            return search_meaning(question, vector, self._database, vectors, top)

    def outline(self, document_id: str, count: int) -> list[Evidence]:
        """At most `count` sentences that tell what a document is about, in its order.

        Raises DocumentNotFoundError.
        """
        document = self._database.document(document_id)
        return outline(document, self._database.document_passages(document_id), count)

    @property
    def names(self) -> tuple[Name, ...]:
        """The names that the collection's readers prefer, with their others. Raises NamesError."""
        return read_names(self.folder)

    @property
    def conversations(self) -> KeptConversations:
        """What was asked, and what of the documents' words was replied."""
        return self._database.conversations

    def counts(self) -> dict[str, int]:
        """How many documents, passages, sentences and vectors there are."""
        return {
            "documents": len(self._database.document_ids()),
            "passages": self._database.count_passages(),
            "sentences": self._database.upkeep.count_sentences(),
            "vectors": self._collection.count_vectors(),
        }

    @property
    def embedding(self) -> str:
        """The identity of the embedding model."""
        return self._embedder.identity

    @property
    def embedder(self) -> Embedder:
        """The embedding model itself, for who measures others with the same one."""
        return self._embedder

    def _search(self, question: str, top: int) -> list[Evidence]:
        with self.undisturbed(), self._collection.reading() as vectors:
            return search(question, self._embedder, self._database, vectors, top)
