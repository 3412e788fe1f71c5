"""Chroma: the vectors of sentences. The one file that meets chromadb."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from store.embedding import Vectors
from store.errors import EmbeddingMismatchError, StorageError

# Under the limit on variables of the SQLite inside Chroma.
_PAGE = 2_000


class SentenceVectors:
    """The vectors of one collection, by sentence id.

    Raises EmbeddingMismatchError when the collection was made by another embedding model, and
    StorageError when Chroma cannot open the folder.
    """

    def __init__(self, folder: Path, embedding: str) -> None:
        import chromadb
        from chromadb.config import Settings

        try:
            client = chromadb.PersistentClient(
                path=str(folder), settings=Settings(anonymized_telemetry=False)
            )
            self._batch = client.get_max_batch_size()
            # Without an embedding function: Chroma's default one downloads a model.
            self._collection = client.get_or_create_collection(
                "sentences",
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine"}},
                metadata={"embedding": embedding},
            )
        except Exception as error:
            raise StorageError(
                f"The vectors in {folder} cannot be opened ({error}). Move that folder away and"
                " add the documents again."
            ) from error
        made_by = (self._collection.metadata or {}).get("embedding")
        if made_by != embedding:
            raise EmbeddingMismatchError(
                f"This collection was made with the embedding model {made_by}, not {embedding}."
                " Choose that model again, or another --collection, and add the documents to it."
            )

    def add(self, document_id: str, ids: Sequence[str], vectors: Vectors) -> None:
        for start in range(0, len(ids), self._batch):
            part = slice(start, start + self._batch)
            self._collection.upsert(
                ids=list(ids[part]),
                embeddings=vectors[part],
                metadatas=[{"document": document_id}] * len(ids[part]),
            )

    def remove(self, document_id: str) -> None:
        self._collection.delete(where={"document": document_id})

    def nearest(self, question: Vectors, count: int) -> dict[str, float]:
        """The `count` nearest sentences' cosines, best first."""
        count = min(count, self._collection.count())
        if not count:
            return {}
        found = self._collection.query(
            query_embeddings=[question], n_results=count, include=["distances"]
        )
        return {
            sentence_id: 1 - distance
            for sentence_id, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        }

    def similarities(self, question: Vectors, ids: Sequence[str]) -> dict[str, float]:
        """The cosine of each sentence of `ids` that has a vector."""
        cosines: dict[str, float] = {}
        for start in range(0, len(ids), _PAGE):
            page = self._collection.get(
                ids=list(ids[start : start + _PAGE]), include=["embeddings"]
            )
            if not page["ids"]:
                continue
            products = np.asarray(page["embeddings"], dtype=np.float32) @ question
            cosines |= dict(zip(page["ids"], products.tolist(), strict=True))
        return cosines

    def count(self) -> int:
        return int(self._collection.count())
