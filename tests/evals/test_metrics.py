from dataclasses import replace

import pytest

from evals.metrics import (
    balanced,
    groups,
    mean,
    measure,
    refusals,
    sizes,
    spread,
    timings,
    wilson,
)
from evals.types import Metric, Record

ASKED = Record("1", "?", "en", True, (), ("x",), gold=1)


def test_wilson_interval_is_the_textbook_one() -> None:
    """8 of 10 give 0.490 to 0.943."""
    assert list(wilson(0.8, 10)) == pytest.approx([0.4902, 0.9433], abs=1e-4)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_wilson_interval_of_a_certain_share_has_width(share: float) -> None:
    """Three of three do not prove that it is always so."""
    low, high = wilson(share, 3)
    assert low <= share <= high
    assert high - low > 0.5


def test_mean_tells_how_many_it_is_of() -> None:
    """Value, interval around it, and count."""
    metric = mean([1.0, 0.5, 0.0, 0.5])
    assert (metric.value, metric.n) == (0.5, 4)
    assert metric.low < 0.5 < metric.high


def test_spread_gives_median_and_nearest_rank_percentile() -> None:
    """Of 1 to 100, in any order, 95 % do not exceed 95."""
    found = spread(list(range(100, 0, -1)))
    assert (found.median, found.p95, found.n) == (50.5, 95, 100)
    assert spread([7.0]).p95 == 7.0


def test_balanced_accuracy_counts_both_sides_alike() -> None:
    """A thousand answerable questions do not hide that the few others were all answered."""
    metric = balanced(Metric(1.0, 0.99, 1.0, 1000), Metric(0.0, 0.0, 0.4, 5))
    assert metric.value == 0.5
    assert metric.low < 0.5 <= metric.high


def test_ranks_become_recall_and_reciprocal_rank() -> None:
    """A miss counts as zero, a question without gold not at all."""
    ranks = [replace(ASKED, rank=1), replace(ASKED, rank=4), ASKED, replace(ASKED, gold=0)]
    metrics = measure(ranks)
    assert metrics["recall@1"].value == pytest.approx(1 / 3)
    assert metrics["recall@5"].value == pytest.approx(2 / 3)
    assert metrics["mrr@10"].value == pytest.approx(1.25 / 3)
    assert metrics["mrr@10"].n == 3


def test_errors_are_not_wrong_answers() -> None:
    """A question with an error is in no mean and no timing."""
    records = [replace(ASKED, right=True, total_ms=5.0), replace(ASKED, error="no")]
    assert measure(records)["right"].n == 1
    assert timings(records)["total_ms"].n == 1
    assert measure(records[1:]) == {}


def test_refusals_are_measured_on_both_sides() -> None:
    """Answering the answerable and refusing the rest are averaged; one side alone is not."""
    answered = replace(ASKED, right=False, refused=False)
    over_refused = replace(ASKED, right=False, refused=True)
    refused = replace(ASKED, answerable=False, right=True, refused=True)
    metrics = measure([answered, over_refused, refused])
    assert metrics["answered_answerable"].value == 0.5
    assert metrics["refused_unanswerable"].value == 1.0
    assert metrics["refusal_balanced_accuracy"].value == 0.75
    assert metrics["right_when_answered"].n == 1
    assert "refusal_balanced_accuracy" not in measure([answered, over_refused])


def test_refusals_are_counted_in_four() -> None:
    """Questions with and without an answer, answered and refused; those with errors in none."""
    answered = replace(ASKED, refused=False)
    nothing = replace(ASKED, answerable=False, refused=False)
    found = refusals([answered, answered, replace(answered, refused=True), nothing, ASKED])
    assert found == {
        "answerable": {"answered": 2, "refused": 1},
        "unanswerable": {"answered": 1, "refused": 0},
    }


def test_sizes_are_of_what_was_measured() -> None:
    """A refusal has no length, a quotation no prompt."""
    found = sizes([replace(ASKED, length=5), replace(ASKED, length=7, prompt_tokens=300), ASKED])
    assert (found["length"].median, found["length"].n) == (6.0, 2)
    assert found["prompt_tokens"].median == 300


def test_groups_only_where_there_are_several() -> None:
    """Each language has its own means, and a single one needs no second table."""
    records = [replace(ASKED, right=True), replace(ASKED, language="ko", right=False)]
    found = groups(records, lambda record: (record.language,))
    assert {name: metrics["right"].value for name, metrics in found.items()} == {"en": 1, "ko": 0}
    assert groups(records[:1], lambda record: (record.language,)) == {}
