"""Quotations: what stands in a text as somebody else wrote it."""

import re
from collections.abc import Callable

_QUOTATION = re.compile(
    r"“[^”]*”|„[^“]*“|«[^»]*»|\"[^\"]*\"|‘[^’]*’|「[^」]*」|『[^』]*』|《[^》]*》"
)


def outside_quotations(text: str, change: Callable[[str], str]) -> str:
    """The text with `change` made to all of it but quotations, which stay as they are."""
    parts: list[str] = []
    end = 0
    for quoted in _QUOTATION.finditer(text):
        parts += [change(text[end : quoted.start()]), quoted[0]]
        end = quoted.end()
    return "".join([*parts, change(text[end:])])
