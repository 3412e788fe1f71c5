"""What the commands print, and how they end: JSON and answers to stdout, all else to stderr."""

import json
import sys
from collections.abc import Iterable
from typing import Any

DONE, FAILED = 0, 1


def say(text: str) -> None:
    """Print a line for people."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False))  # noqa: T201


def print_text(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)  # noqa: T201
