from pathlib import Path

import pytest

from evals import retrieval

FIRST = Path(__file__).parents[2] / "evals/first"


def test_retrieval_stands_beside_its_halves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A row each; what they find is not the same, and only one half is without vectors."""
    options = ["--limit", "8", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "runs")]
    assert retrieval.main([str(FIRST), *options]) == 0
    head, _, *rows = capsys.readouterr().out.splitlines()
    cells = [dict(zip(head.split(" | "), row.split(" | "), strict=True)) for row in rows]
    assert [cell["system"] for cell in cells] == list(retrieval.SYSTEMS)
    assert all(0 < float(cell["hit@10"]) <= 1 for cell in cells)
    found = {
        name: (tmp_path / "runs" / "first" / name / "answers.jsonl").read_text("utf-8")
        for name in ("ownground", "words-alone", "vectors-alone")
    }
    assert len(set(found.values())) == 3


def test_a_pack_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert retrieval.main([str(tmp_path / "nowhere")]) == 1
    assert "retrieval: " in capsys.readouterr().err
