"""Checking: does the text that a sentence cites bear the sentence out?"""

import re
from collections.abc import Sequence

from qa.sources import Source
from qa.types import Support
from store import question_terms, terms

# The share of a sentence's terms that its sources, or the question it answers, must hold.
_ENOUGH = 0.7
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def support(sentence: str, question: str, sources: Sequence[Source]) -> Support:
    """“supported” when the sources hold the sentence's numbers, and enough of its terms.

    Terms of the question count as held, numbers do not: an answer repeats what was asked, but
    must not take a number from there that no source has.
    """
    text = "\n".join(source.render() for source in sources)
    numbers = {_plain(number) for number in _NUMBER.findall(sentence)}
    held_numbers = {_plain(number) for number in _NUMBER.findall(f"{text}\n{question}")}
    if not sources or numbers - held_numbers:
        return "unsupported"
    said = question_terms(sentence)
    held = set(terms(text)) | set(terms(question))
    share = sum(term in held for term in said) / len(said) if said else 1.0
    return "supported" if share >= _ENOUGH else "unsupported"


def best_source(sentence: str, sources: Sequence[Source]) -> Source | None:
    """The source that holds most of the sentence's terms; the earlier of equals."""
    said = set(question_terms(sentence))
    return max(sources, key=lambda s: len(said & set(terms(s.text))), default=None)


def _plain(number: str) -> str:
    return number.replace(",", "")
