"""Files given to the library: found under folders, and uploads, which it keeps itself."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from store.types import Failure

# Under a collection's folder.
UPLOADS = "uploads"
_INCOMING = ".incoming"


def find_files(given: Path, base: Path | None) -> tuple[list[tuple[Path, str]], list[Failure]]:
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


def receive(path: Path, kept: Path) -> Path:
    """A copy of the file that nobody sees yet, beside the place where it is to be kept."""
    incoming = kept.parent / _INCOMING / f"{uuid4().hex}{kept.suffix}"
    incoming.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(path, incoming)
    except BaseException:
        incoming.unlink(missing_ok=True)
        raise
    return incoming


def clear_leftovers(uploads: Path, sources: Iterable[str]) -> None:
    """Delete what a stop in the middle left: copies that no source names."""
    shutil.rmtree(uploads / _INCOMING, ignore_errors=True)
    named = _names_below(uploads, sources)
    for path in uploads.iterdir() if uploads.is_dir() else ():
        if path.name not in named and path.is_file():
            path.unlink()


def delete_copies(uploads: Path, sources: Iterable[str]) -> None:
    """Delete those of the sources that are copies."""
    for name in _names_below(uploads, sources):
        (uploads / name).unlink(missing_ok=True)


def state_of(path: Path) -> str:
    """What changes whenever the file does: its size and when it was written and changed.

    "" where that cannot be told: what is wrong with such a file is told when it is read.
    """
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"


def _names_below(uploads: Path, sources: Iterable[str]) -> set[str]:
    here = uploads.resolve()
    return {path.name for path in map(Path, sources) if path.parent.resolve() == here}
