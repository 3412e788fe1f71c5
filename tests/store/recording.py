"""The built-in embedding, watched."""

import threading
from collections.abc import Sequence

from store.embedding import BuiltinEmbedder, Vectors


class RecordingEmbedder(BuiltinEmbedder):
    """Remembers what it embedded, and can be held."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []
        self.free = threading.Event()
        self.free.set()

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.free.wait(30)
        self.given += texts
        return super().passages(texts)
