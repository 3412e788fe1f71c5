"""The dossier of an answer: all that it comes from, written to a file from which it is replayed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from qa.compose import Reply, compose
from qa.errors import DossierError
from qa.overview import summarise
from qa.sources import Source
from qa.types import Answer
from store import DocumentSummary, Evidence


@dataclass(frozen=True, slots=True)
class Dossier:
    """An answer with the evidence, the prompt and the raw reply that gave it.

    `reply` is None for a courtesy, which comes from nothing else. `documents` holds the ids of the
    collection's documents by name, where they were asked for; an id is made of the SHA-256 of the
    file's bytes, so that another text has another id. `is_overview` says that the question was for
    a whole document or collection.
    """

    answer: Answer
    reply: Reply | None = None
    evidence: tuple[Evidence, ...] = ()
    sources: tuple[Source, ...] = ()
    documents: Mapping[str, str] = field(default_factory=dict)
    is_overview: bool = False
    format: Literal["ownground-dossier-1"] = "ownground-dossier-1"


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer that a dossier gives now, whether that is the recorded one, and what of the
    collection is another since, a sentence each.
    """

    answer: Answer
    same: bool
    changes: tuple[str, ...]


def write_dossier(dossier: Dossier, path: Path) -> None:
    """Write a dossier as JSON, whole or not at all. Raises DossierError."""
    from pydantic import TypeAdapter

    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(TypeAdapter(Dossier).dump_json(dossier, indent=2))
        part.replace(path)
    except OSError as error:
        raise DossierError(
            f"The dossier cannot be written to {path} ({error.strerror}). Choose another file."
        ) from error


def read_dossier(path: Path) -> Dossier:
    """The dossier in a file. Raises DossierError where it holds none."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(Dossier).validate_json(path.read_bytes())
    except OSError as error:
        raise DossierError(
            f"The dossier {path} cannot be read ({error.strerror}). Check the path."
        ) from error
    except ValidationError as error:
        raise DossierError(
            f"The file {path} is no dossier of this version. “qa ask --record FILE” writes one."
        ) from error


def replay(dossier: Dossier, documents: Sequence[DocumentSummary]) -> Replay:
    """Check and compose the recorded reply again, without a model."""
    answer = dossier.answer
    if dossier.reply is not None:
        compose_again = summarise if dossier.is_overview else compose
        composed = compose_again(dossier.reply, dossier.evidence, dossier.sources)
        answer = replace(composed, timings=answer.timings)
    now = {document.name: document.id for document in documents}
    return Replay(answer, answer == dossier.answer, tuple(_changes(dossier.documents, now)))


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    gone = [name for name in before if name not in now]
    other = [name for name in before if name in now and now[name] != before[name]]
    new = [name for name in now if name not in before]
    return [
        *(f"{name} is not in the collection any more." for name in gone),
        *(f"{name} has another text." for name in other),
        *(f"{name} is new in the collection." for name in new),
    ]
