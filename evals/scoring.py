"""Scores of one question. `metrics` averages them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from evals.text import Folded, fold, locate, words
from evals.types import GoldPassage, Question
from qa import Answer, Citation, Evidence

MULTI_HOP = "multi-hop"
ALL_REQUIRED = "all-answers-required"
YES_NO_MAYBE = "yes-no-maybe"
LONG_ANSWER = "long-answer"
TALK = "talk"
LONG_ANSWER_RECALL = 0.5
CONTEXT = 5

_VERDICTS = frozenset(("yes", "no", "maybe"))
_CITATION_MARK = re.compile(r"\[\d+(?:\s*[,;]\s*\d+)*\]")
_FUNCTION_WORDS = frozenset(
    words(
        "and or but if of in on at to for from by with as is are was were be been being it its "
        "this that these those he she they his her their which who whom whose what when where "
        "there has have had do does did not no can could will would should may might than then "
        "so such also into about over after before between"
    ).words
)


class Place(Protocol):
    """What evidence and citations have in common: a quotation and where it stands."""

    @property
    def document_id(self) -> str: ...
    @property
    def page(self) -> int | None: ...
    @property
    def text(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold passage and the ranges of its document's text that hold it (none: not found).

    `document_id` is None where the library does not have the document.
    """

    passage: GoldPassage
    document_id: str | None
    spans: tuple[tuple[int, int], ...] = ()


Read = Callable[[str], tuple[str, Folded] | None]


def locate_gold(passages: Iterable[GoldPassage], read: Read) -> tuple[Gold, ...]:
    """Find each passage by its text. `read` gives the id and text of a document by its name."""
    return tuple(_locate(passage, read(passage.document)) for passage in passages)


def hits(place: Place, gold: Gold) -> bool:
    """Whether a quotation is from the gold passage.

    It is when the two overlap. Where the passage's text was not found, the page decides, and
    where there is none, whether the quotation's words stand in the passage.
    """
    if place.document_id != gold.document_id:
        return False
    if gold.spans:
        return any(place.start < end and start < place.end for start, end in gold.spans)
    if gold.passage.page is not None:
        return place.page == gold.passage.page
    quoted = fold(place.text).text
    return bool(quoted) and quoted in fold(gold.passage.text).text


def rank_of_first_hit(evidence: Sequence[Place], gold: Sequence[Gold]) -> int | None:
    """The place, from 1, of the first evidence from any gold passage."""
    for rank, place in enumerate(evidence, start=1):
        if any(hits(place, one) for one in gold):
            return rank
    return None


def all_gold_found(evidence: Sequence[Place], gold: Sequence[Gold]) -> bool:
    """Whether every gold passage is hit by some of the evidence."""
    return all(any(hits(place, one) for place in evidence) for one in gold)


def contains_answer(text: str, answers: Sequence[str], tags: Sequence[str] = ()) -> bool:
    """Whether a text gives an accepted answer, however it is spelt (see `words`).

    Tagged `all-answers-required`, it has to give all. Tagged `yes-no-maybe`, or where no other
    answers are accepted, the first of these words in it has to be an accepted one. Tagged
    `long-answer`, it has to hold half of the content words of a reference answer: their recall
    is at least 0.5.
    """
    return _given([text], answers, tags)


def evidence_contains_answer(
    evidence: Sequence[Evidence], answers: Sequence[str], tags: Sequence[str] = ()
) -> bool | None:
    """Whether the best five pieces with their neighbours give an accepted answer.

    None where that cannot be read off a text: a verdict of yes, no or maybe.
    """
    passages = [f"{one.before} {one.text} {one.after}" for one in evidence[:CONTEXT]]
    return texts_contain_answer(passages, answers, tags)


def texts_contain_answer(
    texts: Sequence[str], answers: Sequence[str], tags: Sequence[str] = ()
) -> bool | None:
    """`evidence_contains_answer` of texts as they are."""
    return None if _is_verdict(answers, tags) else _given(texts, answers, tags)


