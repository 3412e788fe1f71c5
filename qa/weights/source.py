"""What every source of weights shares: who watches, space, and the check of what came."""

import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qa.errors import WeightsError
from qa.status import Step
from qa.weights.entries import Weights, megabytes
from qa.weights.local import sha256_of

Progress = Callable[[int, int, Step], None]
BLOCK = 1 << 18
TICK = 0.2  # seconds between two looks at `stop` while something else is awaited


class SourceError(WeightsError):
    """One source cannot give the file; another may."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told how far it is, and who may stop it."""

    progress: Progress | None
    stop: threading.Event | None
    total: int

    def check(self) -> None:
        if self.stop is not None and self.stop.is_set():
            raise WeightsError(
                "The download was stopped; start it again and it goes on where it was."
            )

    def tell(self, done: int, step: Step) -> None:
        self.check()
        if self.progress is not None:
            self.progress(min(done, self.total), self.total, step)


def require_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise SourceError(
            f"{folder} has {megabytes(free)} free and {megabytes(needed)} are needed: "
            "free space there, or choose another folder for the weights."
        )


def check(part: Path, weights: Weights, watch: Watch) -> None:
    """SourceError, and no `part` left, where size or sha256 differ from the catalogue's."""
    size = size_of(part)
    if size != weights.bytes:
        part.unlink()
        raise SourceError(f"it gave {size} bytes instead of {weights.bytes}")
    if sha256_of(part, lambda done: watch.tell(done, Step("checking"))) != weights.sha256:
        part.unlink()
        raise SourceError("the sha256 of what it gave is wrong")


def settle(source: Path, final: Path) -> None:
    """Rename so that even after a power cut `final` is whole or not there."""
    with source.open("rb+") as file:
        os.fsync(file.fileno())
    source.replace(final)
    if os.name == "posix":
        folder = os.open(final.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def size_of(path: Path) -> int:
    """Bytes of a file; 0 where there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
