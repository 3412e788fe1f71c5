"""Several runs in one table.

    python -m evals.compare RUN_DIR…

Reads the `report.json` of each folder and prints Markdown: a row a run, 95 % intervals in brackets.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.errors import PackError
from qa import OwngroundError

Report = Mapping[str, Any]

_METRICS = {
    "right": "right",
    "right, answerable": "right_answerable",
    "answered": "answered_answerable",
    "rightly refused": "refused_unanswerable",
    "supported": "supported",
    "citations good": "citation_precision",
    "evidence@5": "evidence_contains_answer@5",
}
_SPREADS = {
    "first token, s": ("timings", "first_token_ms", 1000),
    "whole, s": ("timings", "total_ms", 1000),
    "prompt tokens": ("sizes", "prompt_tokens", 1),
    "words": ("sizes", "length", 1),
}


def table(reports: Sequence[Report]) -> str:
    """The main figures by run, as a Markdown table; a dash where a run has none."""
    columns: dict[str, Callable[[Report], str]] = {
        "pack": lambda report: str(report["pack"]),
        "system": lambda report: str(report["system"]),
        "model": lambda report: str(report["model"] or report["engine"] or "–"),
        "n": lambda report: str(report["questions"]),
    }
    columns |= {title: _metric(name) for title, name in _METRICS.items()}
    columns |= {title: _median(*of) for title, of in _SPREADS.items()}
    rows = [list(columns), ["---"] * len(columns)]
    rows += [[column(report) for column in columns.values()] for report in reports]
    return "".join(f"| {' | '.join(map(_cell, row))} |\n" for row in rows)


def read_report(folder: Path) -> Report:
    """A run's report. Raises PackError where there is none, or one of another version."""
    path = folder / "report.json"
    try:
        report: Report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PackError(f"{path} cannot be read ({error}); give the folder of a run.") from error
    if not {"pack", "system", "metrics", "timings", "sizes"} <= report.keys():
        raise PackError(f"{path} is of an older version; run it again.")
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.compare", description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN_DIR")
    options = parser.parse_args(arguments)
    try:
        sys.stdout.write(table([read_report(folder) for folder in options.runs]))
    except OwngroundError as error:
        sys.stderr.write(f"compare: {error}\n")
        return 1
    return 0


def _metric(name: str) -> Callable[[Report], str]:
    def cell(report: Report) -> str:
        metric = report["metrics"].get(name)
        return "{value:.2f} ({low:.2f}–{high:.2f})".format(**metric) if metric else "–"

    return cell


def _median(part: str, name: str, scale: int) -> Callable[[Report], str]:
    def cell(report: Report) -> str:
        spread = report[part].get(name)
        return f"{spread['median'] / scale:,.{1 if scale > 1 else 0}f}" if spread else "–"

    return cell


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
