"""How far something is, in lines for people."""

from collections.abc import Callable

from qa.status import EngineStatus
from store import Progress

# Percent between two lines of a download.
_STEP = 5
# Files between two lines where many are added.
_FILES = 25


def download_lines(say: Callable[[str], None]) -> Callable[[int, int, str], None]:
    """A listener that says what is being done at every twentieth of it."""
    said: int | str | None = None

    def listen(done: int, total: int, what: str) -> None:
        nonlocal said
        now = done * 100 // total // _STEP if total else what
        if now != said:
            said = now
            say(f"{what}: {done * 100 // total} %" if total else what)

    return listen


def engine_lines(say: Callable[[str], None]) -> Callable[[EngineStatus], None]:
    """A listener that says how far preparing is, then which engine and model answer, and why."""
    count = download_lines(say)

    def listen(status: EngineStatus) -> None:
        if status.total:
            count(status.done, status.total, status.message)
        elif not status.preparing:
            taken = f"{status.engine}, {status.model}" if status.model else status.engine
            say(f"Engine: {taken} ({status.message.rstrip('.')}).")

    return listen


def adding_lines(say: Callable[[str], None]) -> Callable[[Progress], None]:
    """A listener that says how far adding is at every twenty-fifth file."""
    said = 0

    def listen(progress: Progress) -> None:
        nonlocal said
        if progress.files_done // _FILES > said:
            said = progress.files_done // _FILES
            say(f"{progress.files_done} of {progress.files} files are read.")

    return listen
