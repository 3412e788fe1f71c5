"""The library's values. Offsets count characters (code points) of a document's extracted text."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Document:
    """One file's extracted text.

    `id` comes from the file's bytes, so equal content has equal ids. `pages` holds the offset at
    which every page starts, and is empty where the format has no pages.
    """

    id: str
    name: str
    path: str
    title: str
    text: str
    pages: tuple[int, ...] = ()

    def page_at(self, offset: int) -> int | None:
        return page_at(self.pages, offset)


def page_at(pages: Sequence[int], offset: int) -> int | None:
    """The page, counted from 1, on which `offset` lies; None where there are no pages."""
    return bisect_right(pages, offset) if pages else None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A half-open range `[start, end)` of a document's text."""

    start: int
    end: int


def sentence_id(document_id: str, ordinal: int) -> str:
    """The name of a sentence's vector."""
    return f"{document_id}:{ordinal}"


def document_of(sentence: str) -> str:
    """The id of the document that has the sentence."""
    return sentence.rpartition(":")[0]


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring sentences of one section, under its heading (empty where there is none)."""

    start: int
    end: int
    heading: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that bears on a question, word for word, with its neighbours in the passage.

    `before` ends where `text` starts, and `after` starts where it ends, white space included;
    `passage` is all that it was found in, `language` that one's ISO 639-1 code.
    `score` ranks (higher is better) and is comparable only within one search. `similarity` is the
    cosine of question and sentence; `coverage` the share of the question's terms, weighted by how
    rare they are, that the sentence with its neighbours and title holds; both are comparable
    between questions.
    """

    document_id: str
    document: str
    title: str
    heading: str
    page: int | None
    text: str
    start: int
    end: int
    before: str
    after: str
    score: float
    similarity: float
    coverage: float
    passage: str = ""
    language: str = "en"

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that `qa search --json` prints for this evidence."""
        keys = ("document", "page", "text", "start", "end")
        return {key: getattr(self, key) for key in keys} | {"score": round(self.score, 6)}


@dataclass(frozen=True, slots=True)
class Failure:
    """A path that could not be added, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of every file that was given to `add`: names, and failures with reasons."""

    added: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that `qa add --json` prints."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Move:
    """A file's name before and now."""

    before: str
    now: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What became of the files of the folders that are kept up with, by their names.

    `away` are folders that are not there, or hold no file any more: what was added from them stays.
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    moved: tuple[Move, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    away: tuple[str, ...] = ()

    @property
    def has_changed(self) -> bool:
        return bool(self.added or self.replaced or self.moved or self.removed)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that `qa sync --json` prints."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A line of `qa list`."""

    id: str
    name: str
    path: str
    title: str
    characters: int
    pages: int
    passages: int
    added_at: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far adding has come: the file at hand, and how many of the files are done."""

    file: str
    files_done: int
    files: int


@dataclass(frozen=True, slots=True)
class EmbeddingProgress:
    """How many sentences have a vector, of how many; until then they are found by words alone.

    `seconds_left` is an estimate, None where no pace was measured yet. `failure` says what stopped
    the embedding in the background, if anything did.
    """

    done: int
    total: int
    seconds_left: float | None = None
    failure: str | None = None

    @property
    def is_complete(self) -> bool:
        return self.done == self.total

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)
