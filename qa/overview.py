"""Overviews: questions for a whole document, told by rule and answered from its structure."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import PurePath

from qa.compose import Reply, compose, quotation
from qa.conversation import Asked
from qa.sources import Source
from qa.types import Answer, Citation
from store import DocumentSummary, Evidence, Library, terms

# A document is told by so many sentences, a collection by one of each of so many documents.
_SENTENCES, _DOCUMENTS = 5, 10
# A question names a document by this share of its title's or its file name's terms.
_NAMED = 0.5
# A model's summary of fewer sentences that the document bears out tells less than the outline.
_LEAST = 2
# What a reply of limited length breaks off has no end.
_END = re.compile(r"[.!?。！？…।][\"'”’»)）」』]*$")
_UNSPACED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PAIRED = re.compile(rf"[{_UNSPACED}\uac00-\ud7a3]+")
_WORD = re.compile(rf"[^\W_{_UNSPACED}\uac00-\ud7a3]+")


@dataclass(frozen=True, slots=True)
class Overview:
    """Evidence for a question for the whole: of one document, or a sentence of each of several.

    `left_out` counts the documents that are not among them.
    """

    evidence: tuple[Evidence, ...]
    of_one: bool
    left_out: int = 0

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence on what is left out."""
        if not self.left_out:
            return ()
        total = self.left_out + len(self.evidence)
        return (
            f"{self.left_out} of {total} documents are not shown. Ask what one of them is about"
            " by its name.",
        )


def find_overview(library: Library, asked: Asked) -> Overview | None:
    """The overview that the question asks for; None where it asks for something in a document.

    It is of the document that the question names, or of the only one, or, for a question that
    leans, of the one that holds what was talked about; else of the collection.
    """
    if not _words().asks.search(_folded(asked.question)):
        return None
    documents = list({found.id: found for found in library.documents()}.values())
    chosen = choose_documents(asked.question, documents)
    if len(chosen) > 1 and asked.leans and not _words().every.search(_folded(asked.question)):
        best = library.search(asked.standalone, 1)
        chosen = [one for one in chosen if best and one.id == best[0].document_id]
    if len(chosen) == 1:
        evidence = library.outline(chosen[0].id, _SENTENCES)
        return Overview(tuple(evidence), of_one=True) if evidence else None
    leads = [lead for one in chosen[:_DOCUMENTS] for lead in library.outline(one.id, 1)]
    left_out = len(chosen[_DOCUMENTS:])
    return Overview(tuple(leads), of_one=False, left_out=left_out) if leads else None


def choose_documents(
    question: str, documents: Sequence[DocumentSummary]
) -> Sequence[DocumentSummary]:
    """Those of the documents that the question asks about as a whole; none where it does not.

    Words of the question that are neither for the whole nor a document's name ask for something in
    a document, however much the others sound like a summary.
    """
    words, text = _words(), _folded(question)
    if not words.asks.search(text):
        return ()
    shares = {one.id: share for one in documents if (share := _share_named(text, one)) >= _NAMED}
    best = max(shares.values(), default=0.0)
    named = [one for one in documents if shares.get(one.id) == best]
    if len(named) == 1:
        return named
    rest = words.rest(text)
    if not rest:
        return documents
    if words.kinds.sub(" ", rest).strip():
        return ()
    if len(documents) == 1:
        return documents
    of_kind = [one for one in documents if set(terms(rest)) <= set(terms(_names(one)))]
    return of_kind if len(of_kind) == 1 else ()


def summarise(reply: Reply, evidence: Sequence[Evidence], sources: Sequence[Source]) -> Answer:
    """The answer to a question for the whole: the model's sentences that the document bears out.

    Where fewer than two whole ones are left, or no model wrote, it is the outline, quoted.
    """
    composed = compose(reply, evidence, sources)
    drafted = (sentence for sentence in composed.sentences if not sentence.quoted)
    told = {sentence.text: sentence for sentence in drafted if _END.search(sentence.text)}
    shown = tuple(told.values())
    if len(shown) < _LEAST:
        shown = tuple(quotation(found, number) for number, found in enumerate(evidence, start=1))
    cited = dict.fromkeys(number for sentence in shown for number in sentence.citations)
    return replace(
        composed,
        answer=" ".join(f"{one.text} [{one.citations[0]}]" for one in shown),
        refused=False,
        sentences=shown,
        citations=tuple(Citation.of(number, evidence[number - 1]) for number in cited),
        nearest=(),
        quoted=all(sentence.quoted for sentence in shown),
    )


def _share_named(text: str, document: DocumentSummary) -> float:
    """The share of the document's title or file name in the question, if nothing else is asked."""
    title, name = set(terms(document.title)), set(terms(PurePath(document.name).stem))
    asked = set(terms(text))
    share = max(len(one & asked) / len(one) for one in (title, name, {""}) if one)
    if share < _NAMED:
        return 0.0
    left = _without(text, title | set(terms(document.name)))
    words = _words()
    other = words.kinds.sub(" ", words.rest(left)).strip()
    return share if words.asks.search(left) and not other else 0.0


def _without(text: str, named: set[str]) -> str:
    """The text without the words, or pairs of characters, that are among these terms."""
    left = list(text)
    for word in _WORD.finditer(text):
        if set(terms(word.group())) <= named:
            left[word.start() : word.end()] = " " * len(word.group())
    for run in _PAIRED.finditer(text):
        for at in range(run.start(), run.end() - 1):
            if set(terms(text[at : at + 2])) <= named:
                left[at : at + 2] = "  "
    return "".join(left)


def _names(document: DocumentSummary) -> str:
    return f"{document.title} {document.name}"


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("'", "’")
    return " ".join(re.sub(r"[^\w\s’;.]|[.;](?!\w)", " ", plain).split())


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of overview.toml, ready to be looked for."""

    asks: re.Pattern[str]
    every: re.Pattern[str]
    kinds: re.Pattern[str]
    empty: re.Pattern[str]

    def rest(self, text: str) -> str:
        """The words that tell what is asked for beside the whole."""
        for pattern in (self.asks, self.every, self.empty):
            text = pattern.sub(" ", text)
        return re.sub(r"[\W_]+", " ", text).strip()


@cache
def _words() -> _Words:
    content = files("qa").joinpath("overview.toml").read_text(encoding="utf-8")
    every: Mapping[str, Mapping[str, Sequence[str]]] = tomllib.loads(content)

    def pattern(name: str) -> re.Pattern[str]:
        # The longest first, so that of 資料 and 資料集 the whole word is taken.
        found = sorted((one for words in every.values() for one in words[name]), key=len)
        inner = "|".join(reversed(found))
        return re.compile(rf"(?<![^\W{_UNSPACED}])(?:{inner})(?![^\W{_UNSPACED}])", re.IGNORECASE)

    return _Words(*map(pattern, ("asks", "every", "kinds", "empty")))
