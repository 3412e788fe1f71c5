"""How far something is, in lines for people."""

from collections.abc import Callable
from time import monotonic

from qa.status import EngineStatus
from store import EmbeddingProgress, Progress

# Percent between two lines of a download.
_STEP = 5
# Files between two lines where many are added.
_FILES = 25
# Seconds between two lines where much is embedded.
_SECONDS = 10


def download_lines(say: Callable[[str], None]) -> Callable[[int, int, object], None]:
    """A listener that says what is being done at every twentieth of it."""
    said: int | str | None = None

    def listen(done: int, total: int, what: object) -> None:
        nonlocal said
        now = done * 100 // total // _STEP if total else str(what)
        if now != said:
            said = now
            say(f"{what}: {done * 100 // total} %" if total else str(what))

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


def embedding_lines(
    say: Callable[[str], None], clock: Callable[[], float] = monotonic
) -> Callable[[EmbeddingProgress], None]:
    """A listener that says how far embedding is every ten seconds."""
    said_at = clock()

    def listen(progress: EmbeddingProgress) -> None:
        nonlocal said_at
        if clock() - said_at >= _SECONDS and not progress.is_complete:
            said_at = clock()
            say(f"Embedded: {embedded(progress)}.")

    return listen


def embedded(progress: EmbeddingProgress) -> str:
    """How far embedding is, and how long it will take."""
    told = f"{progress.done:,} of {progress.total:,} sentences"
    if progress.is_complete or progress.seconds_left is None:
        return told
    return f"{told}, {_duration(progress.seconds_left)} left"


def lacking_warnings(progress: EmbeddingProgress) -> tuple[str, ...]:
    """A sentence for who was not answered, while not all is found by its meaning."""
    if progress.is_complete:
        return ()
    return (
        f"Embedded so far: {embedded(progress)}. The others are found by their words alone: ask"
        " again later, or in the words of the documents.",
    )


def _duration(seconds: float) -> str:
    minutes = seconds / 60
    if minutes < 1:
        return "less than a minute"
    return f"about {minutes:.0f} min" if minutes < 90 else f"about {minutes / 60:.1f} h"
