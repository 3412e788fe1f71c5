"""The backlog: sentences that have no vector yet, embedded while questions are answered."""

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from time import monotonic

from store.collection import Collection
from store.embedding import Embedder, Vectors
from store.errors import StoreError
from store.storage import storage_errors
from store.types import EmbeddingProgress

# Sentences whose vectors are written at once: a write takes as long as embedding one of them.
_WRITTEN = 64
# Bytes of text that are embedded without looking whether somebody asks: a quarter of a second.
_EMBEDDED = 1_500
# The pace is that of so many writes.
_PACED = 16
# A question beside it is not slowed down (measured on 2 busy cores). A still lower priority would
# make who waits for this thread's locks wait for other programs.
_NICENESS = 5
_CLOSED = (
    "The library was closed before all sentences were embedded. What is missing follows when it is"
    " used again."
)


class Backlog:
    """Sentences of a collection that have no vector yet, those of the newest document first.

    `start` embeds them in a thread, which waits while anything is `undisturbed`; `complete` does it
    here and now. What was removed is purged first.
    """

    def __init__(self, collection: Collection, embedder: Embedder) -> None:
        self._collection = collection
        self._embedder = embedder
        # Documents that may lack vectors, the newest last; None until it is looked.
        self._pending: dict[str, None] | None = None
        # Those of them whose sentences are at hand: texts, each with the ids that need its vector.
        self._documents: list[str] = []
        self._at_hand: list[tuple[str, list[str]]] = []
        self._looked_twice = False
        self._pace: deque[tuple[int, float]] = deque(maxlen=_PACED)
        # One step at a time, in whichever thread.
        self._working = threading.Lock()
        self._changed = threading.Condition()
        self._wanted = False
        self._asking = 0
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._failure: str | None = None

    def close(self) -> None:
        """Stop at once: within a quarter of a second. What was embedded stays."""
        with self._changed:
            self._closing.set()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        # `complete` may be in the middle of a step in another thread.
        with self._working:
            pass
        if self._pace:
            with suppress(StoreError):
                self._collection.database.upkeep.set_pace(self._measured_pace())

    def push(self, document_id: str) -> None:
        """A document is new: it comes first. To be called while nobody else may write."""
        with self._changed:
            self._looked_twice = False
            if self._pending is not None:
                self._pending.pop(document_id, None)
                self._pending[document_id] = None

    def start(self) -> None:
        """Embed what there is to embed, and what will come, in a thread of low priority."""
        with self._changed:
            self._wanted = True
            self._failure = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="embed", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Meanwhile the thread embeds nothing."""
        with self._changed:
            self._asking += 1
        try:
            yield
        finally:
            with self._changed:
                self._asking -= 1
                self._changed.notify_all()

    def complete(self, progress: Callable[[EmbeddingProgress], None] | None = None) -> None:
        """Embed all that has no vector, and purge what was removed. Raises a StoreError."""
        with self.undisturbed():
            while self._step(self._closing.is_set):
                if progress:
                    progress(self.progress())
        if self._closing.is_set():
            raise StoreError(_CLOSED)

    def progress(self) -> EmbeddingProgress:
        """How far embedding has come."""
        upkeep = self._collection.database.upkeep
        total, done = upkeep.count_sentences(), self._collection.count_vectors()
        left = max(0, total - done)
        pace = self._measured_pace() if self._pace else upkeep.pace()
        seconds = left / pace if left and pace else None if left else 0.0
        return EmbeddingProgress(total - left, total, seconds, self._failure)

    def _run(self) -> None:
        _lower_priority()
        while self._may_work():
            try:
                more = self._step(self._is_interrupted)
            except Exception as error:
                # Told by `progress`, and met again, and told, by who waits for `complete`.
                with self._changed:
                    self._failure, more = str(error), False
            if not more:
                with self._changed:
                    # What was pushed meanwhile has called for `start` again.
                    self._wanted = self._failure is None and bool(self._pending)

    def _may_work(self) -> bool:
        """Wait until there is something to do and nobody asks; False when it is all over."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closing.is_set() or (self._wanted and not self._asking)
            )
        return not self._closing.is_set()

    def _is_interrupted(self) -> bool:
        return self._closing.is_set() or self._asking > 0

    def _step(self, is_interrupted: Callable[[], bool]) -> bool:
        """Embed some sentences of the newest documents; False where there is nothing left to do."""
        with self._working:
            if self._closing.is_set():
                return False
            self._look()
            if self._collection.database.upkeep.unsettled():
                return self._collection.purge(self._closing)
            newest = self._newest()
            if newest is None:
                return self._settle()
            if newest not in self._documents:
                self._gather(is_interrupted)
            try:
                self._embed_some(is_interrupted)
            except BaseException:
                self._documents = []
                raise
            if not self._at_hand:
                self._pop(self._documents)
                self._documents = []
            return True

    def _look(self) -> None:
        """Find out what there is to do, the first time."""
        if self._pending is None:
            with self._collection.writing:
                is_whole = self._collection.is_whole()
                documents = [] if is_whole else self._collection.database.document_ids()
                with self._changed:
                    self._pending = dict.fromkeys(documents)

    def _newest(self) -> str | None:
        with self._changed:
            return next(reversed(self._pending), None) if self._pending else None

    def _gather(self, is_interrupted: Callable[[], bool]) -> None:
        """Take sentences of the newest documents at hand, as many as are written at once."""
        with self._changed:
            newest_first = list(reversed(self._pending or {}))
        lacking: dict[str, str] = {}
        self._documents = []
        for document_id in newest_first:
            if len(lacking) >= _WRITTEN or is_interrupted():
                break
            lacking |= self._collection.lacking(document_id)
            self._documents.append(document_id)
        # Equal lengths keep all cores busy, and equal texts are embedded once.
        self._at_hand = _by_text(lacking)

    def _pop(self, documents: Sequence[str]) -> None:
        with self._changed:
            pending = self._pending or {}
            for document_id in documents:
                pending.pop(document_id, None)

    def _settle(self) -> bool:
        """Look once more where vectors are missing or too many, then purge those of no document.

        They are missing where a document went and came back while its sentences were at hand, and
        too many where an older SQLite file was put back.
        """
        with self._collection.writing:
            if self._newest() is not None:
                return True
            if self._collection.is_whole():
                return False
            if self._looked_twice:
                self._collection.purge(self._closing)
                return False
            with self._changed:
                self._looked_twice, self._pending = True, None
            return True

    def _embed_some(self, is_interrupted: Callable[[], bool]) -> None:
        started = monotonic()
        names: list[str] = []
        parts: list[Vectors] = []
        while self._at_hand and len(names) < _WRITTEN and not is_interrupted():
            part = _fitting(self._at_hand)
            with storage_errors(self._collection.folder):
                vectors = self._embedder.passages([text for text, _ in part])
            for (_, equal), vector in zip(part, vectors, strict=True):
                names += equal
                parts += [vector] * len(equal)
            del self._at_hand[: len(part)]
        if names:
            import numpy as np

            self._collection.write_vectors(names, np.stack(parts))
            self._pace.append((len(names), monotonic() - started))

    def _measured_pace(self) -> float:
        paced = tuple(self._pace)
        return sum(count for count, _ in paced) / sum(seconds for _, seconds in paced)


def _by_text(sentences: dict[str, str]) -> list[tuple[str, list[str]]]:
    """The texts, shortest first, each with the ids of the sentences that have it."""
    names: dict[str, list[str]] = {}
    for name, text in sentences.items():
        names.setdefault(text, []).append(name)
    return sorted(names.items(), key=lambda item: len(item[0]))


def _fitting(at_hand: Sequence[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """The first ones, of `_EMBEDDED` bytes together; one at the least."""
    size, count = 0, 0
    for text, _ in at_hand[:_WRITTEN]:
        size += len(text.encode("utf-8", "replace"))
        if count and size > _EMBEDDED:
            break
        count += 1
    return list(at_hand[:count])


def _lower_priority() -> None:
    """Let this thread, and those that its native code starts, run where nothing else wants to."""
    # On Linux alone a thread has a priority of its own.
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
