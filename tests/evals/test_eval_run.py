import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import pytest

import evals
from evals import GoldPassage, Pack, PackError, Question, evaluate, load_pack, run_pack
from qa import (
    Answer,
    AnswerSentence,
    Citation,
    Document,
    DocumentSummary,
    Evidence,
    OwngroundError,
    Timings,
    Turn,
)

DOCUMENTS = {
    "harbour.txt": "The harbour opened in 1911. Its lighthouse is 34 metres high.",
    "deep/bridge.txt": "The bridge was painted green. Its architect was Oyuna Bold.",
}
QUESTIONS = (
    Question(
        "height",
        "How high is the lighthouse?",
        "en",
        True,
        ("34",),
        (GoldPassage("harbour.txt", "Its lighthouse is\n34 metres high."),),
    ),
    Question(
        "both",
        "Which year was the harbour opened, and who was the bridge's architect?",
        "en",
        True,
        ("1911", "Oyuna Bold"),
        (
            GoldPassage("harbour.txt", "The harbour opened in 1911."),
            GoldPassage("deep/bridge.txt", "Its architect was Oyuna Bold."),
        ),
        tags=("multi-hop", "all-answers-required"),
    ),
    Question("queen", "Кто королева?", "ru", False, tags=("off-topic",)),
    Question(
        "trouble", "trouble", "ru", True, ("x",), history=({"role": "user", "content": "hm"},)
    ),
)


