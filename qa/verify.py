"""Checking: does the evidence bear a sentence out, and does it answer the question at all?"""

import re
from collections.abc import Sequence

from qa.types import Support
from store import Evidence, question_terms, script_language, terms

# The share of a sentence's terms that its evidence must hold, and of its new ones to be quoted.
_ENOUGH, _HALF = 0.7, 0.5
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# A model writes 5 where a source says five, and the other way round. “One” is mostly a pronoun.
_SPELLED = dict(
    zip(
        "two three four five six seven eight nine ten eleven twelve".split(),  # noqa: SIM905
        map(str, range(2, 13)),
        strict=True,
    )
)

# Answerability is coverage plus this many times the cosine above _UNRELATED, the cosine that
# sentences without anything in common reach with the built-in embedding. The thresholds were set
# on questions with and without an answer in English, Korean and Chinese: one for all, and one for
# where the model declines, which is lower in scripts whose terms are pairs of characters, since
# there a question's own wording weighs more in its coverage.
_UNRELATED, _COSINE = 0.8, 4.0
_ANSWERABLE = 0.45
_DECLINED = {"ko": 0.5, "zh": 0.5, "ja": 0.5}
_DECLINED_ELSEWHERE = 0.85
# Across scripts no term can be shared, and cosines are lower: then the model's word decides.
_RELATED_ACROSS_SCRIPTS = 0.8


def support(sentence: str, found: Evidence) -> Support:
    """“supported” when the evidence, with its neighbours, holds what the sentence says.

    It must hold all numbers of the sentence, and enough of its terms. What the question says is
    no support: a wrong name in the words of the question would pass. A sentence in another script
    cannot be compared, so it is unsupported.
    """
    around = found.before + found.text + found.after
    if _across_scripts(sentence, found) or _numbers(sentence) - _numbers(around):
        return "unsupported"
    said = _said(sentence)
    shared = said & _said(f"{found.title} {found.heading} {around}")
    return "supported" if shared and len(shared) >= _ENOUGH * len(said) else "unsupported"


def points_to(sentence: str, question: str, found: Evidence) -> bool:
    """Whether what the sentence adds to the question stands in the evidence.

    Such a sentence shows what to quote, also where its own words are not supported: half of the
    new terms and all numbers must be there, or, across scripts, one name or number.
    """
    new, held = _said(sentence) - _said(question), _said(found.text)
    if _across_scripts(sentence, found):
        return bool(new & held)
    stands = len(new & held) >= _HALF * len(new) and _numbers(sentence) <= held
    return bool(new) and stands


def best_evidence(
    sentence: str, question: str, evidence: Sequence[Evidence], cited: Sequence[Evidence] = ()
) -> Evidence | None:
    """The evidence that holds most of what the sentence adds to the question.

    Of equals it is the one that holds most of the whole sentence, then a cited one, then the first.
    """
    said = _said(sentence)
    new = said - _said(question)

    def held(found: Evidence) -> tuple[int, int, bool]:
        has = _said(found.text)
        return len(new & has), len(said & has), found in cited

    return max(evidence, key=held, default=None)


def says(sentence: str, found: Evidence) -> bool:
    """Whether the sentence tells what the evidence tells, so that quoting it adds nothing."""
    told = question_terms(found.text)
    held = set(terms(sentence))
    return sum(term in held for term in told) >= _ENOUGH * len(told)


def may_answer(best: Evidence, question: str) -> bool:
    """Whether the best evidence is near enough to the question for a model to be asked."""
    return _across_scripts(question, best) or _answerability(best) >= _ANSWERABLE


def answers(found: Evidence, question: str, *, declined: bool) -> bool:
    """Whether the evidence answers the question, judged by retrieval and by the model's refusal."""
    if _across_scripts(question, found):
        return found.similarity >= _RELATED_ACROSS_SCRIPTS and not declined
    if not declined:
        return _answerability(found) >= _ANSWERABLE
    threshold = _DECLINED.get(script_language(question), _DECLINED_ELSEWHERE)
    return _answerability(found) >= threshold


def _answerability(found: Evidence) -> float:
    return found.coverage + _COSINE * (found.similarity - _UNRELATED)


def _said(text: str) -> set[str]:
    return {_SPELLED.get(term, term) for term in question_terms(text)} | _numbers(text)


def _across_scripts(text: str, found: Evidence) -> bool:
    return script_language(text) != script_language(found.text)


def _numbers(text: str) -> set[str]:
    words = re.findall(r"[a-z]+", text.casefold())
    spelled = {_SPELLED[word] for word in words if word in _SPELLED}
    return {number.replace(",", "") for number in _NUMBER.findall(text)} | spelled
