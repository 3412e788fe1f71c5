import json
from dataclasses import asdict
from pathlib import Path

import pytest

import evals
import prompts
from evals import PackError
from evals.checking import Checked, check, draft_statements, figures, main, summarise
from evals.statements import Statement
from qa import Evidence

FOUND = Evidence("1", "a.txt", "", "", None, "The tower is 34 metres high.", 0, 28, "", "", 1, 1, 1)


def statement(text: str, supported: bool, kind: str = "k", language: str = "en") -> Statement:
    return Statement(text, supported, kind, language, "How high is the tower?", (FOUND,))


def record(draft: str, **changes: object) -> str:
    found = [asdict(FOUND)]
    fields = {
        "question": "How high is the tower?",
        "language": "en",
        "answerable": True,
        "answers": ["34"],
        "tags": [],
        "draft": draft,
        "found": found,
    }
    return json.dumps(fields | changes)


def test_the_check_is_asked_with_the_evidence_that_fits() -> None:
    """What the evidence says passes, another number does not, and no evidence bears nothing."""
    assert check(statement("The tower is 34 metres high.", True)).correct
    assert not check(statement("The tower is 35 metres high.", False)).passed
    bare = Statement("The tower is high.", False, "k", "en", "?", ())
    assert not check(bare).passed


def test_unsupported_is_what_is_to_be_found() -> None:
    """Of three false statements two are found, of two true ones one is taken for false."""
    false, true = statement("x", False), statement("x", True)
    checked = [Checked(false, passed) for passed in (False, False, True)]
    checked += [Checked(true, True), Checked(true, False)]
    found = figures(checked)
    assert found["precision"].value == pytest.approx(2 / 3)
    assert found["recall"].value == pytest.approx(2 / 3)
    assert found["supported_passed"].value == 0.5
    assert found["balanced_accuracy"].value == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert "precision" not in figures([Checked(true, True)])


def test_figures_are_given_by_language_and_kind() -> None:
    """A kind tells which way it should be judged."""
    checked = [
        Checked(statement("x", True, "sentence", "ko"), True),
        Checked(statement("x", False, "number", "en"), True),
    ]
    summary = summarise(checked)
    assert summary["by_kind"]["+ sentence"]["value"] == 1.0
    assert summary["by_language"]["en"]["by_kind"] == {"- number": summary["by_kind"]["- number"]}
    assert summary["by_kind"]["- number"]["value"] == 0.0
    assert summary["over_kinds"] == 0.5
    assert summary["by_language"]["ko"]["over_kinds"] is None


def test_drafts_of_a_run_are_right_or_wrong_by_their_answers() -> None:
    """Refusals and drafts to unanswerable questions say nothing that can be judged."""
    lines = [
        record("It is tall. It is 34 metres high. [1]"),
        record("It is 12 metres high [1]. Yes."),
        record(prompts.REFUSAL),
        record("It is 34 metres high.", answerable=False, answers=[]),
        record(""),
        "",
    ]
    right, wrong = draft_statements(lines, budget=350)
    assert (right.text, right.supported) == ("It is 34 metres high.", True)
    assert (wrong.text, wrong.supported) == ("It is 12 metres high.", False)
    assert right.evidence == (FOUND,)


@pytest.mark.parametrize("line", ["{", json.dumps({"draft": "x"}), record("x", found=[{"a": 1}])])
def test_answers_without_their_evidence_are_refused(line: str) -> None:
    """Those of an older run cannot be judged; the message says what to do."""
    with pytest.raises(PackError, match="again"):
        draft_statements([line], budget=350)


def test_the_command_prints_figures_and_writes_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lines for people, JSON for programs, and every misjudged statement."""
    pack = Path(evals.__file__).with_name("first")
    assert main([str(pack), "--limit", "5", "--out", str(tmp_path / "out")]) == 0
    assert "balanced_accuracy" in capsys.readouterr().out
    summary = json.loads((tmp_path / "out" / "checking.json").read_text(encoding="utf-8"))
    assert summary["all"]["recall"]["n"] > 0
    assert (tmp_path / "out" / "errors.jsonl").is_file()
    assert main([str(tmp_path / "nothing")]) == 1
    assert "questions.jsonl" in capsys.readouterr().err
