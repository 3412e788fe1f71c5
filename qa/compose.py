"""From the model's words to the answer shown: what is borne out, beside what bears it out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import prompts
from qa.breadth import completing
from qa.citations import take_citations
from qa.disagreement import differing
from qa.sources import Source
from qa.support import check, same_script, strays
from qa.types import Answer, AnswerSentence, Citation, Timings
from qa.verify import answers, best_evidence, may_answer, points_to, says, tied
from qa.wording import unified, without_verdict, worded
from store import Evidence, Name, expected, script_language, split_sentences, tells, unify

_NEAREST = 3
# Of 37 questions for several places quoting the best one has the answer of 10, the two best of 20,
# and with what completes them of 29.
_BROAD = 2
# An answer is long with more words than these, in scripts without spaces with more characters.
_WORDS, _CHARACTERS, _UNSPACED = 30, 60, ("zh", "ja")


@dataclass(frozen=True, slots=True)
class Reply:
    """What is known when the engine has stopped: the question, its draft, counts and times.

    `searched` is the question with the topic that it leans on; `understood` says so to people.
    `messages` are the prompt, and `counted_tokens` what tiktoken counts of it. `names` are those
    that the collection's readers prefer. `broad` says that the answer stands in several places.
    """

    asked: str
    searched: str
    engine: str
    model: str | None
    model_digest: str | None
    evidence_ms: float
    understood: str | None = None
    names: tuple[Name, ...] = ()
    broad: bool = False
    warnings: tuple[str, ...] = ()
    prompt_id: str | None = None
    messages: tuple[Mapping[str, str], ...] = ()
    counted_tokens: int | None = None
    context_tokens: int | None = None
    prompt_tokens: int | None = None
    draft: str = ""
    first_token_ms: float | None = None
    failure: str | None = None
    truncated: bool = False


def compose(reply: Reply, evidence: Sequence[Evidence], sources: Sequence[Source]) -> Answer:
    """The answer: the model's sentences that their evidence bears out, then that evidence quoted.

    The best evidence is quoted if it answers the question, so that a weak model never makes an
    answer worse than the quotation alone; only where the model's sentences rest on nothing else may
    they stand for it. A question that is answered in several places has them quoted, and one that
    two documents answer differently both of them. Where nothing is left to show, the documents do
    not answer, and the nearest passages are given.
    """
    drafted = [] if reply.failure else list(_checked(reply, sources))
    told = [sentence for sentence, _ in drafted if sentence.support == "supported"]
    differs = differing(reply.searched, evidence)
    shown = list(told)
    for found in _to_quote(reply, drafted, evidence, differs):
        if not any(says(sentence.text, found) for sentence in shown):
            shown.append(quotation(found, evidence.index(found) + 1))
    if not reply.broad and differs is None and _are_enough(reply.searched, told, shown, evidence):
        shown = told
    cited = dict.fromkeys(number for sentence in shown for number in sentence.citations)
    nearest = [] if shown else range(1, min(_NEAREST, len(evidence)) + 1)
    return Answer(
        question=reply.asked,
        answer=" ".join(sentence.marked for sentence in shown),
        refused=not shown,
        sentences=tuple(shown),
        citations=tuple(Citation.of(number, evidence[number - 1]) for number in cited),
        nearest=tuple(Citation.of(number, evidence[number - 1]) for number in nearest),
        engine=reply.engine,
        model=reply.model,
        model_digest=reply.model_digest,
        prompt_id=reply.prompt_id,
        prompt_tokens=reply.prompt_tokens,
        counted_tokens=reply.counted_tokens,
        context_tokens=reply.context_tokens,
        timings=Timings(reply.evidence_ms, reply.first_token_ms, 0.0),
        understood=reply.understood,
        quoted=bool(shown) and all(sentence.quoted for sentence in shown),
        draft=reply.draft,
        truncated=reply.truncated,
        failure=reply.failure,
        warnings=reply.warnings,
        broad=reply.broad,
        differing=_both(differs, evidence, cited),
        dropped=tuple(s for s, _ in drafted if s.support == "unsupported"),
        evidence_ids=tuple(f"{e.document_id}:{e.start}-{e.end}" for e in evidence),
    )


def _to_quote(
    reply: Reply,
    drafted: Sequence[tuple[AnswerSentence, Evidence]],
    evidence: Sequence[Evidence],
    differs: Evidence | None,
) -> list[Evidence]:
    """What the model's sentences rest on, then the evidence that answers by itself, once each."""
    astray = [s for s, found in drafted if s.reason == "name" and strays(s.text, found, evidence)]
    bearing = [
        found
        for s, found in drafted
        if s.support == "supported"
        or (s not in astray and _may_bear(s.text, found, evidence[0], reply.searched))
    ]
    strayed = bool(astray) and not bearing
    # Only that it declines speaks against an answer: small models say much that no source bears out
    declined = prompts.REFUSAL in reply.draft

    def answering(found: Evidence) -> bool:
        return answers(found, reply.searched, declined=declined, strayed=strayed)

    # What the model points to settles a tie; without that both are quoted.
    best = evidence[:1] if bearing else tied(evidence, reply.searched)
    if reply.broad:
        best = evidence[:_BROAD]
    best = [found for found in best if answering(best[0]) and answering(found)]
    quoted = [*bearing[:1], *best]
    if best and reply.broad:
        quoted += completing(reply.searched, evidence)
    if differs is not None and evidence[0] in quoted:
        quoted.append(differs)
    return [*dict.fromkeys(quoted)]


