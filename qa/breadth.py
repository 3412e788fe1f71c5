"""Breadth: whether a question is answered from one place of the documents or from several."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from store import Evidence, question_terms, terms

# A question is for several places where its evidence holds more than _FOUND of its terms, and no
# single document comes within _SPREAD of that, or within _LEAST terms. So it is for 62 in 100
# questions that were made from two articles (HotpotQA), and for 1, 2 and 1 of those made from one
# paragraph in English, Chinese and Korean.
_FOUND, _SPREAD, _LEAST = 0.75, 0.2, 1
# So many sentences complete an answer.
_MORE = 2


def is_broad(question: str, evidence: Sequence[Evidence]) -> bool:
    """Whether the answer stands in several places: the question says so, or its words are spread.

    It says so by words of comparing or listing (breadth.toml). Spread are words that mostly are
    found, but in no one document.
    """
    return bool(_words().search(question)) or _is_spread(question, evidence)


def completing(question: str, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """What completes the best evidence, at most two sentences.

    Each is of another passage, and holds most of the question's words that were missing until then.
    """
    wanted = set(question_terms(question))
    chosen, held = list(evidence[:1]), set[str]()
    while chosen and len(chosen) <= _MORE:
        held |= _terms(chosen[-1])
        passages = {(one.document_id, one.passage) for one in chosen}
        others = [one for one in evidence if (one.document_id, one.passage) not in passages]
        more = max(others, key=lambda one: len(wanted & _terms(one) - held), default=None)
        if more is None or not wanted & _terms(more) - held:
            break
        chosen.append(more)
    return tuple(chosen[1:])


def _is_spread(question: str, evidence: Sequence[Evidence]) -> bool:
    wanted = set(question_terms(question))
    by_document: dict[str, set[str]] = {}
    for one in evidence:
        near = terms(one.before + one.text + one.after)
        by_document.setdefault(one.document_id, set()).update(wanted & (_terms(one) | set(near)))
    found = len(set().union(*by_document.values()))
    most = max(map(len, by_document.values()), default=0)
    spread = found - most
    return found > _FOUND * len(wanted) and spread > max(_SPREAD * len(wanted), _LEAST)


def _terms(found: Evidence) -> set[str]:
    return set(terms(f"{found.title} {found.heading} {found.text}"))


@cache
def _words() -> re.Pattern[str]:
    text = files("qa").joinpath("breadth.toml").read_text(encoding="utf-8")
    return re.compile("|".join(f"(?:{one})" for one in tomllib.loads(text).values()), re.IGNORECASE)
