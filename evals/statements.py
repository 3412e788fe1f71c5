"""Statements to check: what gold sentences say, said in other ways, and false twins of it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from random import Random

from evals.packs import choose
from evals.perturb import PERTURBATIONS, Surroundings, wrong_answers
from evals.scoring import contains_answer
from evals.text import words
from evals.types import GoldPassage, Pack, Question
from qa import Evidence, split_sentences

# Shorter sentences say too little to be changed, longer ones are lists or were split wrongly.
_SHORTEST, _LONGEST = 5, 120


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, the evidence that it is held to, and whether that bears it out."""

    text: str
    supported: bool
    kind: str
    language: str
    question: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class GoldSentence:
    """The sentence of a gold passage that answers a question."""

    question: Question
    evidence: Evidence
    answer: str


def gold_statements(pack: Pack, limit: int | None, seed: int) -> list[Statement]:
    """Statements about at most `limit` gold sentences of a pack, the same for the same seed."""
    answerable = [question for question in pack.questions if question.answerable]
    golds: dict[str, GoldSentence] = {}
    for question in choose(answerable, None if limit is None else 2 * limit, seed):
        gold = gold_sentence(question)
        if gold is not None and len(golds) < (limit or len(answerable)):
            golds.setdefault(gold.evidence.text, gold)
    names = _names(answerable)
    sentences = {gold.evidence.text: gold.evidence.document for gold in golds.values()}
    return [
        statement
        for gold in golds.values()
        for statement in _statements(gold, names, sentences, seed)
    ]


def gold_sentence(question: Question) -> GoldSentence | None:
    """Of the gold sentences with an accepted answer, that with most of the question's words."""
    asked = set(words(question.question).words)
    found = [
        (len(asked & set(words(evidence.text).words)), evidence, answer)
        for passage in question.evidence
        for evidence in sentences_of(passage)
        if _SHORTEST <= len(words(evidence.text).words) <= _LONGEST
        for answer in question.answers[:1]
        if contains_answer(evidence.text, (answer,), question.tags)
    ]
    if not found:
        return None
    _, evidence, answer = max(found, key=lambda one: one[0])
    return GoldSentence(question, evidence, answer)


def sentences_of(passage: GoldPassage) -> Iterator[Evidence]:
    """The passage's sentences with their neighbours, as a search would find them."""
    text, places = passage.text, split_sentences(passage.text)
    for at, place in enumerate(places):
        first, last = places[max(0, at - 1)].start, places[min(at + 1, len(places) - 1)].end
        yield Evidence(
            document_id=passage.document,
            document=passage.document,
            title=PurePosixPath(passage.document).stem.replace("_", " "),
            heading="",
            page=passage.page,
            text=text[place.start : place.end],
            start=place.start,
            end=place.end,
            before=text[first : place.start],
            after=text[place.end : last],
            score=0.0,
            similarity=1.0,
            coverage=1.0,
        )


def _statements(
    gold: GoldSentence,
    names: Mapping[str, Sequence[str]],
    sentences: Mapping[str, str],
    seed: int,
) -> Iterator[Statement]:
    evidence, question = gold.evidence, gold.question
    rng = Random(f"{seed}:{question.id}")

    def statement(text: str, supported: bool, kind: str) -> Statement:
        return Statement(text, supported, kind, question.language, question.question, (evidence,))

    yield statement(evidence.text, True, "sentence")
    for kind, text in rephrased(evidence.text, gold.answer):
        yield statement(text, True, kind)
    elsewhere = [
        one for document in names if document != evidence.document for one in names[document]
    ]
    given = Surroundings(
        evidence=evidence.text,
        around=f"{evidence.before} {evidence.after}",
        names=(*names[evidence.document], *rng.sample(elsewhere, min(100, len(elsewhere)))),
        sentences=tuple(
            text for text, document in sentences.items() if document != evidence.document
        ),
    )
    for kind, perturb in PERTURBATIONS.items():
        changed = perturb(evidence.text, given, rng)
        if changed is not None and changed != evidence.text:
            yield statement(changed, False, kind)
    stated = state(question.question, gold.answer)
    if stated is not None:
        yield statement(stated, True, "stated")
        wrong = [state(question.question, one) for one in wrong_answers(gold.answer, given)]
        if twins := [one for one in wrong if one is not None]:
            yield statement(rng.choice(twins), False, "wrong answer")