class Shelf:
    """Finds sentences by the words that they share with the question, and quotes the best."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.searched: list[tuple[str, int]] = []

    def search(self, question: str, top: int = 10, history: Iterable[Turn] = ()) -> list[Evidence]:
        self.searched.append((question, len(list(history))))
        if question == "trouble":
            raise OwngroundError("The search is broken; mend it.")
        wanted = set(question.lower().strip("?").split())
        found = []
        for name, text in DOCUMENTS.items():
            middle = text.index(". ") + 2
            for start, end in ((0, middle - 1), (middle, len(text))):
                score = len(wanted & set(text[start:end].lower().strip(".").split()))
                quoted = text[start:end]
                if score > 1:
                    values = (None, quoted, start, end, "", "", float(score), 0.0, 0.0)
                    found.append(Evidence(f"id-{name}", name, "", "", *values))
        return sorted(found, key=lambda one: -one.score)[:top]

    def ask(self, question: str, history: Iterable[Turn] = ()) -> Answer:
        self.asked.append((question, len(list(history))))
        best = self.search(question)[:1]
        cited = tuple(Citation.of(1, one) for one in best)
        text = f"{best[0].text} [1]" if best else "The documents do not say."
        times = Timings(1.0, None, 2.0)
        sentences = (
            AnswerSentence(text, (1,), "supported"),
            AnswerSentence("?", (), "unsupported"),
        )
        parts = (sentences, cited, (), "shelf", None, None, None, None, times)
        return Answer(question, text, not best, *parts, quoted=True)

    def documents(self) -> list[DocumentSummary]:
        return [DocumentSummary(f"id-{one}", one, one, one, 0, 0, 0, "") for one in DOCUMENTS]

    def document(self, document_id: str) -> Document:
        name = document_id.removeprefix("id-")
        return Document(document_id, name, name, name, DOCUMENTS[name])


PACK = Pack("town", Path("town"), tuple(sorted(DOCUMENTS)), QUESTIONS)


def write_pack(folder: Path) -> Path:
    for name, text in DOCUMENTS.items():
        path = folder / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    lines = [json.dumps(asdict(question)) for question in QUESTIONS[:3]]
    (folder / "questions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_answers_are_scored_end_to_end() -> None:
    """Right, wrong, refused and failed questions each come out as what they are."""
    shelf = Shelf()
    evaluation = evaluate(PACK, shelf, questions=QUESTIONS, stage="answers")
    height, both, queen, trouble = evaluation.records
    assert (height.right, height.rank, height.evidence_contains_answer) == (True, 1, True)
    assert (height.citation_precision, height.citation_recall) == (1.0, 1.0)
    assert (height.supported, height.length, queen.length) == (0.5, 6, None)
    assert (height.written_length, height.prompt_contains_answer) == (6, None)
    assert height.found[0].text == "Its lighthouse is 34 metres high."
    assert (both.right, both.all_gold, both.citation_recall) == (False, True, 0.5)
    assert (queen.right, queen.refused, queen.rank) == (True, True, None)
    assert trouble.right is None
    assert trouble.error == "OwngroundError: The search is broken; mend it."
    assert evaluation.metrics["right"].value == pytest.approx(2 / 3)
    assert evaluation.metrics["refusal_balanced_accuracy"].value == 1.0
    assert evaluation.timings["total_ms"].median == 2.0
    assert evaluation.engine == "shelf"
    assert evaluation.system == "ownground"
    assert evaluation.refusals["unanswerable"] == {"answered": 0, "refused": 1}
    assert [problem.of for problem in evaluation.errors] == ["trouble"]
    assert set(evaluation.by_language) == {"en", "ru"}
    assert set(evaluation.by_tag) == {"multi-hop", "all-answers-required", "off-topic"}
    assert ("trouble", 1) in shelf.asked


def test_retrieval_asks_no_model() -> None:
    """The stage searches only, and has no answers to score."""
    shelf = Shelf()
    evaluation = evaluate(PACK, shelf, questions=QUESTIONS[:3], stage="retrieval")
    assert shelf.asked == []
    assert evaluation.metrics["recall@1"].value == 1.0
    assert evaluation.metrics["all_gold@10"].n == 1
    assert "right" not in evaluation.metrics
    assert set(evaluation.timings) == {"evidence_ms"}


def test_a_follow_up_is_searched_with_its_history() -> None:
    """What retrieval is scored by is what the assistant searches for its answer."""
    shelf = Shelf()
    history: tuple[Turn, ...] = ({"role": "user", "content": "Is there a lighthouse?"},)
    follow_up = Question("1", "How high?", "en", True, ("34",), history=history)
    evaluate(PACK, shelf, questions=[follow_up], stage="retrieval")
    assert shelf.searched == [("How high?", 1)]


def test_a_courtesy_is_not_scored_by_evidence() -> None:
    """Right is the reply; there is nothing to find."""
    thanks = Question("1", "Thanks!", "en", True, ("welcome",), tags=("talk",))
    (record,) = evaluate(PACK, Shelf(), questions=[thanks], stage="answers").records
    assert record.right is False
    assert (record.rank, record.evidence_contains_answer) == (None, None)


def test_progress_counts_the_questions() -> None:
    """The caller is told how far it has come, whether questions failed or not."""
    told: list[str] = []
    evaluate(PACK, Shelf(), questions=QUESTIONS, stage="retrieval", progress=told.append)
    assert told == [f"{done} of 4 questions" for done in (1, 2, 3, 4)]


def test_a_gold_document_that_is_missing_is_a_miss() -> None:
    """A document that could not be added does not stop the run, its question is not found."""
    lost = Question(
        "1", "How high is the tower?", "en", True, ("5",), (GoldPassage("no.txt", "5"),)
    )
    (record,) = evaluate(PACK, Shelf(), questions=[lost], stage="retrieval").records
    assert (record.rank, record.error) == (None, None)


def test_run_pack_indexes_asks_and_reports(tmp_path: Path) -> None:
    """A pack goes in, and the three files come out with what a real library found."""
    out = tmp_path / "out"
    evaluation = run_pack(
        write_pack(tmp_path / "town"),
        limit=None,
        documents=None,
        seed=3,
        engine="quotes",
        model=None,
        stage="answers",
        data=None,
        out=out,
    )
    lines = (out / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["height", "both", "queen"]
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert (report["pack"], report["seed"], report["documents"]) == ("town", 3, 2)
    assert report["metrics"]["recall@5"]["value"] == 1.0
    assert report["errors"] == []
    assert evaluation.records[0].rank == 1
    assert (out / "report.html").is_file()


def test_an_interrupted_run_keeps_its_answers_and_no_old_report(tmp_path: Path) -> None:
    """Answers are on disk as they come; a report of an earlier run does not stay beside them."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.json").write_text("{}", encoding="utf-8")

    def interrupt(line: str) -> None:
        if line == "2 of 3 questions":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_pack(
            write_pack(tmp_path / "town"),
            limit=None,
            documents=None,
            seed=0,
            engine="quotes",
            model=None,
            stage="retrieval",
            data=tmp_path / "data",
            out=out,
            progress=interrupt,
        )
    assert len((out / "answers.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    assert not (out / "report.json").exists()


def test_an_out_folder_that_cannot_be_made_stops_before_indexing(tmp_path: Path) -> None:
    """The costly part does not begin when its results have nowhere to go."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(PackError, match="--out"):
        run_pack(
            write_pack(tmp_path / "town"),
            limit=1,
            documents=0,
            seed=0,
            engine="quotes",
            model=None,
            stage="retrieval",
            data=tmp_path / "data",
            out=tmp_path / "file",
        )
    assert not (tmp_path / "data").exists()


def test_the_written_pack_is_the_one_in_memory(tmp_path: Path) -> None:
    """What a pack's files say is what was put in."""
    assert load_pack(write_pack(tmp_path / "town")).questions == QUESTIONS[:3]


def test_public_names_exist() -> None:
    """Everything that the package promises can be had."""
    assert all(hasattr(evals, name) for name in evals.__all__)
