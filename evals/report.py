"""Reports of an evaluation: JSON for programs, one HTML file for people, lines for a terminal."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from pathlib import Path
from string import Template

from evals.errors import PackError
from evals.types import Evaluation, Metric, Problem, Record, Spread


def write_report(evaluation: Evaluation, out: Path) -> None:
    """Write `report.json` and `report.html` into a folder that exists."""
    with writing(out):
        text = json.dumps(evaluation.to_dict(), ensure_ascii=False, indent=2)
        _write(out / "report.json", text + "\n")
        _write(out / "report.html", to_html(evaluation))


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """Turn what the disk refuses into a `PackError`."""
    try:
        yield
    except OSError as error:
        raise PackError(
            f"The results cannot be written to {out} ({error.strerror}); "
            "make room there or choose another folder with --out."
        ) from error


def summary_lines(evaluation: Evaluation) -> list[str]:
    """The metrics with their intervals, times, sizes, refusals and errors, a line each."""
    spreads = {**evaluation.timings, **evaluation.sizes}
    width = max(map(len, [*evaluation.metrics, *spreads, ""]))
    lines = [
        f"{name:<{width}}  {metric.value:.3f}  ({_interval(metric)}, n={metric.n})"
        for name, metric in evaluation.metrics.items()
    ]
    lines += [
        f"{name:<{width}}  median {spread.median:,.0f}, p95 {spread.p95:,.0f}"
        for name, spread in spreads.items()
    ]
    lines += [
        f"{name:<{width}}  {counts['answered']} answered, {counts['refused']} refused"
        for name, counts in evaluation.refusals.items()
    ]
    lines += [f"{name:<{width}}  {value}" for name, value in _answered_by(evaluation) if value]
    if evaluation.errors:
        first = evaluation.errors[0]
        count = len(evaluation.errors)
        lines.append(f"errors: {count}, not counted above; the first, {first.of}: {first.message}")
    return lines


def to_html(evaluation: Evaluation) -> str:
    """One page without scripts that needs nothing from elsewhere."""
    sections = [
        _section("Metrics", _metric_table(evaluation.metrics)),
        _section("Refusals", _refusal_table(evaluation.refusals)),
        _section("Milliseconds", _spread_table(evaluation.timings)),
        _section("Words and tokens", _spread_table(evaluation.sizes)),
        _section("By language", _group_tables(evaluation.by_language)),
        _section("By tag", _group_tables(evaluation.by_tag)),
        _section("Errors, not counted above", _problems(evaluation.errors)),
    ]
    template = Template(Path(__file__).with_name("report.html").read_text(encoding="utf-8"))
    return template.substitute(
        title=escape(f"{evaluation.pack}: {evaluation.stage}"),
        setup=_pairs(_setup(evaluation)),
        sections="\n".join(sections),
        questions="\n".join(map(_question, evaluation.records)),
    )


def _setup(evaluation: Evaluation) -> Iterator[tuple[str, object]]:
    yield "questions", len(evaluation.records)
    for name in ("documents", "seed", "started"):
        yield name, getattr(evaluation, name)
    yield from _answered_by(evaluation)
    yield from evaluation.versions.items()


def _answered_by(evaluation: Evaluation) -> Iterator[tuple[str, str | None]]:
    yield "system", evaluation.system
    yield "engine", evaluation.engine
    yield "model", evaluation.model
    yield "prompt", evaluation.prompt_id


def _section(title: str, body: str) -> str:
    return f"<h2>{title}</h2>\n{body}" if body else ""


def _group_tables(groups: Mapping[str, Mapping[str, Metric]]) -> str:
    return "\n".join(
        f"<details><summary>{escape(name)}</summary>{_metric_table(metrics)}</details>"
        for name, metrics in groups.items()
    )


def _metric_table(metrics: Mapping[str, Metric]) -> str:
    if not metrics:
        return '<p class="note">Nothing was scored.</p>'
    rows = (
        f'<tr><td>{escape(name)}</td><td class="n">{metric.value:.3f}</td><td>{_plot(metric)}</td>'
        f'<td class="n">{_interval(metric)}</td><td class="n">{metric.n}</td></tr>'
        for name, metric in metrics.items()
    )
    head = (
        '<tr><th>metric</th><th class="n">mean</th><th>0 to 1</th>'
        '<th class="n">95 % interval</th><th class="n">n</th></tr>'
    )
    return f"<table>{head}{''.join(rows)}</table>"


def _refusal_table(refusals: Mapping[str, Mapping[str, int]]) -> str:
    rows = "".join(
        f'<tr><td>{escape(name)}</td><td class="n">{counts["answered"]}</td>'
        f'<td class="n">{counts["refused"]}</td></tr>'
        for name, counts in refusals.items()
    )
    head = '<tr><th>questions</th><th class="n">answered</th><th class="n">refused</th></tr>'
    return f'<table class="small">{head}{rows}</table>' if rows else ""


def _spread_table(spreads: Mapping[str, Spread]) -> str:
    rows = "".join(
        f'<tr><td>{escape(name)}</td><td class="n">{spread.median:,.0f}</td>'
        f'<td class="n">{spread.p95:,.0f}</td><td class="n">{spread.n}</td></tr>'
        for name, spread in spreads.items()
    )
    head = (
        '<tr><th>of</th><th class="n">median</th><th class="n">95th percentile</th>'
        '<th class="n">n</th></tr>'
    )
    return f'<table class="small">{head}{rows}</table>' if rows else ""


def _plot(metric: Metric) -> str:
    """A dot at the mean with whiskers over its interval, on an axis from 0 to 1, marked at half."""
    value, low, high = (4 + 192 * at for at in (metric.value, metric.low, metric.high))
    return (
        '<svg viewBox="0 0 200 14" aria-hidden="true">'
        '<path class="axis" d="M4 7H196M4 4V10M100 4V10M196 4V10"/>'
        f'<path stroke-width="2" d="M{low:.1f} 7H{high:.1f}M{low:.1f} 3V11M{high:.1f} 3V11"/>'
        f'<circle cx="{value:.1f}" cy="7" r="3.5"/></svg>'
    )


def _question(record: Record) -> str:
    verdict = _verdict(record)
    pairs = {
        "id": record.id,
        "answer": record.answer,
        "accepted": " · ".join(record.answers) if record.answerable else "a refusal",
        "evidence rank": (record.rank or "not found") if record.gold else None,
        "quoted": record.quoted,
        "draft": record.draft,
        "tags": ", ".join(record.tags),
        "milliseconds": None if record.total_ms is None else f"{record.total_ms:,.0f}",
        "engine broke off": record.failure,
        "error": record.error,
    }
    return (
        f'<details><summary dir="auto"><span class="{verdict}">{verdict}</span> '
        f'<span lang="{escape(record.language)}">{escape(record.question)}</span></summary>'
        f"<dl>{_pairs(pairs.items())}</dl></details>"
    )


def _verdict(record: Record) -> str:
    if record.error is not None:
        return "error"
    if record.right is not None:
        return "right" if record.right else "wrong"
    if not record.gold:
        return "unscored"
    return "found" if record.rank else "missed"


def _problems(problems: Iterable[Problem]) -> str:
    pairs = _pairs((problem.of, problem.message) for problem in problems)
    return f"<dl>{pairs}</dl>" if pairs else ""


def _pairs(pairs: Iterable[tuple[str, object]]) -> str:
    return "".join(
        f'<dt>{escape(name)}</dt><dd dir="auto">{escape(str(value))}</dd>'
        for name, value in pairs
        if value not in (None, "")
    )


def _interval(metric: Metric) -> str:
    return f"{metric.low:.3f} to {metric.high:.3f}"


def _write(path: Path, text: str) -> None:
    # Whole or not at all: a run may be stopped here too.
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
