"""From the model's words to the answer that is shown: checked, else quoted, else a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass

import prompts
from qa.citations import take_citations
from qa.engines import Engine
from qa.settings import Settings
from qa.sources import Source
from qa.types import Answer, AnswerSentence, Citation, Timings
from qa.verify import best_source, support
from store import Evidence, split_sentences

# How much of the question the best evidence must hold to answer it by a quotation.
_COVERED, _SIMILAR = 0.5, 0.86
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Reply:
    """What is known when the engine has stopped: the question, its draft, counts and times."""

    asked: str
    searched: str
    evidence_ms: float
    draft: str = ""
    prompt_id: str | None = None
    counted_tokens: int | None = None
    prompt_tokens: int | None = None
    first_token_ms: float | None = None
    failure: str | None = None
    truncated: bool = False


def compose(
    reply: Reply,
    engine: Engine,
    evidence: Sequence[Evidence],
    sources: Sequence[Source],
    settings: Settings,
) -> Answer:
    """The answer. The model's sentences are used where their sources bear them out.

    Where none is left, the best evidence is quoted if it covers the question; else the documents
    do not answer it, and the nearest passages are given.
    """
    drafted = [] if reply.failure else check(reply.draft, reply.searched, sources)
    shown = [sentence for sentence in drafted if sentence.support == "supported"]
    declined = prompts.REFUSAL in reply.draft
    quoted = not shown and bool(evidence) and covers(evidence[0], declined)
    if quoted:
        shown = [AnswerSentence(evidence[0].text, (1,), "supported")]
    numbers = dict.fromkeys(n for sentence in shown for n in sentence.citations)
    by_number = {source.number: source for source in sources}
    citations = [Citation.of(number, _cited(by_number[number], shown)) for number in numbers]
    nearest = (
        ()
        if shown
        else tuple(
            Citation.of(number, found) for number, found in enumerate(evidence[:_NEAREST], start=1)
        )
    )
    used = reply.prompt_id is not None
    return Answer(
        question=reply.asked,
        answer=" ".join(_marked(sentence) for sentence in shown),
        refused=not shown,
        sentences=tuple(shown),
        citations=tuple(citations),
        nearest=nearest,
        engine=engine.name,
        model=engine.model,
        prompt_id=reply.prompt_id,
        prompt_tokens=reply.prompt_tokens,
        context_tokens=settings.context_tokens if used else None,
        timings=Timings(reply.evidence_ms, reply.first_token_ms, 0.0),
        quoted=quoted,
        draft=reply.draft,
        truncated=reply.truncated,
        failure=reply.failure,
    )


def check(draft: str, question: str, sources: Sequence[Source]) -> list[AnswerSentence]:
    """The draft's sentences with their citations and support; none where it declines.

    A sentence that cites nothing is given the source that holds most of its words.
    """
    if prompts.REFUSAL in draft or not sources:
        return []
    checked = []
    for sentence in split_sentences(draft):
        text, numbers = take_citations(draft[sentence.start : sentence.end])
        if not any(character.isalnum() for character in text):
            continue
        cited = [source for source in sources if source.number in numbers]
        if not cited or support(text, question, cited) == "unsupported":
            cited = [found for found in (best_source(text, sources),) if found]
        checked.append(
            AnswerSentence(text, tuple(s.number for s in cited), support(text, question, cited))
        )
    return checked


def covers(found: Evidence, declined: bool) -> bool:
    """Whether the best evidence answers the question well enough to be quoted for an answer."""
    return (
        found.coverage >= _COVERED + 0.2 * declined
        or found.similarity >= _SIMILAR + 0.02 * declined
    )


def _cited(source: Source, shown: Sequence[AnswerSentence]) -> Evidence:
    """The evidence sentence of the source that holds most of what cites it."""
    saying = " ".join(s.text for s in shown if source.number in s.citations)
    parts = [Source(n, e.start, e.text, (e,)) for n, e in enumerate(source.evidence)]
    best = best_source(saying, parts)
    return best.evidence[0] if best else source.evidence[0]


def _marked(sentence: AnswerSentence) -> str:
    return sentence.text + " " + "".join(f"[{number}]" for number in sentence.citations)
