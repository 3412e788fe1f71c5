"""Chroma: the vectors of sentences. The one file that meets chromadb."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING
from uuid import uuid4

from store.embedding import Vectors
from store.errors import EmbeddingMismatchError, StorageError
from store.memory import blank_memory
from store.storage import is_damage, storage_errors

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

# Under the limit on variables of the SQLite inside Chroma.
_PAGE = 2_000
# After so many ends of the process in a row an index is asked no more.
_ENDS = 2
_ADVICE = "Close Ownground and delete it: the vectors are then made again from the documents"


def open_vectors(folder: Path, embedding: str) -> "SentenceVectors":
    """The vectors in a folder, or, where that is damaged, a fresh folder beside it with none.

    Raises StorageError where the disk is full or the system refuses to read or write the folder.
    """
    try:
        return SentenceVectors(folder, embedding)
    except StorageError as error:
        if not is_damage(error, folder):
            raise
        return SentenceVectors(_fresh_folder(folder.parent), embedding)


class SentenceVectors:
    """The vectors of one collection, by sentence id.

    Raises EmbeddingMismatchError when the collection was made by another embedding model.
    Whatever Chroma refuses, at opening and later, is a StorageError.
    """

    def __init__(self, folder: Path, embedding: str) -> None:
        self.folder = folder
        self._embedding = embedding
        # How often it was changed, and how many there were after so many changes: Chroma counts one
        # by one, which every search would wait for.
        self._changes = 0
        self._counted: tuple[int, int] | None = None
        with self._errors():
            self._client = _client(folder)
        try:
            with self._errors():
                self._batch = self._client.get_max_batch_size()
                # Without an embedding function: Chroma's default one downloads a model.
                self._collection = self._client.get_or_create_collection(
                    "sentences",
                    embedding_function=None,
                    configuration={"hnsw": {"space": "cosine"}},
                    metadata={"embedding": embedding},
                )
            self._check()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        with self._errors():
            self._client.close()

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        for start in range(0, len(ids), self._batch):
            part = slice(start, start + self._batch)
            with self._errors():
                self._collection.upsert(
                    ids=list(ids[part]),
                    embeddings=vectors[part],
                    metadatas=[{"document": name.rpartition(":")[0]} for name in ids[part]],
                )
            self._changes += 1

    def remove(self, document_id: str) -> None:
        """A document's vectors are no longer found; their bytes stay until the folder goes."""
        with self._errors():
            self._collection.delete(where={"document": document_id})
        self._changes += 1

    def nearest(self, question: Vectors, count: int) -> dict[str, float]:
        """The `count` nearest sentences' cosines, best first."""
        with self._errors():
            found = self._collection.query(
                query_embeddings=[question], n_results=count, include=["distances"]
            )
        return {
            sentence_id: 1 - distance
            for sentence_id, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        }

    def similarities(self, question: Vectors, ids: Sequence[str]) -> dict[str, float]:
        """The cosine of each sentence of `ids` that has a vector."""
        found, vectors = self.vectors_of(ids)
        return dict(zip(found, (vectors @ question).tolist(), strict=True)) if found else {}

    def vectors_of(self, ids: Sequence[str]) -> tuple[list[str], Vectors]:
        """Those of `ids` that have a vector, in any order, and their vectors."""
        import numpy as np

        found: list[str] = []
        vectors: list[Vectors] = []
        for start in range(0, len(ids), _PAGE):
            with self._errors():
                page = self._collection.get(
                    ids=list(ids[start : start + _PAGE]), include=["embeddings"]
                )
            if page["ids"]:
                found += page["ids"]
                vectors.append(np.asarray(page["embeddings"], dtype=np.float32))
        return found, np.concatenate(vectors) if vectors else np.empty((0, 0), np.float32)

    def missing(self, ids: Sequence[str]) -> list[str]:
        """Those of `ids` that have no vector, in their order."""
        present: set[str] = set()
        for start in range(0, len(ids), _PAGE):
            with self._errors():
                page = self._collection.get(ids=list(ids[start : start + _PAGE]), include=[])
            present.update(page["ids"])
        return [name for name in ids if name not in present]

    def copy_within(self, pairs: Mapping[str, str]) -> None:
        """Give each sentence that is a key the vector of the other one, where that has one."""
        keys = list(pairs)
        for start in range(0, len(keys), _PAGE):
            part = keys[start : start + _PAGE]
            found, vectors = self.vectors_of(list({pairs[key] for key in part}))
            row = {name: place for place, name in enumerate(found)}
            known = [key for key in part if pairs[key] in row]
            if known:
                self.add(known, vectors[[row[pairs[key]] for key in known]])

    def count(self) -> int:
        changes, counted = self._changes, self._counted
        if counted is not None and counted[0] == changes:
            return counted[1]
        with self._errors():
            count = int(self._collection.count())
        # What changed meanwhile makes it count again.
        self._counted = changes, count
        return count

    def copy(self, ids: Sequence[str], stop: Event) -> "SentenceVectors | None":
        """The vectors of `ids` in a folder of their own; None if told to stop.

        What was removed is in no byte of it: Chroma keeps such vectors in its index and its log.
        """
        fresh = SentenceVectors(_fresh_folder(self.folder.parent), self._embedding)
        for start in range(0, len(ids), _PAGE):
            if stop.is_set():
                fresh.close()
                return None
            fresh.add(*self.vectors_of(ids[start : start + _PAGE]))
        return fresh

    def _check(self) -> None:
        made_by = (self._collection.metadata or {}).get("embedding")
        if made_by != self._embedding:
            raise EmbeddingMismatchError(
                f"This collection was made with the embedding model {made_by}, not"
                f" {self._embedding}."
                " Choose that model again, or another --collection, and add the documents to it."
            )
        # A damaged index shows itself only when it is asked, and may end the whole process then.
        # The mark has a byte for each such end in a row: one may be a kill at that moment.
        mark = self.folder / "checking"
        with self._errors():
            if mark.exists() and mark.stat().st_size >= _ENDS:
                raise OSError("asking its index has ended the process")
            with mark.open("ab") as ends:
                ends.write(b".")
            try:
                if self._collection.count():
                    some = self._collection.get(limit=1, include=["embeddings"])
                    self._collection.query(query_embeddings=some["embeddings"], n_results=1)
            finally:
                mark.unlink()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Around whatever Chroma does: at any call it may open, fill or write its index."""
        with blank_memory(), storage_errors(self.folder, advice=_ADVICE):
            try:
                yield
            except BaseException as error:
                # A panic of Chroma's native code is no Exception, and its class has no module.
                if type(error).__name__ != "PanicException":
                    raise
                raise RuntimeError(str(error)) from error


def _client(folder: Path) -> "ClientAPI":
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    try:
        return chromadb.PersistentClient(
            path=str(folder), settings=Settings(anonymized_telemetry=False)
        )
    except BaseException:
        # Chroma keeps what did not start, and would give the next client of this folder that.
        SharedSystemClient._identifier_to_system.pop(str(folder), None)
        SharedSystemClient._identifier_to_refcount.pop(str(folder), None)
        raise


def _fresh_folder(parent: Path) -> Path:
    return parent / f"vectors-{uuid4().hex[:8]}"
