"""Memory: what native code takes is blank while it writes files."""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Of glibc's malloc.h: what is allocated is filled with the complement of this byte.
_M_PERTURB, _BLANK = -6, 0xFF


class _Filling:
    """Whether malloc fills what it gives, for as long as anybody wants it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = 0

    def want(self, more: int) -> None:
        with self._lock:
            self._wanted += more
            set_option = getattr(ctypes.CDLL(None), "mallopt", None)
            if set_option is not None:
                set_option(_M_PERTURB, _BLANK if self._wanted else 0)


_filling = _Filling()


@contextmanager
def blank_memory() -> Iterator[None]:
    """Meanwhile what C code allocates is zero instead of what this process had there before.

    Chroma's index (hnswlib) allocates room for more vectors than it has and writes all of it to its
    file: without this, pieces of documents, also of removed ones, are found in there. With glibc
    only. Everything else of the process pays for it too, so it is not on for longer than needed.
    """
    _filling.want(1)
    try:
        yield
    finally:
        _filling.want(-1)
