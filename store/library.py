"""The library: one collection of documents on disk, and the evidence found in it."""

import os
import shutil
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

from store.across import language_means, search_across
from store.conversations import KeptConversations
from store.database import Database, sentence_id
from store.embedding import BuiltinEmbedder, Embedder, Vectors
from store.errors import DocumentError, StoreError
from store.files import clear_leftovers, delete_copies, find_files, receive
from store.lock import lock_folder
from store.names import Name, read_names, variants
from store.outline import outline
from store.reading import document_id_of, read_document
from store.search import best_of, search
from store.splitting import split
from store.storage import TOO_MANY_FILES, has_too_many_files, storage_errors
from store.tokens import count_tokens
from store.types import AddReport, Document, DocumentSummary, Evidence, Failure, Passage, Progress
from store.vectors import open_vectors

# Sentences embedded between two reports of progress.
_BATCH = 64


class Library:
    """One collection. The folder is this process's alone until `close`.

    Raises LibraryInUseError, EmbeddingMismatchError or StorageError when it cannot be opened.
    """

    def __init__(self, folder: Path, embedder: Embedder | None = None) -> None:
        with storage_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        # One writer at a time: two that touch the same content would undo each other's vectors.
        self._writing = threading.RLock()
        # Held while vectors are read, so that their folder is not changed underneath.
        self._searching = threading.Lock()
        self._closing = threading.Event()
        # Of the languages of what is in now; None until they are asked for.
        self._means: Mapping[str, Vectors] | None = None
        with ExitStack() as opened:
            opened.callback(lock_folder(folder).release)
            with storage_errors(folder, OSError):
                self._embedder = embedder or BuiltinEmbedder()
            self._database = Database(folder / "library.sqlite3")
            opened.callback(self._database.close)
            self._vectors = open_vectors(folder / self._database.vectors_folder(), self.embedding)
            opened.callback(lambda: self._vectors.close())
            self._database.set_vectors_folder(self._vectors.folder.name)
            self._clear_leftovers()
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let a document that is being written stop, then give the folder free."""
        self._closing.set()
        with self._writing, self._searching:
            self._opened.close()

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
        what it held before in one step. What `repair` does is done first.
        """
        self.repair()
        outcomes: dict[str, list[str]] = {"added": [], "unchanged": [], "replaced": []}
        found = [find_files(path, base) for path in paths]
        files = [file for some, _ in found for file in some]
        failed = [failure for _, closed in found for failure in closed]
        for done, (path, name) in enumerate(files):
            report = _reporter(progress, name, done, len(files))
            report(0, 0)
            try:
                with self._writing:
                    outcomes[self._add_file(path, name, report)].append(name)
            except DocumentError as error:
                failed.append(Failure(_readable(path), str(error)))
            except (OSError, RuntimeError, ValueError) as error:
                # Names that are no UTF-8, or too long, and links that lead in a circle.
                reason = f"The file cannot be reached ({error}): rename it or copy it elsewhere."
                if has_too_many_files(error):
                    reason = f"Too many files are open. {TOO_MANY_FILES}."
                failed.append(Failure(_readable(path), reason.encode(errors="replace").decode()))
        with self._writing:
            self._purge()
        return AddReport(**{k: tuple(v) for k, v in outcomes.items()}, failed=tuple(failed))

    def add_upload(
        self, path: Path, name: str, progress: Callable[[Progress], None] | None = None
    ) -> AddReport:
        """Add a copy of a file, kept in the library's folder under its own name.

        The same name given again replaces the earlier file; one that cannot be read is not kept.
        """
        kept = self._uploads / Path(name).name
        with storage_errors(self._uploads):
            incoming = receive(path, kept)
        try:
            read_document(incoming, kept.name)
            with self._writing:
                incoming.replace(kept)
                return self.add([kept], progress=progress)
        except DocumentError as error:
            return AddReport(failed=(Failure(kept.name, str(error)),))
        finally:
            incoming.unlink(missing_ok=True)

    def remove(self, document_id: str) -> None:
        """Take a document, its terms, its vectors and its uploaded copies away.

        No byte of them is left in the folder: the other vectors are copied to a new one for that,
        at about half a second for a thousand. Raises DocumentNotFoundError.
        """
        with self._writing:
            sources = [s.path for s in self._database.summaries() if s.id == document_id]
            self._database.remove(document_id)
            self._means = None
            delete_copies(self._uploads, sources, self._database.source_paths())
            self._vectors.remove(document_id)
            self._purge()

    def repair(self) -> None:
        """Make vectors that are missing, and purge what a stop in the middle left behind.

        Done at once where all is well. Meanwhile documents without vectors are found by terms.
        """
        with self._writing:
            if self._is_whole():
                return
        for document_id in self._database.document_ids():
            with self._writing:
                if self._database.has(document_id):
                    passages = self._database.document_passages(document_id)
                    self._write_vectors(self._database.document(document_id), passages)
        with self._writing:
            self._purge()

    def repair_in_background(self) -> None:
        """`repair` in another thread, until it is done or the library is closed."""

        def run() -> None:
            # What it met is met again, and told, by `add`.
            with suppress(StoreError):
                self.repair()

        threading.Thread(target=run, name="repair-library", daemon=True).start()

    def documents(self) -> list[DocumentSummary]:
        """Every file that was added, in the order of names."""
        return self._database.summaries()

    def document(self, document_id: str) -> Document:
        """The document with this id. Raises DocumentNotFoundError."""
        return self._database.document(document_id)

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
        with storage_errors(self.folder, OSError), self._searching:
            vector = self._embedder.question(question)
            if self._means is None:
                self._means = language_means(self._database, self._vectors)
            return search_across(question, vector, self._means, self._database, self._vectors, top)

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
            "sentences": self._database.count_sentences(),
            "vectors": self._vectors.count(),
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
        with storage_errors(self.folder, OSError), self._searching:
            vector = self._embedder.question(question)
            return search(question, vector, self._database, self._vectors, top)

    def _add_file(self, path: Path, name: str, report: Callable[[int, int], None]) -> str:
        self._stop_if_closing()
        source = str(path.resolve())
        before = self._database.document_id_at(source)
        if before is not None and before == document_id_of(path):
            return "unchanged"
        document = replace(read_document(path, name), path=source)
        passages: list[Passage] = []
        if not self._database.has(document.id):
            passages = split(document.text, count_tokens=count_tokens, pages=document.pages)
            # Vectors come first and the document last: what search can see is always whole.
            self._database.mark_unsettled(document.id)
            self._write_vectors(document, passages, report)
        gone = self._database.put(document, passages)
        self._means = None
        if gone is not None:
            self._vectors.remove(gone)
        return "added" if before is None else "replaced"

    def _write_vectors(
        self,
        document: Document,
        passages: list[Passage],
        report: Callable[[int, int], None] = lambda *_: None,
    ) -> None:
        """Make those of the document's vectors that are not there."""
        texts = [text for passage in passages for text in embedded_texts(document, passage)]
        for start in range(0, len(texts), _BATCH):
            self._stop_if_closing()
            part = texts[start : start + _BATCH]
            ids = [sentence_id(document.id, start + place) for place in range(len(part))]
            present = set(self._vectors.vectors_of(ids)[0])
            missing = [pair for pair in zip(ids, part, strict=True) if pair[0] not in present]
            if missing:
                names, sentences = zip(*missing, strict=True)
                with storage_errors(self.folder):
                    self._vectors.add(names, self._embedder.passages(sentences))
            report(start + len(part), len(texts))

    def _stop_if_closing(self) -> None:
        if self._closing.is_set():
            raise StoreError(
                "The library was closed before all documents were in. Add them again: what is in"
                " already is passed over."
            )

    @property
    def _uploads(self) -> Path:
        return self.folder / "uploads"

    def _is_whole(self) -> bool:
        """Whether every sentence has its vector, and nothing removed or begun has left bytes."""
        is_complete = self._vectors.count() == self._database.count_sentences()
        return is_complete and not self._database.unsettled()

    def _clear_leftovers(self) -> None:
        for document_id in self._database.unsettled():
            self._vectors.remove(document_id)
        with storage_errors(self.folder):
            for folder in self.folder.glob("vectors*"):
                if folder != self._vectors.folder:
                    shutil.rmtree(folder, ignore_errors=True)
            clear_leftovers(self._uploads, self._database.source_paths())

    def _purge(self) -> None:
        """Leave no byte of what was removed or begun, unless the library is being closed."""
        if not self._is_whole() and self._renew_vectors():
            self._database.purge()

    def _renew_vectors(self) -> bool:
        fresh = self._vectors.copy(self._database.sentence_ids(), self._closing)
        if fresh is None:
            return False
        self._database.set_vectors_folder(fresh.folder.name)
        with self._searching:
            old, self._vectors = self._vectors, fresh
            old.close()
        shutil.rmtree(old.folder, ignore_errors=True)
        return True


def embedded_texts(document: Document, passage: Passage) -> list[str]:
    """What is embedded for each sentence of a passage."""
    return [document.text[sentence.start : sentence.end] for sentence in passage.sentences]


def _readable(path: Path) -> str:
    return os.fsencode(path).decode(errors="replace")


def _reporter(
    progress: Callable[[Progress], None] | None, name: str, done: int, files: int
) -> Callable[[int, int], None]:
    def report(sentences_done: int, sentences: int) -> None:
        if progress:
            progress(Progress(name, done, files, sentences_done, sentences))

    return report
