"""What the disk refuses, told as a StorageError that says what to do."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store.errors import OwngroundError, StorageError

# Below this a database can neither be opened nor grow.
_LEAST_FREE = 4_000_000
_ADVICE = "Check that it can be read and written, or choose another folder with --data"


@contextmanager
def storage_errors(
    path: Path, kind: type[Exception] = Exception, advice: str = _ADVICE
) -> Iterator[None]:
    """Turn errors of a kind about `path` into a StorageError; our own errors pass.

    `advice` is what to do unless the disk is full.
    """
    try:
        yield
    except OwngroundError:
        raise
    except kind as error:
        if _is_full(error, path):
            advice = "Free some space on its disk, or choose another folder with --data"
        raise StorageError(
            f"{path} cannot be used ({error}). {advice}; what was there before is unchanged."
        ) from error


def _is_full(error: Exception, path: Path) -> bool:
    words = str(error).lower()
    folder = next(parent for parent in (path, *path.absolute().parents) if parent.is_dir())
    told = any(sign in words for sign in ("is full", "no space", "quota"))
    return told or shutil.disk_usage(folder).free < _LEAST_FREE