def rephrased(sentence: str, answer: str) -> Iterator[tuple[str, str]]:
    """The sentence shortened or respelt so that it says no more than before: kind and text."""
    trimmed = _PARENTHESIS.sub("", sentence)
    trimmed = _RELATIVE.sub("", _ADJUNCT.sub("", trimmed))
    if trimmed != sentence and len(words(trimmed).words) >= _SHORTEST:
        yield "trimmed", trimmed[0].upper() + trimmed[1:]
    clauses = [clause.strip() for clause in _CLAUSES.split(sentence)]
    for clause in clauses:
        enough = _SHORTEST <= len(words(clause).words) < len(words(sentence).words)
        whole = clause.count("(") == clause.count(")")
        if (
            enough
            and whole
            and not _CONDITION.search(clause)
            and contains_answer(clause, (answer,))
        ):
            yield "clause", clause
            break
    respelt = _SPELT.sub(lambda match: _DIGITS[match[0].casefold()], sentence)
    respelt = _GROUPED.sub(lambda match: match[0].replace(",", ""), respelt)
    if respelt != sentence:
        yield "respelt", respelt


def state(question: str, answer: str) -> str | None:
    """The question with its answer as one statement, where its form allows it."""
    asked = question.strip().rstrip("?？").strip()
    for pattern, form in _FORMS:
        match = pattern.search(asked)
        if match is not None:
            text = match.expand(form).replace(_ANSWER, answer)
            text = asked[: match.start()] + text + asked[match.end() :]
            return text[0].upper() + text[1:] + _stop(text, answer)
    return None


def _stop(text: str, answer: str) -> str:
    if not re.search("[가-힣]", text):
        return "。" if re.search("[一-鿿]", text) else "."
    if not text.endswith(answer):
        return "."
    last = answer[-1]
    vowel = "가" <= last <= "힣" and (ord(last) - 0xAC00) % 28 == 0
    return "다." if vowel else "이다."


def _names(questions: Iterable[Question]) -> dict[str, list[str]]:
    """Short accepted answers by document: the names, numbers and dates that a pack turns on."""
    found: dict[str, dict[str, None]] = {}
    for question in questions:
        for passage in question.evidence:
            here = found.setdefault(passage.document, {})
            here.update(
                dict.fromkeys(one for one in question.answers if 2 <= len(one) <= _NAME_LENGTH)
            )
    return {document: list(here) for document, here in found.items()}


_NAME_LENGTH = 30
_PARENTHESIS = re.compile(r"\s?[(（][^()（）]*[)）]")
_ADJUNCT = re.compile(r"^(?:In|On|At|By|During|After|Before|Since|From) [^,]{2,40}, (?=[A-Za-z])")
_RELATIVE = re.compile(r",? (?:which|who|where|whose) [^,]+(?=\.$)")
_CLAUSES = re.compile(r"(?<!\d)[,;](?= )|[，；;]")
_CONDITION = re.compile(
    r"\b(?:if|unless|although|though|while|whether|not|no|never|without)\b|如果|若|雖然|虽然|除非"
    r"|[면만며고나]$",
    re.IGNORECASE,
)
_DIGITS = dict(
    zip(
        "two three four five six seven eight nine ten eleven twelve".split(),  # noqa: SIM905
        map(str, range(2, 13)),
        strict=True,
    )
)
_SPELT = re.compile(rf"\b(?:{'|'.join(_DIGITS)})\b(?! (?:hundred|thousand|million))", re.IGNORECASE)
_GROUPED = re.compile(r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?![\d,])")

_ANSWER = "\0"
_AUXILIARY = "do|does|did|is|was|are|were|has|have|had|can|could|will|would|should|may|might|must"
_HAN_ASKED = (
    "誰|谁|哪一?[個个位座種种項项條条本部]?(?:國家|国家|國|国|城市|地區|地区|地方|民族|世紀|世纪|時期"
    "|时期|朝代|人|省|州|洲)|哪一?年|何時|何时|什麼時候|什么时候|何年|哪裡|哪里|何處|何处|何地"
)
_FORMS = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        (rf"^Who (?!(?:{_AUXILIARY})\b)(?=[a-z]+(?:s|ed|t|n|e|w|d)\b )", f"{_ANSWER} "),
        (
            # A noun phrase: nothing that the answer would have to stand inside of.
            r"^(?:Who|What) (is|was|are|were) ((?:the|an?|his|her|its|their) (?:[\w'’-]+ ){0,7}"
            r"(?!(?:of|in|to|for|with|under|above|from|by|as|called|named)$|\w+ing$)[\w'’-]+)$",
            rf"\2 \1 {_ANSWER}",
        ),
        (r"^Who (was) ([A-Z][\w ]+)$", rf"\2 \1 {_ANSWER}"),
        (r"^Who (?=(?:is|was|has|had|were) (?!the\b))", f"{_ANSWER} "),
        (r"(?<= )(?:what|who|whom|when|where)$", _ANSWER),
        (
            r"(?<=[은는]) ?(?:무엇|누구|어디|언제|얼마|몇 ?\S{1,2}|어느 \S+)?"
            r"(?:인가요?|일까요?|입니까|인지|이라고 하는가)?$",
            f" {_ANSWER}",
        ),
        (_HAN_ASKED, _ANSWER),
        (r"(?:什麼|甚麼|什么|多少)$", _ANSWER),
        (r"(?<=[為为是叫於及])$", _ANSWER),
    )
)
