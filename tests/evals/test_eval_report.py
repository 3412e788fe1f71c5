import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evals import Evaluation, Metric, PackError, Record, summary_lines, write_report
from evals.types import Problem, Spread

HOSTILE = '<script src="x">alert(1)</script>&"\''
RECORD = Record("1", HOSTILE, 'en"', True, (HOSTILE,), (HOSTILE,), gold=1, rank=2, right=False)
EVALUATION = Evaluation(
    pack=HOSTILE,
    system=HOSTILE,
    stage="answers",
    started="2026-01-01T00:00:00+00:00",
    records=(
        replace(RECORD, answer=HOSTILE, draft=HOSTILE, total_ms=1234.0),
        replace(RECORD, id="2", error=HOSTILE),
    ),
    metrics={"right": Metric(0.5, 0.25, 0.75, 8)},
    refusals={"answerable": {"answered": 41, "refused": 3}},
    timings={"total_ms": Spread(1000.0, 2000.0, 8)},
    sizes={"length": Spread(17.0, 40.0, 8)},
    by_language={"ko": {"right": Metric(0.5, 0.1, 0.9, 2)}, "en": {}},
    by_tag={HOSTILE: {}, "other": {}},
    errors=(Problem("2", HOSTILE),),
    versions={"python": "3"},
    engine="builtin",
    prompt_id="answer@12345678",
    seed=7,
    documents=3,
)


class Tags(HTMLParser):
    """The names of the elements of a page, and of their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes.update(name for name, _ in attrs)


def page(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def test_the_page_escapes_all_text(tmp_path: Path) -> None:
    """Nothing that a pack or a model wrote becomes markup."""
    write_report(EVALUATION, tmp_path)
    tags = Tags(page(tmp_path))
    assert "script" not in tags.elements
    assert not tags.attributes & {"src", "href", "onclick"}
    assert page(tmp_path).count("&lt;script src=&quot;x&quot;&gt;") >= 10


def test_the_page_stands_alone(tmp_path: Path) -> None:
    """It names no address, loads nothing, and follows the reader's light or dark."""
    write_report(EVALUATION, tmp_path)
    text = page(tmp_path)
    assert "http" not in text
    assert "url(" not in text
    assert "@import" not in text
    assert "prefers-color-scheme: dark" in text


def test_the_page_shows_figures_plots_and_every_question(tmp_path: Path) -> None:
    """Each metric has its value, its interval and a plot; each question its verdict."""
    write_report(EVALUATION, tmp_path)
    text = page(tmp_path)
    assert "0.500" in text
    assert "0.250 to 0.750" in text
    assert 'd="M52.0 7H148.0' in text
    assert 'cx="100.0"' in text
    assert '<td class="n">41</td><td class="n">3</td>' in text
    assert "answer@12345678" in text
    assert '<span class="wrong">wrong</span>' in text
    assert '<span class="error">error</span>' in text


def test_report_json_holds_the_setup_and_the_figures(tmp_path: Path) -> None:
    """Programs read the same figures, and how many questions they are of."""
    write_report(EVALUATION, tmp_path)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["metrics"]["right"] == {"value": 0.5, "low": 0.25, "high": 0.75, "n": 8}
    assert report["timings"]["total_ms"]["p95"] == 2000.0
    assert (report["questions"], report["documents"], report["seed"]) == (2, 3, 7)
    assert report["errors"] == [{"of": "2", "message": HOSTILE}]
    assert "records" not in report


def test_nothing_partial_is_left(tmp_path: Path) -> None:
    """Two files are there in the end, and writing them again replaces them."""
    write_report(EVALUATION, tmp_path)
    write_report(EVALUATION, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "report.json"]


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """The message names the folder and the way out."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(PackError, match="--out"):
        write_report(EVALUATION, tmp_path / "file")


def test_summary_has_a_line_for_each_figure() -> None:
    """The terminal shows metrics, times and errors."""
    lines = summary_lines(EVALUATION)
    assert lines[0].split() == ["right", "0.500", "(0.250", "to", "0.750,", "n=8)"]
    assert "median 1,000" in lines[1]
    assert "median 17" in lines[2]
    assert "41 answered, 3 refused" in lines[3]
    assert "answer@12345678" in lines[-2]
    assert lines[-1].startswith("errors: 1")


def test_an_evaluation_without_figures_is_reported_too(tmp_path: Path) -> None:
    """Where every question failed, the page and the summary say so."""
    bare = replace(EVALUATION, metrics={}, timings={}, sizes={}, refusals={})
    write_report(bare, tmp_path)
    assert "Nothing was scored." in page(tmp_path)
    assert summary_lines(bare)[-1].startswith("errors: 1")
