import json
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


def test_packs_whose_documents_have_the_same_names_are_measured_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As those of one text in several languages have: each finds its own."""
    told = {
        "en": ("The ferry leaves at nine.", "When does the ferry leave?", "nine"),
        "ko": ("여객선은 아홉 시에 떠난다.", "여객선은 언제 떠나나요?", "아홉 시"),
    }
    for language, (text, question, answer) in told.items():
        documents = tmp_path / language / "documents"
        documents.mkdir(parents=True)
        (documents / "ferry.txt").write_text(text, "utf-8")
        asked = {
            "id": language,
            "question": question,
            "answers": [answer],
            "answerable": True,
            "evidence": [{"document": "ferry.txt", "text": text}],
            "language": language,
        }
        (tmp_path / language / "questions.jsonl").write_text(json.dumps(asked), "utf-8")
    packs = [str(tmp_path / language) for language in ("ko", "en")]
    assert retrieval.main([*packs, "--data", str(tmp_path / "data")]) == 0
    _, _, *rows = capsys.readouterr().out.splitlines()
    assert {row.split(" | ")[3] for row in rows if "ownground" in row} == {"1.000"}
