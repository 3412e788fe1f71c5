import pytest

from store.search import coverage, fuse, rarity


def test_fusion_prefers_what_both_rankings_hold() -> None:
    """Reciprocal ranks add up: second in both beats first in one."""
    assert list(fuse([["a", "b"], ["c", "b"]])) == ["b", "a", "c"]


def test_rare_terms_weigh_more() -> None:
    """A term in few passages tells more; one in none tells most."""
    weights = rarity(["rare", "common", "unseen"], {"rare": 1, "common": 90}, 100)
    assert weights["unseen"] > weights["rare"] > weights["common"] > 0


def test_a_small_collection_knows_little_of_rarity() -> None:
    """What all its passages hold still counts nearly as much as what none does."""
    weights = rarity(["held", "unseen"], {"held": 1}, 1)
    assert coverage(weights, {"held"}) > 0.4


def test_coverage_is_the_share_by_weight() -> None:
    """Nothing of the question is 0, all of it is 1."""
    weights = {"loan": 3.0, "bank": 1.0}
    assert coverage(weights, {"a", "loan"}) == pytest.approx(0.75)
    assert coverage(weights, {"loan", "of", "bank"}) == 1.0
    assert coverage(weights, {"an", "appl"}) == 0.0
    assert coverage({}, {"an", "appl"}) == 0.0
