"""Citations in a model's words: found while they stream, held to the sources that were given."""

import re
from collections.abc import Container, Iterable, Iterator

# [1], [1, 2], 【1】, ［1］, and the “[Source 1]” that small models make of it.
_MARK = re.compile(
    r"[\[【［]\s*(?:(?:source|sources|출처|來源|来源)\s*)?(\d{1,3}(?:\s*[,，、;]\s*\d{1,3})*)\s*[\]】］]",
    re.IGNORECASE,
)
_OPENING = re.compile(r"[\[【［][^\]】］]{0,24}$")


def stream_citations(deltas: Iterable[str], sources: Container[int]) -> Iterator[str]:
    """The pieces with every citation written `[n]`; numbers that are no source's are left out.

    A piece that may end inside a citation is held back until the citation is whole; meanwhile, and
    for every empty delta, an empty piece is given.
    """
    held = ""
    for delta in deltas:
        held += delta
        opening = _OPENING.search(held)
        ready = opening.start() if opening else len(held)
        yield _rewrite(held[:ready], sources)
        held = held[ready:]
    if held:
        yield _rewrite(held, sources)


def take_citations(text: str) -> tuple[str, tuple[int, ...]]:
    """The text without its citations, and their numbers, each once, in order."""
    numbers = [number for mark in _MARK.finditer(text) for number in _numbers(mark)]
    bare = re.sub(r"\s+([.,;:!?。，！？])", r"\1", _MARK.sub("", text))
    return re.sub(r"[ \t]{2,}", " ", bare).strip(), tuple(dict.fromkeys(numbers))


def _rewrite(text: str, sources: Container[int]) -> str:
    return _MARK.sub(lambda mark: "".join(f"[{n}]" for n in _numbers(mark) if n in sources), text)


def _numbers(mark: re.Match[str]) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", mark[1])]
