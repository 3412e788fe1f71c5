"""Courtesies: what is said to thanks, to greetings and to questions about the assistant itself."""

from collections.abc import Sequence

from qa.addresses import is_loopback
from qa.conversation import Asked, languages
from qa.engines import Engine
from qa.settings import Settings
from qa.types import Answer, Timings

# So many documents are named when somebody asks which there are.
_NAMED = 5


def reply(
    asked: Asked, engine: Engine, settings: Settings, documents: Sequence[str], total_ms: float
) -> Answer:
    """The answer to what is no question for the documents, in the language that it was said in."""
    return Answer(
        question=asked.question,
        answer=words(asked, documents, _other_machine(engine, settings)),
        refused=False,
        sentences=(),
        citations=(),
        nearest=(),
        engine=engine.name,
        model=engine.model,
        prompt_id=None,
        prompt_tokens=None,
        context_tokens=None,
        timings=Timings(0.0, None, total_ms),
        kind=asked.kind,
    )


def words(asked: Asked, documents: Sequence[str], machine: str | None) -> str:
    """What is said; `documents` are their names, `machine` the other one that questions go to."""
    said: dict[str, str] = languages()[asked.language]["reply"]
    place = said["elsewhere"].format(host=machine) if machine else said["here"]
    named = ", ".join(documents[:_NAMED]) + (", …" if len(documents) > _NAMED else "")
    listed = f"{len(documents)} ({named})" if documents else "0"
    return said[asked.reply].format(documents=listed, place=place)


def _other_machine(engine: Engine, settings: Settings) -> str | None:
    """Where questions go, if not to this machine: only the setting can name another one.

    Quotations that stand in until an engine is ready may give way to that machine.
    """
    host = settings.ollama_host
    here = engine.name == "builtin" or settings.engine in ("builtin", "quotes")
    if here or host is None or is_loopback(host):
        return None
    return host
