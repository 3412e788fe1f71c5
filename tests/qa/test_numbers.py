import random

import pytest

from qa.numbers import numbers
from qa.support import check
from store import Evidence


def values(text: str) -> list[float]:
    return [number.value for number in numbers(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,200", 1200), ("12만", 120_000), ("1.2億", 120_000_000), ("twenty", 20), ("二十", 20)],
)
def test_a_number_has_its_value_however_it_is_written(text: str, value: float) -> None:
    """In figures and in words of several scripts."""
    assert values(text) == [value]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("15.03.2021", "15.03.2024"),
        ("2024.03.15", "2024.03.28"),
        ("1.234,99", "1.234,10"),
        ("10.0.3.7", "10.0.9.44"),
        ("2.4.9", "2.4.1"),
    ],
)
def test_all_parts_of_a_date_or_a_version_count(said: str, told: str) -> None:
    """Two that begin alike are two."""
    text = f"The record is {told} in the book."
    found = Evidence("d", "d", "", "", None, text, 0, len(text), "", "", 1.0, 0.9, 1.0)
    assert check(f"The record is {said} in the book.", "", found).support == "unsupported"
    assert check(text, "", found).support == "supported"


def test_letters_that_fold_to_several_are_no_trouble() -> None:
    """A capital I with a dot is found as an i, but folds to two characters."""
    assert values("Sultan İV Murad ruled; ⅳ and ſ and K too.") == []


def test_any_text_can_be_read() -> None:
    """Whatever characters stand together."""
    chosen = random.Random(0)
    for _ in range(500):
        text = "".join(
            chr(chosen.choice((chosen.randrange(0x500), 0x130, 0x2160))) for _ in range(40)
        )
        assert all(number.value == number.value for number in numbers(text))


@pytest.mark.parametrize(
    "text",
    [
        "前1500年",
        "公元前1500年",
        "기원전 1500년",
        "1500 BC",
        "1500 B.C.",
        "1500 до н. э.",
        "1500 г. до н. э.",
        "в 1500 году до н. э.",
    ],
)
def test_a_year_before_christ_is_another(text: str) -> None:
    """1500 BC is not 1500; the three years before are still three."""
    [number] = numbers(text)
    assert number.value == -1500
    assert [number.value for number in numbers("前3年 1500 BCD 目前1200年")] == [3, 1500, 1200]
    assert [number.value for number in numbers("目前1200人，前500強")] == [1200, 500]
    assert [number.value for number in numbers("기원전 57년, 44 BC")] == [-57, -44]
