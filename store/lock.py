"""One process at a time in a folder: embedded Chroma allows no second one."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from store.errors import LibraryInUseError
from store.storage import storage_errors


def lock_folder(folder: Path) -> FileLock:
    """Take the folder for this process until the lock is released or the process ends.

    Raises LibraryInUseError, which names the process that has it, and StorageError where the
    folder cannot be written.
    """
    lock = FileLock(folder / "lock", thread_local=False)
    holder = folder / "lock-holder.json"
    with storage_errors(folder, OSError):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise LibraryInUseError(
                f"The library in {folder} is in use by {_describe(holder)}. Close that one first,"
                " or choose another folder with --data."
            ) from None
        holder.write_text(json.dumps(_this_process()), encoding="utf-8")
    return lock


def _this_process() -> dict[str, str | int]:
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]])
    since = datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H:%M")
    return {"process": os.getpid(), "command": command, "since": since}


def _describe(holder: Path) -> str:
    try:
        of = json.loads(holder.read_text(encoding="utf-8"))
        return f"“{of['command']}” (process {of['process']}, since {of['since']})"
    except (OSError, ValueError, KeyError):
        return "another process"
