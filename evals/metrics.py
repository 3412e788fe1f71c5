"""Means over many questions, with intervals. What a question scored is decided in `scoring`."""

import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence

from evals.types import Metric, Record, Spread

Z95 = 1.959963984540054


def mean(values: Sequence[float]) -> Metric:
    """The mean of values between 0 and 1 with its Wilson interval.

    The interval is exact in kind for shares of yes and no. For values in between it is on the
    safe side: none between 0 and 1 with the same mean vary more than yes and no do.
    """
    n = len(values)
    value = math.fsum(values) / n
    low, high = wilson(value, n)
    return Metric(value, low, high, n)


def wilson(share: float, n: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of a share that was seen in `n` trials."""
    scale = 1 + Z95**2 / n
    middle = (share + Z95**2 / (2 * n)) / scale
    half = Z95 / scale * math.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    return max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share))


def spread(values: Sequence[float]) -> Spread:
    """Median and 95th percentile (the smallest value that 95 % do not exceed)."""
    ordered = sorted(values)
    p95 = ordered[math.ceil(0.95 * len(ordered)) - 1]
    return Spread(statistics.median(ordered), p95, len(ordered))


def balanced(first: Metric, second: Metric) -> Metric:
    """The mean of two shares that were seen apart, each counting half.

    The interval combines the distances from each share to its own limits.
    """
    value = (first.value + second.value) / 2
    below = math.hypot(first.value - first.low, second.value - second.low) / 2
    above = math.hypot(first.high - first.value, second.high - second.value) / 2
    return Metric(value, value - below, value + above, first.n + second.n)


def measure(records: Iterable[Record]) -> dict[str, Metric]:
    """Every metric that the records can bear, by name. Questions with errors are left out."""
    scored = [record for record in records if record.error is None]
    metrics = {}
    for name, score in SCORES.items():
        values = [value for record in scored if (value := score(record)) is not None]
        if values:
            metrics[name] = mean(values)
    if "answered_answerable" in metrics and "refused_unanswerable" in metrics:
        metrics["refusal_balanced_accuracy"] = balanced(
            metrics["answered_answerable"], metrics["refused_unanswerable"]
        )
    return metrics


def timings(records: Iterable[Record]) -> dict[str, Spread]:
    """How the milliseconds spread, for each kind that was measured."""
    return _spreads(records, ("evidence_ms", "first_token_ms", "total_ms"))


def sizes(records: Iterable[Record]) -> dict[str, Spread]:
    """How the words of the shown answers spread, and the prompts' tokens by the engine's count."""
    return _spreads(records, ("length", "written_length", "prompt_tokens"))


def refusals(records: Iterable[Record]) -> dict[str, dict[str, int]]:
    """How many questions with and without an answer were answered and refused; {} for none."""
    counts: dict[str, dict[str, int]] = {}
    for record in records:
        if record.refused is not None:
            row = counts.setdefault("answerable" if record.answerable else "unanswerable", {})
            column = "refused" if record.refused else "answered"
            row[column] = row.get(column, 0) + 1
    columns = ("answered", "refused")
    return {name: {column: counts[name].get(column, 0) for column in columns} for name in counts}


def groups(
    records: Sequence[Record], keys: Callable[[Record], Iterable[str]]
) -> dict[str, Mapping[str, Metric]]:
    """The metrics of each group that `keys` puts records in; nothing where there is but one."""
    names = sorted({key for record in records for key in keys(record)})
    if len(names) < 2:
        return {}
    return {name: measure([one for one in records if name in keys(one)]) for name in names}


def _spreads(records: Iterable[Record], names: Iterable[str]) -> dict[str, Spread]:
    scored = [record for record in records if record.error is None]
    found = {}
    for name in names:
        values = [value for one in scored if (value := getattr(one, name)) is not None]
        if values:
            found[name] = spread(values)
    return found


def _recall_at(k: int) -> Callable[[Record], float | None]:
    def score(record: Record) -> float | None:
        if not record.gold:
            return None
        return float(record.rank is not None and record.rank <= k)

    return score


def _reciprocal_rank(record: Record) -> float | None:
    if not record.gold:
        return None
    return 1 / record.rank if record.rank else 0.0


def _answered(record: Record) -> float | None:
    return float(not record.refused) if record.answerable and record.refused is not None else None


def _right_if(fits: Callable[[Record], bool]) -> Callable[[Record], float | None]:
    return lambda record: record.right if fits(record) else None


# The name of each metric and what a record contributes: a value from 0 to 1, or None for nothing.
SCORES: Mapping[str, Callable[[Record], float | None]] = {
    "recall@1": _recall_at(1),
    "recall@5": _recall_at(5),
    "recall@10": _recall_at(10),
    "mrr@10": _reciprocal_rank,
    "all_gold@10": lambda record: record.all_gold,
    "evidence_contains_answer@5": lambda record: record.evidence_contains_answer,
    "prompt_contains_answer": lambda record: record.prompt_contains_answer,
    "right": lambda record: record.right,
    "right_answerable": _right_if(lambda record: record.answerable),
    "right_when_answered": _right_if(lambda record: record.answerable and not record.refused),
    "answered_answerable": _answered,
    "refused_unanswerable": _right_if(lambda record: not record.answerable),
    "supported": lambda record: record.supported,
    "quoted": lambda record: record.quoted,
    "engine_failed": lambda record: float(record.failure is not None) if record.model else None,
    "citation_precision": lambda record: record.citation_precision,
    "citation_recall": lambda record: record.citation_recall,
    "token_recall": lambda record: record.token_recall,
    "token_f1": lambda record: record.token_f1,
}
