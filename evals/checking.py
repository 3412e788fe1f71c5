"""How well the check of sentences tells what evidence bears out from what it does not.

    python -m evals.checking PACK… [--limit 200] [--seed 0] [--answers answers.jsonl…] [--out FILE]

Statements come from gold sentences: these, rephrased, are supported; their false twins are not.
With `--answers`, drafts of a run (see `qa eval`) are judged too, against the evidence that the run
had found: one with an accepted answer is supported; one without, to an answerable question, is a
wrong answer that a model really gave. "Unsupported" is what the check is to find, so it is the
positive of precision and recall.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import prompts
from evals.errors import PackError
from evals.metrics import balanced, mean
from evals.packs import load_pack
from evals.report import writing
from evals.scoring import contains_answer
from evals.statements import Statement, gold_statements
from evals.types import Metric
from qa import Evidence, OwngroundError, read_settings, split_sentences
from qa.citations import take_citations
from qa.sources import choose_sources
from qa.support import check as check_sentence
from qa.verify import best_evidence

DRAFT_RIGHT, DRAFT_WRONG = "draft, right", "draft, wrong"


@dataclass(frozen=True, slots=True)
class Checked:
    """A statement and whether the check held it to be supported."""

    statement: Statement
    passed: bool

    @property
    def correct(self) -> bool:
        return self.passed == self.statement.supported


def check(statement: Statement) -> Checked:
    """Ask the check. The one place that knows how it is called."""
    found = best_evidence(statement.text, statement.question, statement.evidence)
    if found is None:
        return Checked(statement, passed=False)
    support = check_sentence(statement.text, statement.question, found).support
    return Checked(statement, passed=support == "supported")


def draft_statements(lines: Iterable[str], budget: int) -> list[Statement]:
    """The sentence that counts of each draft in an `answers.jsonl`; refusals are left out.

    Of a right draft it is the first with an accepted answer, of a wrong one the first. `budget` is
    how many tokens of the found evidence the model saw.
    """
    try:
        found = [_draft_statement(json.loads(line), budget) for line in lines if line.strip()]
    except (ValueError, KeyError, TypeError) as error:
        raise PackError(
            "These answers are not of this version, or without their evidence; run “qa eval” again"
            f" ({error!r})."
        ) from error
    return [statement for statement in found if statement is not None]


def _draft_statement(record: Mapping[str, Any], budget: int) -> Statement | None:
    draft, answers, tags = record["draft"], record["answers"], record["tags"]
    evidence = [Evidence(**found) for found in record["found"]]
    if not draft or not record["answerable"] or prompts.REFUSAL in draft:
        return None
    seen = tuple(one for source in choose_sources(evidence, budget) for one in source.evidence)
    sentences = [take_citations(draft[s.start : s.end])[0] for s in split_sentences(draft)]
    right = [text for text in sentences if contains_answer(text, answers, tags)]
    if not sentences or (contains_answer(draft, answers, tags) and not right):
        return None
    kind = DRAFT_RIGHT if right else DRAFT_WRONG
    text = (right or sentences)[0]
    return Statement(text, bool(right), kind, record["language"], record["question"], seen)


def figures(checked: Sequence[Checked]) -> dict[str, Metric]:
    """Precision and recall of "unsupported", how many true statements pass, and the balance."""
    flagged = [float(not one.statement.supported) for one in checked if not one.passed]
    false = [float(not one.passed) for one in checked if not one.statement.supported]
    true = [float(one.passed) for one in checked if one.statement.supported]
    named = (("precision", flagged), ("recall", false), ("supported_passed", true))
    found = {name: mean(values) for name, values in named if values}
    if false and true:
        found["balanced_accuracy"] = balanced(found["recall"], found["supported_passed"])
    return found


def over_kinds(by_kind: Mapping[str, Metric]) -> float | None:
    """Balanced accuracy where every kind counts alike, however many statements it gave.

    It is the harder figure: sentences left as they are, and those of other documents, are the most
    and the easiest.
    """
    sides = [[m.value for kind, m in by_kind.items() if kind[0] == sign] for sign in "+-"]
    return statistics.mean(map(statistics.mean, sides)) if all(sides) else None


def summarise(checked: Sequence[Checked]) -> dict[str, Any]:
    """The figures of all, by language, and the share judged rightly by kind: a JSON object."""
    return {
        "statements": len(checked),
        "all": _plain(figures(checked)),
        "over_kinds": over_kinds(_by_kind(checked)),
        "by_language": {
            language: {
                **_plain(figures(some)),
                "over_kinds": over_kinds(_by_kind(some)),
                "by_kind": _plain(_by_kind(some)),
            }
            for language, some in _grouped(checked, lambda one: one.statement.language).items()
        },
        "by_kind": _plain(_by_kind(checked)),
    }


def lines(summary: Mapping[str, Any]) -> list[str]:
    """The summary for a terminal: a line a figure, then a line a kind."""
    shown = [f"{summary['statements']} statements"]
    whole = summary["all"] | {"over_kinds": summary["over_kinds"]}
    parts = {"all": whole, **summary["by_language"]}
    for language, found in parts.items():
        shown += [
            f"{language:<6} {name:<18} {_figure(figure)}"
            for name, figure in found.items()
            if name != "by_kind" and figure is not None
        ]
    shown.append("judged rightly, by kind (+ supported, - not)")
    shown += [f"{kind:<18} {_figure(metric)}" for kind, metric in summary["by_kind"].items()]
    return shown


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.packs and not options.answers:
        parser.error("give a PACK, or --answers")
    try:
        statements = [
            statement
            for folder in options.packs
            for statement in gold_statements(load_pack(folder), options.limit, options.seed)
        ]
        budget = read_settings().evidence_tokens
        for path in options.answers:
            statements += draft_statements(_read(path).splitlines(), budget)
        checked = [check(statement) for statement in statements]
        summary = summarise(checked)
        if options.out is not None:
            with writing(options.out):
                _write(options.out, summary, checked)
    except OwngroundError as error:
        sys.stderr.write(f"checking: {error}\n")
        return 1
    sys.stdout.write("\n".join(lines(summary)) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals.checking", description=__doc__)
    parser.add_argument("packs", nargs="*", type=Path, metavar="PACK")
    parser.add_argument("--limit", type=int, default=200, metavar="N", help="gold sentences a pack")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--answers", type=Path, nargs="*", default=[], metavar="FILE")
    parser.add_argument("--out", type=Path, metavar="DIR", help="for checking.json and errors")
    return parser


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise PackError(f"{path} cannot be read ({error.strerror}).") from error


def _write(out: Path, summary: Mapping[str, Any], checked: Sequence[Checked]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(summary, ensure_ascii=False, indent=2)
    (out / "checking.json").write_text(text + "\n", encoding="utf-8")
    wrong = (
        {
            "kind": one.statement.kind,
            "supported": one.statement.supported,
            "language": one.statement.language,
            "text": one.statement.text,
            "question": one.statement.question,
            "evidence": [found.text for found in one.statement.evidence],
        }
        for one in checked
        if not one.correct
    )
    rows = [json.dumps(row, ensure_ascii=False) + "\n" for row in wrong]
    (out / "errors.jsonl").write_text("".join(rows), encoding="utf-8")


def _by_kind(checked: Sequence[Checked]) -> dict[str, Metric]:
    kinds = _grouped(checked, lambda one: "-+"[one.statement.supported] + " " + one.statement.kind)
    return {kind: mean([float(one.correct) for one in some]) for kind, some in kinds.items()}


def _grouped(checked: Iterable[Checked], key: Callable[[Checked], str]) -> dict[str, list[Checked]]:
    groups: dict[str, list[Checked]] = {}
    for one in checked:
        groups.setdefault(key(one), []).append(one)
    return dict(sorted(groups.items()))


def _plain(metrics: Mapping[str, Metric]) -> dict[str, Any]:
    return {name: asdict(metric) for name, metric in metrics.items()}


def _figure(metric: Mapping[str, Any] | float) -> str:
    if isinstance(metric, float):
        return f"{metric:.3f}"
    return "{value:.3f}  ({low:.3f} to {high:.3f}, n={n})".format(**metric)


if __name__ == "__main__":
    sys.exit(main())
