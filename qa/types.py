"""The answer's values."""

import re
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypedDict

from store import Evidence

Support = Literal["supported", "unsupported"]
# What speaks against a sentence: it is in another script than its evidence and cannot be compared;
# words in quotation marks, a number, what is counted, a denial or a name are not the evidence's; it
# tells what the evidence only holds possible; words say the opposite, stand nowhere, in the place
# of others, or as who does what others do; too little of it stands near.
Reason = Literal[
    "other script",
    "quotation",
    "number",
    "unit",
    "negation",
    "modality",
    "opposite",
    "name",
    "added words",
    "exchanged words",
    "roles",
    "unrelated",
]
# What a question is: for the documents, a courtesy, or about the assistant itself.
Kind = Literal["question", "talk", "about"]
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


class Turn(TypedDict):
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quotation: `text` stands word for word at `[start, end)` of the document.

    `number` is the place of the evidence in the search, from 1; `year` the latest by which the
    document calls itself, in its name, its title or the heading of the place.
    """

    number: int
    document: str
    document_id: str
    page: int | None
    text: str
    start: int
    end: int
    year: str | None = None

    @classmethod
    def of(cls, number: int, evidence: Evidence) -> "Citation":
        return cls(
            number,
            evidence.document,
            evidence.document_id,
            evidence.page,
            evidence.text,
            evidence.start,
            evidence.end,
            _latest_year(evidence.document, evidence.title, evidence.heading),
        )


def _latest_year(*texts: str) -> str | None:
    return max(_YEAR.findall(" ".join(texts)), default=None)


@dataclass(frozen=True, slots=True)
class Check:
    """Whether the evidence bears a sentence out, and if not, what speaks against it first."""

    support: Support
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence of the answer, the numbers of what it cites, and whether that bears it out.

    `quoted` says that it stands word for word in what it cites. `reason` says what speaks against
    an unsupported one.
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    quoted: bool = False
    reason: Reason | None = None

    @property
    def marked(self) -> str:
        """The sentence with the numbers of what it cites."""
        return f"{self.text} {''.join(f'[{number}]' for number in self.citations)}"


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds from the moment the question was asked; None where no model wrote."""

    evidence_ms: float
    first_token_ms: float | None
    total_ms: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What the documents say to a question.

    `refused` says that they do not answer it; `nearest` then holds the closest passages. `draft` is
    what the model wrote, before it was checked ("" where none wrote), `dropped` its sentences that
    their evidence does not bear out: they are not shown. `quoted` says that nothing in the answer
    is the model's words. `failure` says why the engine's words are missing when it broke off,
    `warnings` what had to be left out. `prompt_tokens` is the engine's own count of the prompt,
    `counted_tokens` tiktoken's. `evidence_ids` name all that was found: document, start and end.
    `broad` says that the answer was looked for in several places, and `differing` numbers the
    citations of two documents that tell it differently. `model_digest` names the very file that the
    model's weights are. `understood` is the question as it was understood after what was said
    before, None when that is the question itself. Of `kind` "talk" or "about" it is a short reply
    that cites nothing: no document was searched.
    """

    question: str
    answer: str
    refused: bool
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    nearest: tuple[Citation, ...]
    engine: str
    model: str | None
    prompt_id: str | None
    prompt_tokens: int | None
    context_tokens: int | None
    timings: Timings
    quoted: bool = False
    draft: str = ""
    truncated: bool = False
    failure: str | None = None
    warnings: tuple[str, ...] = ()
    model_digest: str | None = None
    understood: str | None = None
    kind: Kind = "question"
    counted_tokens: int | None = None
    evidence_ids: tuple[str, ...] = ()
    dropped: tuple[AnswerSentence, ...] = ()
    broad: bool = False
    differing: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that `qa ask --json` prints."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found, best first, and how long it took in milliseconds."""

    question: str
    evidence: tuple[Evidence, ...]
    evidence_ms: float

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that `qa search --json` prints."""
        return {
            "question": self.question,
            "evidence": [found.to_dict() for found in self.evidence],
            "timings": {"evidence_ms": self.evidence_ms},
        }