def _may_bear(sentence: str, found: Evidence, best: Evidence, question: str) -> bool:
    """Whether what the sentence points to is worth quoting though it does not bear it out.

    Beside a best one in another language, which is near, the nearest in the question's own may
    still be far from it.
    """
    is_near = same_script(best.text, found.text) or may_answer(found, question)
    return is_near and points_to(sentence, question, found)


def _are_enough(
    question: str,
    told: Sequence[AnswerSentence],
    shown: Sequence[AnswerSentence],
    evidence: Sequence[Evidence],
) -> bool:
    """Whether the model's sentences do without the quotation that they rest on.

    They do where that is the best evidence, by more than a tie, where they tell a number or a time
    if that is asked for, and where quoting it would make the answer long. It is one click away.
    """
    rest_on_best = bool(told) and all(sentence.citations == (1,) for sentence in told)
    kind, text = expected(question), " ".join(sentence.text for sentence in told)
    answer = kind is None or tells(kind, text, question)
    return rest_on_best and answer and len(tied(evidence, question)) == 1 and _is_long(shown)


def _both(
    differs: Evidence | None, evidence: Sequence[Evidence], cited: Collection[int]
) -> tuple[int, ...]:
    """The numbers of the two that tell otherwise, where the answer cites both."""
    numbers = () if differs is None else (1, evidence.index(differs) + 1)
    return numbers if set(numbers) <= set(cited) else ()


def _is_long(sentences: Sequence[AnswerSentence]) -> bool:
    text = " ".join(sentence.text for sentence in sentences)
    if script_language(text) in _UNSPACED:
        return len("".join(text.split())) > _CHARACTERS
    return len(text.split()) > _WORDS


def quotation(found: Evidence, number: int) -> AnswerSentence:
    """The evidence as a sentence of an answer: word for word, without the breaks of its lines."""
    return AnswerSentence(" ".join(found.text.split()), (number,), "supported", quoted=True)


def _checked(reply: Reply, sources: Sequence[Source]) -> Iterator[tuple[AnswerSentence, Evidence]]:
    """The draft's sentences, each with its support and the evidence it was held to."""
    evidence = [found for source in sources for found in source.evidence]
    if prompts.REFUSAL in reply.draft:
        return
    for place in split_sentences(reply.draft):
        text, numbers = take_citations(reply.draft[place.start : place.end])
        text = without_verdict(text)
        cited = [found for s in sources if s.number in numbers for found in s.evidence]
        found = best_evidence(text, reply.searched, evidence, cited)
        if found is not None and any(map(str.isalnum, text)):
            number = next(s.number_of(found) for s in sources if found in s.evidence)
            said = unify(text, reply.names)
            checked = check(said, unify(reply.searched, reply.names), unified(found, reply.names))
            text = worded(text, reply.asked, reply.names)
            sentence = AnswerSentence(text, (number,), checked.support, reason=checked.reason)
            yield sentence, found
