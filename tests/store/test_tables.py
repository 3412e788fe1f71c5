"""What names a table's columns."""

import pytest

from store.splitting import split


def _passages(text: str) -> list[tuple[str, list[str]]]:
    found = split(text, count_tokens=lambda part: len(part.split()), passage_tokens=12)
    return [(one.heading, [text[s.start : s.end] for s in one.sentences]) for one in found]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("| 이름 | 요금 |\n|---|---:|\n| 방문증 | 3,000원 |", "이름 | 요금"),
        ("姓名 | 年\n王小明 | 1998", "姓名 | 年"),
        ("Horse\tTrainer\tPlace\nSilver Charm\tBob Baffert\t1st", "Horse | Trainer | Place"),
        ("|  | 2000 | 2005 |\n|--|--|--|\n| White | 75 | 74 |", "2000 | 2005"),
    ],
)
def test_a_first_row_that_names_the_columns_heads_the_others(text: str, names: str) -> None:
    assert [heading for heading, _ in _passages(text)] == [names]


@pytest.mark.parametrize(
    "text",
    [
        "1994 | Canal 9\n1995 | Canal 9",  # no row names anything
        "Opening hours | weekdays\nClosed | holidays",  # so might any row
        "| Name | Fee |\n|---|---|",  # nothing beneath
        "Name | Fee | Since\nPass | 3",  # of another table
    ],
)
def test_any_other_first_row_is_a_row(text: str) -> None:
    (heading, rows), *_ = _passages(text)
    assert heading == ""
    assert rows[0] == text.splitlines()[0].strip("| ")


def test_rows_of_a_long_table_all_have_the_names() -> None:
    """Also those of later passages; and a section's heading stands before them."""
    rows = "\n".join(f"| Room {number} | {number} seats each |" for number in range(9))
    found = _passages(f"# Rooms\n| Room | Seats |\n|---|---|\n{rows}\n\nNothing else.")
    assert len(found) > 2
    assert {heading for heading, _ in found[:-1]} == {"Rooms › Room | Seats"}
    assert found[-1] == ("Rooms", ["Nothing else."])
