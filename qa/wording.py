"""Wording: a model's words in the characters and names that the one who asks uses."""

from collections.abc import Sequence
from dataclasses import replace

from qa.language import language
from store import Evidence, Name, prefer, unify, written_like


def without_verdict(sentence: str) -> str:
    """The sentence without a “yes” or “no” in front.

    Whether it is one depends on how the question denies or doubts, which small models get wrong;
    the sentence itself can be held to its source, and tells as much.
    """
    verdict = language().verdict.match(sentence)
    if verdict is None:
        return sentence
    rest = sentence[verdict.end() :]
    return rest[:1].upper() + rest[1:]


def worded(sentence: str, question: str, names: Sequence[Name]) -> str:
    """The sentence as readers of the question write: Traditional or Simplified characters alike,
    things by the names that the collection prefers. Quotations in it keep theirs.
    """
    return prefer(written_like(sentence, question), names)


def unified(found: Evidence, names: Sequence[Name]) -> Evidence:
    """The evidence with every thing called by one name, so that sentences can be held to it."""
    if not names:
        return found
    title, heading, before, text, after, passage = (
        unify(part, names)
        for part in (
            found.title,
            found.heading,
            found.before,
            found.text,
            found.after,
            found.passage,
        )
    )
    return replace(
        found, title=title, heading=heading, before=before, text=text, after=after, passage=passage
    )
