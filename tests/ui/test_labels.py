import string
from typing import get_args

import pytest

from qa.status import Code, StepName
from ui.labels import choose_labels, languages


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("ko-KR,ko;q=0.9,en-US;q=0.8", "ko"),
        ("zh-Hant-HK,zh;q=0.9", "zh-TW"),
        ("mn", "mn"),
        ("de,ko;q=0.5,mn;q=0.7", "mn"),
        ("fr-FR", "en"),
        ("ko;q=0,*;q=0.5", "en"),
        ("ko;q=much", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_language_follows_the_browser(accept: str | None, language: str) -> None:
    """The best ranked language that there are labels for is taken, and English otherwise."""
    assert choose_labels(accept).language == language


def test_every_language_has_every_label_with_the_same_places() -> None:
    """No language lacks a label, and none names a value that another does not."""
    known = languages()
    for labels in known.values():
        assert {n: _places(w) for n, w in labels.words.items()} == {
            n: _places(w) for n, w in known["en"].words.items()
        }


def test_every_reason_for_an_engine_has_its_label() -> None:
    """What the assistant may tell by a code, the page has words for."""
    told = {name.removeprefix("reason_") for name in languages()["en"].words if "reason_" in name}
    assert told == set(get_args(Code))


def test_every_step_of_fetching_has_its_label() -> None:
    """The same for what is done until weights are here."""
    words = languages()["en"].words
    told = {name.removeprefix("step_") for name in words if name.startswith("step_")}
    assert told == set(get_args(StepName))


def _places(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}
