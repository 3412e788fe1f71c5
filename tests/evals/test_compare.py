import json
from dataclasses import replace
from pathlib import Path

import pytest

from evals import Evaluation, Metric, write_report
from evals.compare import main
from evals.types import Spread

RUN = Evaluation(
    pack="town",
    system="ownground",
    stage="answers",
    started="2026-01-01T00:00:00+00:00",
    records=(),
    metrics={"right": Metric(0.5, 0.25, 0.75, 8)},
    refusals={},
    timings={"first_token_ms": Spread(1500.0, 2000.0, 8)},
    sizes={"prompt_tokens": Spread(310.0, 400.0, 8)},
    by_language={},
    by_tag={},
    errors=(),
    versions={},
    model="small",
)


def test_runs_are_rows_of_one_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each has its pack, system and figures; what a run lacks is a dash, and bars are escaped."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    write_report(RUN, tmp_path / "one")
    write_report(replace(RUN, system="a|b", metrics={}, sizes={}), tmp_path / "two")
    assert main([str(tmp_path / "one"), str(tmp_path / "two")]) == 0
    head, line, one, two = capsys.readouterr().out.splitlines()
    assert head.startswith("| pack | system | model | n | right |")
    assert line.count("---") == head.count("|") - 1
    assert "| town | ownground | small | 0 | 0.50 (0.25–0.75) | – |" in one
    assert "| 1.5 |" in one
    assert "| 310 |" in one
    assert r"| a\|b |" in two


@pytest.mark.parametrize("content", [None, "{", json.dumps({"pack": "old"})])
def test_what_is_no_run_is_named(
    content: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No report, a broken one, one of an older version: one sentence, no traceback."""
    if content is not None:
        (tmp_path / "report.json").write_text(content, encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    assert "report.json" in capsys.readouterr().err
