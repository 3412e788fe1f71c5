import pytest

from qa.citations import stream_citations, take_citations


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Five firms [1].", "Five firms [1]."),
        ("다섯 곳이다【2】。", "다섯 곳이다[2]。"),
        ("五家［１］", "五家[1]"),
        ("Both [1, 2].", "Both [1][2]."),
        ("None [9] of these [0].", "None  of these ."),
        ("See [Source 2].", "See [2]."),
        ("A [link](x) and [sic] stay.", "A [link](x) and [sic] stay."),
    ],
)
def test_citations_are_written_one_way_and_held_to_the_sources(written: str, shown: str) -> None:
    """Whatever brackets a model uses become [n]; numbers without a source are left out."""
    for size in (1, 2, 5, 100):
        deltas = [written[i : i + size] for i in range(0, len(written), size)]
        assert "".join(stream_citations(deltas, {1, 2})) == shown


def test_nothing_of_a_citation_is_shown_before_it_is_whole() -> None:
    """A number that may still grow, or have no source, is not streamed."""
    pieces = list(stream_citations(["Five ", "[", "1", "2", "]", " end"], {1, 2, 3}))
    assert "".join(pieces) == "Five  end"
    assert all("[" not in piece for piece in pieces)


def test_a_bracket_that_never_closes_is_text() -> None:
    """What was held back comes out when the reply ends."""
    assert "".join(stream_citations(["open [1"], {1})) == "open [1"


def test_citations_are_taken_out_of_a_sentence() -> None:
    """Each number once, in order; no space is left before the full stop."""
    assert take_citations("It has two [2][1] parts [2].") == ("It has two parts.", (2, 1))
