"""The answer type that a question expects: a number, a time, or nothing that can be told.

The oldest step of question answering (Li and Roth 2002), by pattern, for sentences that match a
question's words equally well: only the one with a number answers “how many?”.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

Kind = Literal["number", "time"]
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")


def expected(question: str) -> Kind | None:
    """What the question asks for; a time where it could be either."""
    asks = _patterns()["asks"]
    if asks["time"].search(question):
        return "time"
    return "number" if asks["number"].search(question) else None


def tells(kind: Kind, text: str, question: str) -> bool:
    """Whether the text tells a number or a time that the question does not hold itself."""
    new = _numbers(text) - _numbers(question)
    if kind == "number":
        return bool(new)
    times = _patterns()["tells"]["time"].findall(text)
    return bool(times) and (bool(new) or any(time not in question for time in times))


def _numbers(text: str) -> set[str]:
    spelled = _patterns()["tells"]["number"].findall(text)
    return {*_DIGITS.findall(text), *(word.casefold() for word in spelled)}


@cache
def _patterns() -> dict[str, dict[str, re.Pattern[str]]]:
    text = files("store").joinpath("expected.toml").read_text(encoding="utf-8")
    return {
        use: {
            kind: re.compile("|".join(f"(?:{one})" for one in of.values()), re.IGNORECASE)
            for kind, of in kinds.items()
        }
        for use, kinds in tomllib.loads(text).items()
    }