def is_right(answer: Answer, question: Question) -> bool:
    """Refused where the documents do not answer, and an accepted answer where they do."""
    if not question.answerable:
        return answer.refused
    return not answer.refused and contains_answer(
        _without_marks(answer.answer), question.answers, question.tags
    )


def citation_precision(
    citations: Sequence[Citation], gold: Sequence[Gold], question: Question
) -> float | None:
    """The share of citations that are from a gold passage or give an accepted answer.

    None where nothing is cited.
    """
    literal = LONG_ANSWER not in question.tags and not _is_verdict(question.answers, question.tags)
    good = [
        any(hits(citation, one) for one in gold)
        or (literal and contains_answer(citation.text, question.answers))
        for citation in citations
    ]
    return sum(good) / len(good) if good else None


def citation_recall(citations: Sequence[Citation], gold: Sequence[Gold]) -> float:
    """The share of gold passages that are cited.

    A lower bound where a pack lists passages that each suffice.
    """
    return sum(any(hits(citation, one) for citation in citations) for one in gold) / len(gold)


def supported_share(answer: Answer) -> float | None:
    """The share of the shown sentences that their evidence bears out; None where none is shown."""
    shown = [sentence.support == "supported" for sentence in answer.sentences]
    return sum(shown) / len(shown) if shown else None


def length(answer: Answer) -> int:
    """The words of a shown answer (see `words`): in Han and Kana its characters."""
    return len(words(_without_marks(answer.answer)).words)


def written_length(answer: Answer) -> int | None:
    """The words of the shown sentences that a model wrote; None where none is."""
    written = [sentence.text for sentence in answer.sentences if not sentence.quoted]
    return len(words(_without_marks(" ".join(written))).words) if written else None


def token_overlap(text: str, answers: Sequence[str]) -> tuple[float, float]:
    """Recall and F1 of content words against the reference answer that fits best."""
    given = content_words(_without_marks(text))
    scores = [_overlap(given, content_words(answer)) for answer in answers]
    return max(recall for recall, _ in scores), max(f1 for _, f1 in scores)


def content_words(text: str) -> Counter[str]:
    """How often each word stands in the text, English function words apart."""
    return Counter(word for word in words(text).words if word not in _FUNCTION_WORDS)


def _locate(passage: GoldPassage, document: tuple[str, Folded] | None) -> Gold:
    if document is None:
        return Gold(passage, None)
    document_id, text = document
    return Gold(passage, document_id, locate(text, passage.text))


def _given(passages: Sequence[str], answers: Sequence[str], tags: Sequence[str]) -> bool:
    if LONG_ANSWER in tags:
        recall, _ = token_overlap("\n".join(passages), answers)
        return recall >= LONG_ANSWER_RECALL
    texts = [words(passage) for passage in passages]
    if _is_verdict(answers, tags):
        verdicts = (word for text in texts for word in text.words if word in _VERDICTS)
        return next(verdicts, None) in set(map(_verdict, answers))
    wanted = [words(answer) for answer in answers]
    enough = all if ALL_REQUIRED in tags else any
    return enough(any(text.contains(one) for text in texts) for one in wanted)


def _is_verdict(answers: Sequence[str], tags: Sequence[str]) -> bool:
    # "no" stands in many a sentence that says nothing about the question.
    return YES_NO_MAYBE in tags or _VERDICTS.issuperset(map(_verdict, answers))


def _verdict(answer: str) -> str:
    return answer.strip().casefold()


def _overlap(given: Counter[str], reference: Counter[str]) -> tuple[float, float]:
    common = (given & reference).total()
    if not common:
        return 0.0, 0.0
    return common / reference.total(), 2 * common / (given.total() + reference.total())


def _without_marks(answer: str) -> str:
    # Else the "[1]" that cites would answer "how many?" with one.
    return _CITATION_MARK.sub(" ", answer)
