"""Exchanges: a question and its reply, as they are shown, and in the pieces that are kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from qa.types import Answer, AnswerSentence, Citation
from store import Evidence, KeptExchange, Piece


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question of a conversation and what has come back to it so far.

    `leans_on` are the documents, by id, whose words may be in the draft or in what the question
    was understood as, beside those of the evidence. `forgotten` says that a document whose words
    were here has been removed since, and they with it.
    """

    question: str
    evidence: tuple[Evidence, ...] = ()
    draft: str = ""
    answer: Answer | None = None
    error: str | None = None
    stopped: bool = False
    leans_on: frozenset[str] = frozenset()
    forgotten: bool = False

    @property
    def open(self) -> bool:
        return self.answer is None and self.error is None and not (self.stopped or self.forgotten)


def cited_documents(exchanges: Iterable[Exchange]) -> frozenset[str]:
    """The ids of the documents whose words a question after these may take along."""
    answers = (exchange.answer for exchange in exchanges)
    return frozenset(c.document_id for answer in answers if answer for c in answer.citations)


def pack(exchange: Exchange, names: Mapping[str, str]) -> KeptExchange:
    """An exchange in pieces, each with the documents whose words it holds.

    `names` are those of the collection's documents by id: a reply may tell them. What is not
    shown of an answer, its draft and the sentences that were dropped, is not kept.
    """
    pieces = [_piece("evidence", _shown(e), e.document_id) for e in exchange.evidence]
    if exchange.answer is None:
        seen = {*exchange.leans_on, *(e.document_id for e in exchange.evidence)}
        pieces += [_piece("draft", exchange.draft, *seen)] if exchange.draft else []
    else:
        pieces += _answer_pieces(exchange.answer, exchange.leans_on, names)
    pieces += [_piece("error", exchange.error)] if exchange.error is not None else []
    pieces += [_piece("stopped", exchange.stopped)] if exchange.stopped else []
    return KeptExchange(exchange.question, tuple(pieces))


def _answer_pieces(
    answer: Answer, leans_on: frozenset[str], names: Mapping[str, str]
) -> Iterable[Piece]:
    bare = replace(
        answer, answer="", sentences=(), citations=(), nearest=(), draft="", dropped=(),
        understood=None, evidence_ids=(),
    )  # fmt: skip
    yield _piece("answer", bare)
    if answer.understood is not None:
        yield _piece("understood", answer.understood, *leans_on)
    if answer.kind != "question":
        told = (document_id for document_id, name in names.items() if name in answer.answer)
        yield _piece("words", answer.answer, *told)
    document_of = {citation.number: citation.document_id for citation in answer.citations}
    for sentence in answer.sentences:
        cited = (document_of[number] for number in sentence.citations if number in document_of)
        yield _piece("sentence", sentence, *cited)
    for kind, citations in (("citation", answer.citations), ("nearest", answer.nearest)):
        for citation in citations:
            yield _piece(kind, citation, citation.document_id)


def unpack(kept: KeptExchange) -> Exchange:
    """The exchange that was kept, as far as its documents are still there."""
    found: dict[str, list[Any]] = {kind: [] for kind in _KINDS}
    for piece in kept.pieces:
        found[piece.kind].append(_adapter(piece.kind).validate_json(piece.content))
    first = {kind: values[0] if values else None for kind, values in found.items()}
    return Exchange(
        kept.question,
        tuple(found["evidence"]),
        first["draft"] or "",
        _answer(found) if found["answer"] else None,
        first["error"],
        bool(first["stopped"]),
        forgotten=kept.forgotten,
    )


def _answer(found: Mapping[str, list[Any]]) -> Answer:
    bare: Answer = found["answer"][0]
    sentences: list[AnswerSentence] = found["sentence"]
    numbers = {citation.number for citation in found["citation"]}
    return replace(
        bare,
        answer=" ".join([*found["words"], *(sentence.marked for sentence in sentences)]),
        sentences=tuple(sentences),
        citations=tuple(found["citation"]),
        nearest=tuple(found["nearest"]),
        understood=next(iter(found["understood"]), None),
        differing=bare.differing if numbers.issuperset(bare.differing) else (),
    )


def _shown(evidence: Evidence) -> Evidence:
    return replace(evidence, before="", after="", passage="")


_KINDS: dict[str, type] = {
    "evidence": Evidence,
    "draft": str,
    "answer": Answer,
    "understood": str,
    "words": str,
    "sentence": AnswerSentence,
    "citation": Citation,
    "nearest": Citation,
    "error": str,
    "stopped": bool,
}


@cache
def _adapter(kind: str) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(_KINDS[kind])


def _piece(kind: str, value: object, *documents: str) -> Piece:
    return Piece(kind, _adapter(kind).dump_json(value).decode(), frozenset(documents))
