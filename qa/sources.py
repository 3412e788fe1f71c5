"""Sources: evidence with its neighbours, numbered, within a budget of tokens."""

from collections.abc import Sequence
from dataclasses import dataclass

from store import Evidence, count_tokens


@dataclass(frozen=True, slots=True)
class Source:
    """A stretch of one document as a prompt shows it, with the evidence sentences in it.

    `text` stands word for word at `start` of the document. `ranks` are the places of the evidence
    in the search result, from 1; the first of them is the source's number.
    """

    start: int
    text: str
    evidence: tuple[Evidence, ...]
    ranks: tuple[int, ...]

    @property
    def number(self) -> int:
        return self.ranks[0]

    def number_of(self, found: Evidence) -> int:
        """The rank of one of the source's evidence sentences, by which an answer cites it."""
        return self.ranks[self.evidence.index(found)]

    def render(self) -> str:
        """The source as one numbered block; line breaks in it cannot look like a new block."""
        best = self.evidence[0]
        place = " – ".join(part for part in (best.title, best.heading) if part)
        return " ".join(f"[{self.number}] ({place}) {self.text}".split())


def choose_sources(evidence: Sequence[Evidence], budget: int) -> tuple[Source, ...]:
    """As many sources as `budget` tokens hold, best evidence first, no stretch of text twice.

    The best evidence is always taken, even where it alone is over the budget.
    """
    chosen: list[Source] = []
    for rank, found in enumerate(evidence, start=1):
        candidate = _with(chosen, found, rank)
        if chosen and tokens_of(candidate) > budget:
            break
        chosen = candidate
    return tuple(chosen)


def tokens_of(sources: Sequence[Source]) -> int:
    """How many tokens the sources take in a prompt."""
    return sum(count_tokens(source.render()) for source in sources)


def _with(chosen: list[Source], found: Evidence, rank: int) -> list[Source]:
    start = found.start - len(found.before)
    text = found.before + found.text + found.after
    for place, source in enumerate(chosen):
        if source.evidence[0].document_id != found.document_id:
            continue
        if start <= source.start + len(source.text) and source.start <= start + len(text):
            first, joined = _join((source.start, source.text), (start, text))
            merged = Source(first, joined, (*source.evidence, found), (*source.ranks, rank))
            return [*chosen[:place], merged, *chosen[place + 1 :]]
    return [*chosen, Source(start, text, (found,), (rank,))]


def _join(one: tuple[int, str], other: tuple[int, str]) -> tuple[int, str]:
    """The union of two stretches of a document that touch or overlap."""
    (start, text), (later, more) = sorted((one, other))
    return start, text + more[max(0, start + len(text) - later) :]
