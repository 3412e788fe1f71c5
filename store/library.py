"""The library: one collection of documents on disk, and the evidence found in it."""

import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from store.database import Database, sentence_id
from store.embedding import BuiltinEmbedder, Embedder
from store.errors import DocumentError, OwngroundError, StorageError, StoreError
from store.lock import lock_folder
from store.reading import document_id_of, read_document
from store.search import search
from store.splitting import split
from store.tokens import count_tokens
from store.types import AddReport, Document, DocumentSummary, Evidence, Failure, Passage, Progress
from store.vectors import SentenceVectors

# Sentences embedded between two reports of progress.
_BATCH = 64


class Library:
    """One collection. The folder is this process's alone until `close`.

    Raises LibraryInUseError, EmbeddingMismatchError or StorageError when it cannot be opened.
    """

    def __init__(self, folder: Path, embedder: Embedder | None = None) -> None:
        with _storage_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._lock = lock_folder(folder)
        # One writer at a time: two that touch the same content would undo each other's vectors.
        self._writing = threading.RLock()
        self._closing = threading.Event()
        try:
            self._embedder = embedder or BuiltinEmbedder()
            self._database = Database(folder / "library.sqlite3")
            self._vectors = SentenceVectors(folder / "vectors", self._embedder.identity)
            self._settle()
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let a document that is being written stop, then give the folder free."""
        self._closing.set()
        with self._writing:
            self._database.close()
            self._lock.release()

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
        what it held before in one step.
        """
        outcomes: dict[str, list[str]] = {"added": [], "unchanged": [], "replaced": []}
        found = [_files(path, base) for path in paths]
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
                failed.append(Failure(_readable(path), reason.encode(errors="replace").decode()))
        return AddReport(**{k: tuple(v) for k, v in outcomes.items()}, failed=tuple(failed))

    def add_upload(
        self, path: Path, name: str, progress: Callable[[Progress], None] | None = None
    ) -> AddReport:
        """Add a copy of a file, kept in the library's folder under its own name.

        The same name given again replaces the earlier file; one that cannot be read is not kept.
        """
        kept = self.folder / "uploads" / Path(name).name
        incoming = kept.parent / ".incoming" / kept.name
        with _storage_errors(kept.parent):
            incoming.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, incoming)
        try:
            read_document(incoming, kept.name)
        except DocumentError as error:
            incoming.unlink()
            return AddReport(failed=(Failure(kept.name, str(error)),))
        incoming.replace(kept)
        return self.add([kept], progress=progress)

    def remove(self, document_id: str) -> None:
        """Take a document, its terms, its vectors and its uploaded copies away.

        Raises DocumentNotFoundError.
        """
        with self._writing:
            sources = [s.path for s in self._database.summaries() if s.id == document_id]
            self._database.remove(document_id)
            for source in map(Path, sources):
                if source.parent == (self.folder / "uploads").resolve():
                    source.unlink(missing_ok=True)
            self._vectors.remove(document_id)
            self._database.settle(document_id)

    def documents(self) -> list[DocumentSummary]:
        """Every file that was added, in the order of names."""
        return self._database.summaries()

    def document(self, document_id: str) -> Document:
        """The document with this id. Raises DocumentNotFoundError."""
        return self._database.document(document_id)

    def search(self, question: str, top: int = 10) -> list[Evidence]:
        """The `top` sentences that bear most on the question, best first."""
        vector = self._embedder.question(question)
        return search(question, vector, self._database, self._vectors, top)

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

    def _add_file(self, path: Path, name: str, report: Callable[[int, int], None]) -> str:
        self._stop_if_closing()
        source = str(path.resolve())
        before = self._database.document_id_at(source)
        if before is not None and before == document_id_of(path):
            return "unchanged"
        document = replace(read_document(path, name), path=source)
        passages = split(document.text, count_tokens=count_tokens, pages=document.pages)
        if not self._database.has(document.id):
            self._write_vectors(document, passages, report)
        gone = self._database.put(document, passages)
        if gone is not None:
            self._vectors.remove(gone)
            self._database.settle(gone)
        return "added" if before is None else "replaced"

    def _write_vectors(
        self, document: Document, passages: list[Passage], report: Callable[[int, int], None]
    ) -> None:
        # Vectors come first and the document last: what search can see is always whole.
        self._database.mark_unsettled(document.id)
        texts = [text for passage in passages for text in embedded_texts(document, passage)]
        for start in range(0, len(texts), _BATCH):
            self._stop_if_closing()
            part = texts[start : start + _BATCH]
            ids = [sentence_id(document.id, start + place) for place in range(len(part))]
            with _storage_errors(self.folder):
                self._vectors.add(document.id, ids, self._embedder.passages(part))
            report(start + len(part), len(texts))

    def _stop_if_closing(self) -> None:
        if self._closing.is_set():
            raise StoreError(
                "The library was closed before all documents were in. Add them again: what is in"
                " already is passed over."
            )

    def _settle(self) -> None:
        for document_id in self._database.unsettled():
            if not self._database.has(document_id):
                self._vectors.remove(document_id)
            self._database.settle(document_id)


def embedded_texts(document: Document, passage: Passage) -> list[str]:
    """What is embedded for each sentence of a passage."""
    return [document.text[sentence.start : sentence.end] for sentence in passage.sentences]


def _files(given: Path, base: Path | None) -> tuple[list[tuple[Path, str]], list[Failure]]:
    """The files at or under a path with their names, and the folders that cannot be read."""
    if not given.is_dir():
        named_below = base.resolve() if base else given.resolve().parent
        path = given.resolve()
        inside = path.is_relative_to(named_below)
        return [(given, path.relative_to(named_below).as_posix() if inside else given.name)], []
    files: list[tuple[Path, str]] = []
    closed: list[Failure] = []

    def unreadable(error: OSError) -> None:
        closed.append(Failure(str(error.filename), f"The folder cannot be read: {error.strerror}."))

    for folder, folders, names in os.walk(given, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        visible = (Path(folder, name) for name in sorted(names) if not name.startswith("."))
        files.extend((path, path.relative_to(base or given).as_posix()) for path in visible)
    return files, closed


@contextmanager
def _storage_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OwngroundError:
        raise
    except Exception as error:
        raise StorageError(
            f"The data folder {folder} cannot be written ({error}). Check its space and"
            " permissions, or give another one with --data; what was there before is unchanged."
        ) from error


def _readable(path: Path) -> str:
    return os.fsencode(path).decode(errors="replace")


def _reporter(
    progress: Callable[[Progress], None] | None, name: str, done: int, files: int
) -> Callable[[int, int], None]:
    def report(sentences_done: int, sentences: int) -> None:
        if progress:
            progress(Progress(name, done, files, sentences_done, sentences))

    return report
