"""What works on this machine and what does not, with what to do about it."""

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from qa import weights as model_files
from qa.engines import builtin_weights
from qa.ollama import server
from qa.settings import Settings
from store import Library, OwngroundError

_LEAST_FREE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `message` says what was found, and what to do if it is not ok.

    What is not `required` may be missing, as one engine may where another answers.
    """

    name: str
    ok: bool
    message: str
    required: bool = True

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def examine(settings: Settings) -> list[Check]:
    """Look at the disk, the library, and the engines; at least one engine must be usable."""
    engines = [_check("ollama", _ollama, settings), _check("builtin", _builtin, settings)]
    usable = any(check.ok for check in engines)
    return [
        _check("disk", _disk, settings),
        _check("library", _library, settings),
        *(replace(engine, required=False) for engine in engines),
        Check("answers", usable, "an engine can answer" if usable else "quotes only, see above"),
    ]


def _check(name: str, look: Callable[[Settings], Check], settings: Settings) -> Check:
    try:
        return look(settings)
    except OwngroundError as error:
        return Check(name, False, str(error))


def _disk(settings: Settings) -> Check:
    folder = next(p for p in (settings.data, *settings.data.absolute().parents) if p.exists())
    free = shutil.disk_usage(folder).free
    enough = free >= _LEAST_FREE
    advice = "" if enough else "; free some, or give another folder with --data"
    return Check("disk", enough, f"{free / 1e9:.1f} GB free for {settings.data}{advice}")


def _library(settings: Settings) -> Check:
    with Library(settings.collection_folder) as library:
        counts = library.counts()
    found = ", ".join(f"{count} {what}" for what, count in counts.items())
    whole = counts["sentences"] == counts["vectors"]
    # Sentences are found by their words meanwhile: nothing is wrong.
    advice = "" if whole else "; “qa chat” or the next “qa add” makes the vectors that are missing"
    return Check("library", True, found + advice)


def _ollama(settings: Settings) -> Check:
    host = server(settings)
    names = [model.name for model in host.models()]
    advice = "no model yet: qa models pull qwen2.5-coder:1.5b --engine ollama"
    return Check("ollama", bool(names), f"{host.address}: {', '.join(names) or advice}")


def _builtin(settings: Settings) -> Check:
    weights = builtin_weights(settings)
    path = model_files.locate(weights, settings.weights)
    advice = f"{weights.name} is not here yet: qa models pull {weights.name}"
    return Check("builtin", path is not None, f"{weights.name} in {path}" if path else advice)
