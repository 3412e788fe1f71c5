"""What the disk refuses, told as a StorageError that says what to do."""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from store.errors import OwngroundError, StorageError

# Below this a database can neither be opened nor grow.
_LEAST_FREE = 4_000_000
_REFUSALS = {errno.EACCES, errno.EPERM, errno.EROFS}
# As Chroma tells the same, and SQLite in it: there an error has words only.
_REFUSED = re.compile(
    rf"os error (?:{'|'.join(map(str, sorted(_REFUSALS)))})\b|permission denied|read-?only"
    r"|unable to open database file",
    re.IGNORECASE,
)
_TOO_MANY = re.compile(
    rf"os error (?:{errno.EMFILE}|{errno.ENFILE})\b|too many open files",
    re.IGNORECASE,
)
# Opening a library takes fewer files at a time; those that it had are closed when it has failed.
_FILES = 32
TOO_MANY_FILES = "Close other programs, or raise the limit on open files (“ulimit -n”)"
_ADVICE = "Check that it can be read and written, or choose another folder with --data"


@contextmanager
def storage_errors(
    path: Path, kind: type[Exception] = Exception, advice: str = _ADVICE
) -> Iterator[None]:
    """Turn errors of a kind about `path` into a StorageError; our own errors pass.

    `advice` is what to do unless the disk is full, too many files are open, or the system refuses
    to read or write.
    """
    try:
        yield
    except OwngroundError:
        raise
    except kind as error:
        if _is_full(error, path):
            advice = "Free some space on its disk, or choose another folder with --data"
        elif has_too_many_files(error):
            advice = TOO_MANY_FILES
        elif _is_refused(error):
            advice = _ADVICE
        raise StorageError(
            f"{path} cannot be used ({error}). {advice}; what was there before is unchanged."
        ) from error


def is_damage(error: StorageError, path: Path) -> bool:
    """Whether what is at `path` is at fault, rather than a full disk or a system that refuses."""
    cause = error.__cause__
    return isinstance(cause, Exception) and not (
        _is_full(cause, path) or has_too_many_files(cause) or _is_refused(cause)
    )


def has_too_many_files(error: Exception) -> bool:
    """Whether something failed since this process may open no more files.

    Some libraries do not tell it: SQLite's “unable to open database file” has many reasons.
    """
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.EMFILE, errno.ENFILE) or _TOO_MANY.search(str(error)):
        return True
    with ExitStack() as opened:
        try:
            for _ in range(_FILES):
                opened.enter_context(Path(os.devnull).open("rb"))
        except OSError:
            return True
    return False


def _is_refused(error: Exception) -> bool:
    number = error.errno if isinstance(error, OSError) else None
    return number in _REFUSALS or bool(_REFUSED.search(str(error)))


def _is_full(error: Exception, path: Path) -> bool:
    words = str(error).lower()
    if any(sign in words for sign in ("is full", "no space", "quota")):
        return True
    for folder in (path, *path.absolute().parents):
        # What lies in a closed folder cannot even be looked for.
        with suppress(OSError):
            usage = shutil.disk_usage(folder)
            return usage.total > 0 and usage.free < _LEAST_FREE
    return False
