import pytest

from qa.sources import Source
from qa.verify import support
from store import Evidence


def source(text: str) -> Source:
    found = Evidence("d", "d.txt", "", "", None, text, 0, len(text), "", "", 1.0, 0.9, 1.0)
    return Source(1, 0, text, (found,))


LOANS = source("The Harbour Credit Union granted 1,240 small loans in 2024.")
KOREAN = source("항만신용협동조합은 2024년에 소액 대출 1,240건을 승인하였다.")


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("It granted 1240 small loans in 2024.", LOANS),
        ("2024년에 소액 대출 1,240건을 승인했다.", KOREAN),
    ],
)
def test_what_a_source_says_is_supported(sentence: str, cited: Source) -> None:
    """Numbers and words of the sentence stand in what it cites."""
    assert support(sentence, "How many loans?", [cited]) == "supported"


@pytest.mark.parametrize(
    "sentence",
    ["It granted 1,250 small loans in 2024.", "The mayor opened a swimming pool on Sunday."],
)
def test_what_no_source_says_is_unsupported(sentence: str) -> None:
    """A number or a claim from nowhere is not shown as if the documents said it."""
    assert support(sentence, "How many loans?", [LOANS]) == "unsupported"


def test_without_sources_nothing_is_supported() -> None:
    """No evidence, no answer."""
    assert support("It granted loans.", "Loans?", []) == "unsupported"
