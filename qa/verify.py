"""Answering: which evidence answers the question, and which the model's words point to."""

from collections.abc import Sequence

from qa.language import language
from qa.numbers import numbers
from qa.support import denials, same_script
from store import Evidence, question_terms, script_language

# The share of what a sentence adds to the question that evidence must hold to be quoted for it.
_HALF = 0.5

# Answerability is coverage plus this many times the cosine above _UNRELATED, the cosine that
# sentences without anything in common reach with the built-in embedding. The thresholds were set
# on questions with and without an answer, by language: what a question covers of its answer depends
# on how words are inflected, cut and counted. Of XQuAD questions that these were not set on, 91
# with an answer and 138 without in each of twelve languages, they let 0.95 to 1.0 of the first
# through and refuse 0.94 to 0.99 of the others. Another is for where the model declines: lower in
# scripts whose terms are pairs of characters, since there a question's own wording weighs more in
# its coverage.
_UNRELATED, _COSINE = 0.8, 4.0
_ANSWERABLE = {"ar": 0.3, "el": 0.4, "es": 0.55, "hi": 0.35, "mn": 0.3, "ru": 0.4}
_ANSWERABLE |= {"th": 0.55, "vi": 0.6}
_ANSWERABLE_ELSEWHERE = 0.45
# Scores closer than this are a tie: on questions in English, Korean and Chinese, quoting the second
# sentence too was right 5 to 9 in 100 times more often, for a fifth more of the answers' length.
_TIE = 0.3
_DECLINED = {"ko": 0.5, "zh": 0.5, "ja": 0.5, "ru": 0.5, "ar": 0.45, "el": 0.5, "hi": 0.55}
_DECLINED_ELSEWHERE, _STRAYED_ELSEWHERE = 0.65, 1.0
# Across scripts no term can be shared, and cosines are lower: then the model's word decides, unless
# the cosine is one that hardly any sentence beside the point has (see `qa.retrieval`).
_RELATED_ACROSS_SCRIPTS, NEAR_ACROSS_SCRIPTS = 0.8, 0.85
# Of 150 Chinese questions about English articles 147 have a sentence so near, of 150 about others
# every second one.
_LEAST_ACROSS_SCRIPTS = 0.77


def points_to(sentence: str, question: str, found: Evidence) -> bool:
    """Whether what the sentence adds to the question stands in the evidence.

    Such a sentence shows what to quote, also where its own words are not supported: half of the
    new terms and all numbers must be there, or, across scripts, one name or number.
    """
    new, held = _said(sentence) - _said(question), _said(found.text)
    if _across_scripts(sentence, found):
        return bool(new & held)
    stands = len(new & held) >= _HALF * len(new) and _amounts(sentence) <= held
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
    """Whether the sentence tells all that the evidence tells, so that quoting it adds nothing."""
    same = bool(denials(sentence)) == bool(denials(found.text))
    return same and _said(found.text) <= _said(sentence)


def tied(evidence: Sequence[Evidence], question: str) -> Sequence[Evidence]:
    """The best evidence, and the second where search does not tell the two apart.

    A number of the question by which one is called, such as a year, tells them apart.
    """
    if len(evidence) < 2 or evidence[0].score - evidence[1].score >= _TIE:
        return evidence[:1]
    first, second = (named_numbers(question, found) for found in evidence[:2])
    if first > second:
        return evidence[:1]
    return evidence[1:2] if second > first else evidence[:2]


def named_numbers(question: str, found: Evidence) -> set[str]:
    """The question's numbers that stand in what the evidence's document and section are called."""
    called = f"{found.document} {found.title} {found.heading}"
    return _amounts(question) & _amounts(called.replace("_", " "))


def may_answer(found: Evidence, question: str) -> bool:
    """Whether the evidence is near enough to the question for a model's word on it to count."""
    if _across_scripts(question, found):
        return found.similarity >= _LEAST_ACROSS_SCRIPTS
    return _answerability(found) >= _threshold(found)


def answers(found: Evidence, question: str, *, declined: bool, strayed: bool = False) -> bool:
    """Whether the evidence answers the question, judged by retrieval and by what the model did.

    It `declined`, or `strayed`: told of a name what is told of something else (see
    `qa.support.strays`). What only repeats words of the question or of the document's title, as
    headings do, is no answer.
    """
    if _said(found.text) <= _said(question) | _said(found.title):
        return False
    if _across_scripts(question, found):
        least = NEAR_ACROSS_SCRIPTS if declined else _RELATED_ACROSS_SCRIPTS
        return found.similarity >= least
    threshold = _threshold(found)
    if declined or strayed:
        elsewhere = _STRAYED_ELSEWHERE if strayed else _DECLINED_ELSEWHERE
        threshold = _DECLINED.get(script_language(question), elsewhere)
    return _answerability(found) >= threshold


def _threshold(found: Evidence) -> float:
    return _ANSWERABLE.get(found.language, _ANSWERABLE_ELSEWHERE)


def _answerability(found: Evidence) -> float:
    return found.coverage + _COSINE * (found.similarity - _UNRELATED)


def _said(text: str) -> set[str]:
    spelled = language().numerals
    return {str(spelled.get(term, term)) for term in question_terms(text)} | _amounts(text)


def _amounts(text: str) -> set[str]:
    return {f"{number.value:.15g}" for number in numbers(text)}


def _across_scripts(text: str, found: Evidence) -> bool:
    return not same_script(text, found.text)
