"""Status: which engine answers, and why; or what is done until one does."""

from dataclasses import dataclass
from typing import Literal

Code = Literal[
    "looking", "fetching", "not_ready", "asked", "quotes_asked", "ollama", "no_ollama", "failed"
]
_ENGLISH: dict[Code, str] = {
    "looking": "looking for an engine",
    "fetching": "{detail}",
    "not_ready": "no engine is ready yet",
    "asked": "as asked",
    "quotes_asked": "quotes only, as asked",
    "ollama": "Ollama answers",
    "no_ollama": "no Ollama with a model answers",
    "failed": "quotes only: {detail}",
}
_LEAVES = "{reason}; questions and their evidence leave this machine for {address}"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason by its code, for a door with words of its own; `str` gives it in English.

    `detail` is what is fetched or what failed, in English. `address` is the other machine that
    gets to read questions and evidence, None where they stay on this one.
    """

    code: Code
    detail: str = ""
    address: str | None = None

    def __str__(self) -> str:
        reason = _ENGLISH[self.code].format(detail=self.detail)
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
