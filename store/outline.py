"""A document's outline: the sentences that lead its sections, as evidence, without a question."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from store.blocks import columns, is_number_row
from store.sentences import SENTENCE_END
from store.types import Document, Evidence, Passage

# A sentence of fewer columns tells little alone: “Not so.”, “사투리가 문제였다.”
_LEAST_COLUMNS = 32
# So many leads are an outline; where sections give fewer, passages do, and then sentences.
_ENOUGH = 3
_FRAGMENT = re.compile(r"^[(（a-zа-яё]|[?？؟]$")


def outline(document: Document, passages: Sequence[Passage], count: int) -> list[Evidence]:
    """At most `count` sentences, in the order of the text, that tell what the document is about.

    The first is the document's lead, the others lead sections, from its beginning to its end: the
    first sentences of a text are the strong baseline of extractive summaries (Nenkova 2005).
    Titles, questions, rows of tables and fragments are taken only where no sentence stands in the
    whole document. No question was searched, so all scores are 0.
    """
    standing = [
        (passage, place)
        for passage in passages
        for place in range(len(passage.sentences))
        if _stands(document, passage, place)
    ]
    places = standing or [(passage, 0) for passage in passages]
    first: dict[int, tuple[Passage, int]] = {}
    for passage, place in places:
        first.setdefault(passage.start, (passage, place))
    by_passage = list(first.values())
    by_section = list(_by_section(by_passage))
    leads = next((some for some in (by_section, by_passage) if len(some) >= _ENOUGH), places)
    return [_evidence(document, *leads[at]) for at in _spread(len(leads), count)]


def _by_section(leads: Sequence[tuple[Passage, int]]) -> Iterator[tuple[Passage, int]]:
    """The leads that come first under their heading; without one every passage is a section."""
    yield from leads[:1]
    for (before, _), (passage, place) in pairwise(leads):
        if not passage.heading or passage.heading != before.heading:
            yield passage, place


def _spread(length: int, count: int) -> list[int]:
    """`count` places of `length`, the first among them, as far from one another as can be."""
    if length <= count:
        return list(range(length))
    return [round(at * (length - 1) / max(1, count - 1)) for at in range(count)]


def _stands(document: Document, passage: Passage, place: int) -> bool:
    """Whether it is a sentence that can be understood where it is quoted alone."""
    sentence = passage.sentences[place]
    text = document.text[sentence.start : sentence.end]
    is_row = " | " in text or "\t" in text or is_number_row(text)
    is_whole = bool(SENTENCE_END.search(text)) and not _FRAGMENT.search(text)
    is_title = text.strip(".") in (document.title, passage.heading)
    return is_whole and columns(text) >= _LEAST_COLUMNS and not is_row and not is_title


def _evidence(document: Document, passage: Passage, place: int) -> Evidence:
    sentences, sentence = passage.sentences, passage.sentences[place]
    first = sentences[max(0, place - 1)].start
    last = sentences[min(place + 1, len(sentences) - 1)].end
    return Evidence(
        document.id,
        document.name,
        document.title,
        passage.heading,
        document.page_at(sentence.start),
        document.text[sentence.start : sentence.end],
        sentence.start,
        sentence.end,
        document.text[first : sentence.start],
        document.text[sentence.end : last],
        0.0,
        0.0,
        0.0,
        document.text[passage.start : passage.end],
    )
