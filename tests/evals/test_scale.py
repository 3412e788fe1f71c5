import json
from pathlib import Path

import pytest

from evals import scale
from evals.chart import Series, chart


def test_a_library_is_measured_as_it_grows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A row a size: what was asked for is found, and more takes more room."""
    assert scale.main(["--sentences", "400", "1200", "--out", str(tmp_path)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
    small, large = json.loads((tmp_path / "scale.json").read_text("utf-8"))
    assert (small["sentences"], large["sentences"]) == (400, 1200)
    assert min(small["first"], large["first"]) > 0.9
    assert small["disk"] < large["disk"]
    assert "memory, MB" in (tmp_path / "scale.svg").read_text("utf-8")


def test_a_chart_is_a_picture_of_its_lines() -> None:
    """Higher values stand higher, and a name is text."""
    drawn = chart([Series("a<b", ((10, 1), (1000, 100)))], "size")
    assert "a&lt;b" in drawn
    points = drawn.split('points="')[1].split('"')[0].split()
    (x1, y1), (x2, y2) = (map(float, point.split(",")) for point in points)
    assert x1 < x2
    assert y1 > y2
