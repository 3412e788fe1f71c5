"""An answer as plain text: its sentences with their citations, then the list of what they cite."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from qa.types import Answer, Citation
from store import script_language, written_like

# Letters that Mongolian has, and that other languages in Cyrillic do not have.
_MONGOLIAN = re.compile("[өүӨҮ]")
# Where the list begins that `plain_text` ends with, and how a line of it looks.
_LIST = re.compile(r"\n\n(?=\[\d{1,3}\] [^\n]*: “)")
_QUOTE = re.compile(r"^> ", re.MULTILINE)


def plain_text(answer: Answer) -> str:
    """The answer as Markdown that reads well as it is, in words of the question's language.

    The model's sentences stand in one paragraph, each quotation in one of its own, behind “>”.
    """
    if answer.kind != "question":
        return answer.answer
    words = _words(answer.question)
    blocks = list(_told(answer, words))
    cited = answer.nearest if answer.refused else answer.citations
    if cited:
        blocks.append("\n".join(_source(citation, words) for citation in cited))
    return "\n\n".join(blocks)


def without_sources(text: str) -> str:
    """What `plain_text` made of an answer, without the list and the marks of quotations."""
    return _QUOTE.sub("", _LIST.split(text, maxsplit=1)[0])


def _told(answer: Answer, words: dict[str, str]) -> Iterator[str]:
    if answer.refused:
        yield words["refused"]
        if answer.nearest:
            yield words["nearest"]
        return
    told = [sentence.marked for sentence in answer.sentences if not sentence.quoted]
    if told:
        yield " ".join(told)
    yield from (f"> {sentence.marked}" for sentence in answer.sentences if sentence.quoted)
    if answer.differing:
        marks = " ".join(f"[{number}]" for number in answer.differing)
        yield words["differing"].format(marks=marks)


def _source(citation: Citation, words: dict[str, str]) -> str:
    page = f", {words['page'].format(page=citation.page)}" if citation.page is not None else ""
    year = f" ({citation.year})" if citation.year else ""
    return f"[{citation.number}] {citation.document}{page}{year}: “{citation.text}”"


def _words(question: str) -> dict[str, str]:
    language = script_language(question)
    if language == "ru" and _MONGOLIAN.search(question):
        language = "mn"
    words = _replies().get(language, _replies()["en"])
    return {name: written_like(text, question) for name, text in words.items()}


@cache
def _replies() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("qa").joinpath("replies.toml").read_text(encoding="utf-8"))
