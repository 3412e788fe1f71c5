"""The words of the page in the reader's language."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

DEFAULT = "en"


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of one language, by name; `language` is its BCP 47 tag."""

    language: str
    words: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.words[name]

    def fill(self, name: str, /, **values: object) -> str:
        """The words called `name` with their places filled."""
        return self.words[name].format(**values)


@cache
def languages() -> dict[str, Labels]:
    """Every language of labels.toml, by its tag."""
    text = files("ui").joinpath("labels.toml").read_text(encoding="utf-8")
    return {tag: Labels(tag, words) for tag, words in tomllib.loads(text).items()}


def choose_labels(accept_language: str | None) -> Labels:
    """The labels that suit an Accept-Language header best; English where none does."""
    known = languages()
    for wanted in _preferred(accept_language or ""):
        primary = wanted.split("-")[0]
        for tag, labels in known.items():
            if wanted == tag.lower() or primary == tag.split("-")[0]:
                return labels
    return known[DEFAULT]


def _preferred(header: str) -> list[str]:
    ranked = []
    for part in header.split(","):
        tag, _, quality = part.strip().partition(";q=")
        ranked.append((-_number(quality), tag.strip().lower()))
    return [tag for rank, tag in sorted(ranked, key=lambda pair: pair[0]) if tag and rank < 0]


def _number(quality: str) -> float:
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0
