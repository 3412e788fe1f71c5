"""Weights that are on this machine already: found, and verified once."""

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from qa.weights.entries import Weights

_CHUNK = 1 << 20
# Where the Linux service of Ollama keeps its models, whoever starts this.
_SERVICE_STORE = Path("/usr/share/ollama/.ollama/models")


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
    sha256 = sha256_of(path)
    with suppress(OSError):
        remember(path, sha256, folder)
    return sha256 == weights.sha256


def remember(path: Path, sha256: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _marker(path, folder).write_text(json.dumps(_state(path) | {"sha256": sha256}), "utf-8")


def _marker(path: Path, folder: Path) -> Path:
    return folder / f"{path.name}.verified.json"


def _state(path: Path) -> dict[str, int]:
    stat = path.stat()
    return {"bytes": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def sha256_of(path: Path, tell: Callable[[int], None] = lambda _: None) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_CHUNK):
            digest.update(block)
            tell(file.tell())
    return digest.hexdigest()
