"""Asks an assistant a pack's questions, and writes down what came of it."""

import hashlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import asdict, replace
from functools import lru_cache
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, Protocol

import qa
from evals import scoring
from evals.errors import PackError
from evals.packs import choose, load_pack, needed_documents
from evals.report import write_report, writing
from evals.summary import now, summarise
from evals.text import Folded, fold
from evals.types import Evaluation, Pack, Problem, Question, Record, Stage
from qa import Answer, Document, DocumentSummary, Evidence, Turn
from qa.sources import choose_sources

Progress = Callable[[str], None]

DEPTH = 10
OURS = "ownground"
ANSWERS_FILE = "answers.jsonl"


class Answering(Protocol):
    """What is evaluated. See `qa.Assistant`."""

    def search(
        self, question: str, top: int = ..., history: Iterable[Turn] = ...
    ) -> Sequence[Evidence]: ...
    def ask(self, question: str, history: Iterable[Turn] = ...) -> Answer: ...
    def documents(self) -> Sequence[DocumentSummary]: ...
    def document(self, document_id: str) -> Document: ...


# Makes what is asked of an assistant that holds the pack's documents.
Opening = Callable[[qa.Assistant], AbstractContextManager[Answering]]


def evaluate(
    pack: Pack,
    assistant: Answering,
    *,
    questions: Sequence[Question],
    stage: Stage,
    system: str = OURS,
    budget: int | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Ask the questions of an assistant that holds the pack's documents.

    `budget` is how many tokens of the evidence the model sees; None stands for all of it.

    Stage "retrieval" only searches. `progress` is told now and then, in a line for people, how
    far it has come. A question that fails is recorded with its error, and the others go on.
    """
    started = now()
    records = _told(_ask_all(assistant, questions, stage, budget), len(questions), progress)
    return summarise(pack, system, stage, started, list(records))


def run_pack(
    folder: Path,
    *,
    limit: int | None,
    documents: int | None,
    seed: int,
    engine: Literal["auto", "ollama", "builtin", "quotes"] | None,
    model: str | None,
    stage: Stage,
    data: Path | None,
    out: Path,
    progress: Progress | None = None,
    system: str = OURS,
    opening: Opening = nullcontext,
) -> Evaluation:
    """Put a pack's documents into a library, ask its questions and write the reports to `out`.

    The library is in the folder `data`, in a collection of its own that the next run with the
    same documents finds again, or, with None, in a folder that is removed afterwards. Every
    answer is in `answers.jsonl` as soon as it is there; `report.json` and `report.html` follow at
    the end. `limit` and `documents` bound what is taken from the pack, by `seed`; None takes all.
    What is asked is the assistant, or, by the name `system`, what `opening` makes of it.
    """
    pack = load_pack(folder)
    questions = choose(pack.questions, limit, seed)
    names = needed_documents(pack, questions, documents, seed)
    started = now()
    _clear(out)
    with ExitStack() as stack:
        if data is None:
            data = Path(stack.enter_context(TemporaryDirectory(prefix="ownground-eval-")))
        # Searching alone needs no model: do not wait for one to load.
        engine = engine if stage == "answers" else "quotes"
        listen = qa.engine_lines(progress or (lambda _: None))
        assistant = stack.enter_context(
            qa.open(
                data,
                collection=_collection(pack, names),
                engine=engine,
                model=model,
                progress=listen,
            )
        )
        failed = _add(assistant, pack, names, progress)
        asked = stack.enter_context(opening(assistant))
        records = []
        budget = assistant.settings.evidence_tokens if asked is assistant else None
        answered = _ask_all(asked, questions, stage, budget)
        for record in _told(answered, len(questions), progress):
            _append(out, record)
            records.append(record)
    evaluation = summarise(pack, system, stage, started, records, failed)
    evaluation = replace(evaluation, seed=seed, documents=len(names) - len(failed))
    write_report(evaluation, out)
    return evaluation


def say(line: str) -> None:
    """Progress for people, beside what goes to stdout."""
    sys.stderr.write(f"{line}\n")


def _ask_all(
    assistant: Answering, questions: Iterable[Question], stage: Stage, budget: int | None
) -> Iterator[Record]:
    ids = {document.name: document.id for document in assistant.documents()}

    # Questions of one document mostly follow each other; long documents are costly to fold.
    @lru_cache(maxsize=64)
    def read(name: str) -> tuple[str, Folded] | None:
        if name not in ids:
            return None
        return ids[name], fold(assistant.document(ids[name]).text)

    for question in questions:
        try:
            scores = _scores(assistant, question, stage, read, budget)
        except Exception as error:  # whatever it is, hours of other answers must not be lost
            scores = {"error": f"{type(error).__name__}: {error}"}
        yield replace(_blank(question), **scores)


def _scores(
    assistant: Answering,
    question: Question,
    stage: Stage,
    read: scoring.Read,
    budget: int | None,
) -> dict[str, Any]:
    # Ask before the search, which would warm up for it and flatter its timings.
    answer = assistant.ask(question.question, question.history) if stage == "answers" else None
    start = time.perf_counter()
    evidence = assistant.search(question.question, top=DEPTH, history=question.history)
    elapsed = (time.perf_counter() - start) * 1000
    gold = scoring.locate_gold(question.evidence, read)
    scores = _retrieval(question, evidence, gold)
    if answer is None:
        return scores | {"evidence_ms": elapsed}
    if answer.prompt_id and scores.get("evidence_contains_answer") is not None:
        scores["prompt_contains_answer"] = scoring.texts_contain_answer(
            _shown_to_model(evidence, budget), question.answers, question.tags
        )
    return scores | _answer(question, answer, gold)


def _shown_to_model(evidence: Sequence[Evidence], budget: int | None) -> list[str]:
    if budget is None:
        return [one.text for one in evidence]
    return [source.text for source in choose_sources(evidence, budget)]


def _retrieval(
    question: Question, evidence: Sequence[Evidence], gold: Sequence[scoring.Gold]
) -> dict[str, Any]:
    scores: dict[str, Any] = {
        "rank": scoring.rank_of_first_hit(evidence, gold),
        "found": tuple(evidence),
    }
    if gold and scoring.MULTI_HOP in question.tags:
        scores["all_gold"] = scoring.all_gold_found(evidence, gold)
    if question.answerable and scoring.TALK not in question.tags:
        scores["evidence_contains_answer"] = scoring.evidence_contains_answer(
            evidence, question.answers, question.tags
        )
    return scores


def _answer(question: Question, answer: Answer, gold: Sequence[scoring.Gold]) -> dict[str, Any]:
    scores: dict[str, Any] = {
        "right": scoring.is_right(answer, question),
        "refused": answer.refused,
        "answer": answer.answer,
        "quoted": answer.quoted if not answer.refused else None,
        "draft": answer.draft,
        "engine": answer.engine,
        "model": answer.model,
        "prompt_id": answer.prompt_id,
        "prompt_tokens": answer.prompt_tokens,
        "failure": answer.failure,
    } | asdict(answer.timings)
    if not answer.refused:
        scores |= {
            "supported": scoring.supported_share(answer),
            "length": scoring.length(answer),
            "written_length": scoring.written_length(answer),
        }
    if question.answerable and not answer.refused:
        if gold:
            precision = scoring.citation_precision(answer.citations, gold, question)
            scores["citation_precision"] = precision
            scores["citation_recall"] = scoring.citation_recall(answer.citations, gold)
        if scoring.LONG_ANSWER in question.tags:
            recall, f1 = scoring.token_overlap(answer.answer, question.answers)
            scores |= {"token_recall": recall, "token_f1": f1}
    return scores


def _blank(question: Question) -> Record:
    return Record(
        id=question.id,
        question=question.question,
        language=question.language,
        answerable=question.answerable,
        tags=question.tags,
        answers=question.answers,
        gold=len(question.evidence),
    )


def _told(records: Iterable[Record], total: int, progress: Progress | None) -> Iterator[Record]:
    step = max(1, total // 20)
    for done, record in enumerate(records, start=1):
        yield record
        if progress and (done % step == 0 or done == total):
            progress(f"{done} of {total} questions")


def _add(
    assistant: qa.Assistant, pack: Pack, names: Sequence[str], progress: Progress | None
) -> list[Problem]:
    base = pack.folder / "documents"
    step = max(1, len(names) // 20)

    def tell(adding: qa.Progress) -> None:
        if progress and adding.files_done % step == 0:
            progress(f"{adding.files_done} of {adding.files} documents")

    report = assistant.add([base / name for name in names], base=base, progress=tell)
    # What is measured is what it finds when it has all vectors.
    assistant.library.complete(qa.embedding_lines(progress) if progress else None)
    failed = [Problem(Path(one.path).name, one.reason) for one in report.failed]
    if names and len(failed) == len(names):
        raise PackError(f"None of the pack's documents could be added: {failed[0].message}")
    return failed


def _collection(pack: Pack, names: Sequence[str]) -> str:
    # Apart from the user's own documents, from runs that took other ones, and from packs whose
    # documents have the same names, as those of one text in several languages do.
    taken = "/".join([str(pack.folder.resolve()), *names])
    return f"eval-{hashlib.sha256(taken.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def _clear(out: Path) -> None:
    # A report that is there already would pass for that of the answers now written.
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        for name in ("report.json", "report.html"):
            (out / name).unlink(missing_ok=True)
        (out / ANSWERS_FILE).write_text("", encoding="utf-8")


def _append(out: Path, record: Record) -> None:
    with writing(out), (out / ANSWERS_FILE).open("a", encoding="utf-8") as file:
        file.write(dumps(asdict(record), ensure_ascii=False) + "\n")
