"""The values of an evaluation, from the pack that goes in to the figures that come out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from qa import Evidence, Turn

Stage = Literal["retrieval", "answers"]


@dataclass(frozen=True, slots=True)
class GoldPassage:
    """The text that answers a question, its document's name, and its page counted from 1."""

    document: str
    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a pack. `answers` are accepted answers, `history` earlier turns, oldest first."""

    id: str
    question: str
    language: str
    answerable: bool
    answers: tuple[str, ...] = ()
    evidence: tuple[GoldPassage, ...] = ()
    history: tuple[Turn, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """A folder with `documents/` and the questions to ask of them.

    `documents` holds the names of all files: their paths relative to `documents/`, with `/`.
    """

    name: str
    folder: Path
    documents: tuple[str, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """What became of one question. None means that it was not scored in this respect.

    `rank` is the place of the first evidence that hits one of the `gold` passages, from 1, and
    None when none of it does; `found` is that evidence. `supported` is the share of the shown
    sentences that are; `length` counts the words of the shown answer with what it quotes,
    `written_length` of those that the model wrote; times are milliseconds. Of evidence, `@5` is of
    the best five; `prompt_contains_answer` of what the model was sent, None where none was asked.
    `failure` says why the engine broke off, where the answer had to do without it; `error` why
    there is no answer.
    """

    id: str
    question: str
    language: str
    answerable: bool
    tags: tuple[str, ...]
    answers: tuple[str, ...]
    gold: int
    rank: int | None = None
    all_gold: bool | None = None
    evidence_contains_answer: bool | None = None
    prompt_contains_answer: bool | None = None
    right: bool | None = None
    refused: bool | None = None
    supported: float | None = None
    length: int | None = None
    written_length: int | None = None
    citation_precision: float | None = None
    citation_recall: float | None = None
    token_recall: float | None = None
    token_f1: float | None = None
    answer: str | None = None
    quoted: bool | None = None
    draft: str | None = None
    engine: str | None = None
    model: str | None = None
    prompt_id: str | None = None
    prompt_tokens: int | None = None
    evidence_ms: float | None = None
    first_token_ms: float | None = None
    total_ms: float | None = None
    failure: str | None = None
    error: str | None = None
    found: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """A mean between 0 and 1 over `n` questions, with its 95 % interval `[low, high]`."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle and the 95th percentile of `n` measurements."""

    median: float
    p95: float
    n: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A question (its id) or a document (its name) that could not be used, and why."""

    of: str
    message: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that a run found out.

    `system` names what was asked. `engine`, `model` and `prompt_id` are those that answered, joined
    by ", " where several did, and None where none was asked; `seed` and `documents` are None where
    the caller had put the documents in. `refusals` counts questions: by whether the documents
    answer them, then by whether the system did. `sizes` are words and tokens.
    """

    pack: str
    system: str
    stage: Stage
    started: str
    records: tuple[Record, ...]
    metrics: Mapping[str, Metric]
    refusals: Mapping[str, Mapping[str, int]]
    timings: Mapping[str, Spread]
    sizes: Mapping[str, Spread]
    by_language: Mapping[str, Mapping[str, Metric]]
    by_tag: Mapping[str, Mapping[str, Metric]]
    errors: tuple[Problem, ...]
    versions: Mapping[str, str]
    engine: str | None = None
    model: str | None = None
    prompt_id: str | None = None
    seed: int | None = None
    documents: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of `report.json` and `qa eval --json`: all but the single questions."""
        fields = asdict(self)
        return fields | {"questions": len(fields.pop("records"))}
