"""Wording: a model's words in the characters and names that the one who asks uses."""

from collections.abc import Sequence
from dataclasses import replace

from store import Evidence, Name, prefer, unify, written_like


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
