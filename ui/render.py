"""The conversation as HTML. Text of documents, models and people is escaped here."""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TypedDict
from urllib.parse import quote, urlencode

from qa import Answer, AnswerSentence, Citation, Evidence, Exchange, Turn
from ui.labels import Labels

SHOWN = 5
_MARK = re.compile(r"\s*\[\d{1,3}\]")


class Message(TypedDict):
    """One bubble of the chat: its content is HTML."""

    role: str
    content: str


# Conversation


def messages(exchanges: Iterable[Exchange], labels: Labels) -> list[Message]:
    """The conversation as bubbles."""
    shown = []
    for exchange in exchanges:
        shown.append(Message(role="user", content=_lines(exchange.question)))
        shown.append(Message(role="assistant", content=reply(exchange, labels)))
    return shown


def turns(exchanges: Iterable[Exchange], labels: Labels) -> list[Turn]:
    """The conversation as plain text, for the assistant; questions that failed are left out."""
    told: list[Turn] = []
    for exchange in exchanges:
        if exchange.error is None:
            told.append(Turn(role="user", content=exchange.question))
            told.append(Turn(role="assistant", content=plain(exchange, labels)))
    return told


def plain(exchange: Exchange, labels: Labels) -> str:
    """What was answered, without markup."""
    if exchange.answer is None:
        return exchange.draft
    return labels["refused"] if exchange.answer.refused else exchange.answer.answer


def reply(exchange: Exchange, labels: Labels) -> str:
    """The assistant's bubble: evidence while the answer is awaited, then the answer."""
    lost = _note(labels["forgotten"]) if exchange.forgotten else ""
    if exchange.error is not None:
        return _reply(lost, _note(exchange.error))
    if exchange.answer is not None:
        return _reply(lost, _answer(exchange, exchange.answer, labels))
    return _reply(lost, _draft(exchange, labels), evidence_list(exchange.evidence, labels))


def _draft(exchange: Exchange, labels: Labels) -> str:
    # A draft's numbers are settled when it is checked; until then they would mislead.
    text = _MARK.sub("", exchange.draft).strip()
    draft = f'<div class="draft" dir="auto">{_lines(text)}</div>' if text else ""
    if exchange.stopped:
        return draft + _note(labels["stopped"])
    if text:
        return f'<p class="kind">{escape(labels["draft"])}</p>{draft}'
    waiting = labels["reading_evidence" if exchange.evidence else "searching"]
    return f'<p class="waiting">{escape(waiting)}</p>'


# Evidence


def evidence_list(evidence: Sequence[Evidence], labels: Labels) -> str:
    """The best evidence, quoted and numbered by rank; "" where there is none."""
    cited = [Citation.of(number, found) for number, found in enumerate(evidence[:SHOWN], start=1)]
    return _section(labels["evidence"], [source(citation, labels) for citation in cited])


def source(citation: Citation, labels: Labels, *, numbered: bool = True, text: bool = True) -> str:
    """A link to the passage: its number, its words and the place where they stand."""
    number = f'<span class="number">{citation.number}</span>' if numbered else ""
    words = f'<span class="words" dir="auto">{escape(citation.text)}</span>' if text else ""
    place = f'<span class="place" dir="auto">{escape(_place(citation, labels))}</span>'
    return f'<li><a class="source" {_target(citation)}>{number}{words}{place}</a></li>'


def document_address(document_id: str, start: int | None = None, end: int | None = None) -> str:
    """Where a document is read; with a range, where that range is marked."""
    path = f"/document/{quote(document_id, safe='')}"
    if start is None or end is None:
        return path
    return f"{path}?{urlencode({'start': start, 'end': end})}#cited"


def _target(citation: Citation) -> str:
    address = document_address(citation.document_id, citation.start, citation.end)
    return f'href="{escape(address)}"'


def _place(citation: Citation, labels: Labels) -> str:
    if citation.page is None:
        return citation.document
    return f"{citation.document}, {labels.fill('page', page=citation.page)}"


# Answers


def _answer(exchange: Exchange, given: Answer, labels: Labels) -> str:
    """The answer with its citations as links, its sources, and how it came about."""
    if given.kind != "question":
        return _paragraphs("answer", [_lines(given.answer)] if given.answer else [])
    notes = [given.failure] if given.failure else []
    notes += given.warnings
    if given.refused:
        told = _refusal(given, labels, may_be_bare=exchange.forgotten)
    else:
        told = _told(given, exchange.evidence, labels)
    understood = _understood(given, labels)
    return "".join([*map(_note, notes), understood, told, _origin(given, labels)])


def _understood(given: Answer, labels: Labels) -> str:
    if given.understood is None:
        return ""
    told = labels.fill("understood", question=given.understood)
    return f'<p class="understood" dir="auto">{escape(told)}</p>'


def _told(given: Answer, evidence: Sequence[Evidence], labels: Labels) -> str:
    by_number = {citation.number: citation for citation in given.citations}
    told, quoted = (
        [_sentence(s, by_number, labels) for s in given.sentences if s.quoted is kind]
        for kind in (False, True)
    )
    # Words that stand in the answer already are not repeated in the list of sources.
    shown = {n for sentence in given.sentences if sentence.quoted for n in sentence.citations}
    sources = [source(c, labels, text=c.number not in shown) for c in given.citations]
    return (
        _differing(given, by_number, labels)
        + _paragraphs("answer", [" ".join(told)] if told else [])
        + (f'<p class="kind">{escape(labels["quoted"])}</p>' if quoted else "")
        + _paragraphs("answer quotation", quoted)
        + _section(labels["sources"], sources)
        + _more(given, evidence, labels)
    )


def _differing(given: Answer, by_number: Mapping[int, Citation], labels: Labels) -> str:
    """The documents that tell it differently, with their years, newest first."""
    differing = [by_number[number] for number in given.differing]
    if not differing:
        return ""
    newest_first = sorted(differing, key=lambda citation: citation.year or "", reverse=True)
    named = ((c, c.document + f" ({c.year})" * bool(c.year)) for c in newest_first)
    items = (f'<li dir="auto">{escape(name)}{_cite(c, labels)}</li>' for c, name in named)
    heading = f"<strong>{escape(labels['differing'])}</strong>"
    return f'<div class="note">{heading}<ul>{"".join(items)}</ul></div>'


def _paragraphs(kind: str, sentences: Sequence[str]) -> str:
    return "".join(f'<div class="{kind}" dir="auto">{sentence}</div>' for sentence in sentences)


def _sentence(sentence: AnswerSentence, by_number: dict[int, Citation], labels: Labels) -> str:
    marks = (_cite(by_number[n], labels) for n in sentence.citations if n in by_number)
    return f"<span>{_lines(sentence.text)}{''.join(marks)}</span>"


def _cite(citation: Citation, labels: Labels) -> str:
    told = labels.fill("source_at", number=citation.number, place=_place(citation, labels))
    label = escape(told)
    return (
        f'&nbsp;<a class="cite" {_target(citation)} title="{label}" aria-label="{label}">'
        f"[{citation.number}]</a>"
    )


def _more(given: Answer, evidence: Sequence[Evidence], labels: Labels) -> str:
    cited = {(c.document_id, c.start) for c in given.citations}
    rest = [e for e in evidence[:SHOWN] if (e.document_id, e.start) not in cited]
    items = [source(Citation.of(0, found), labels, numbered=False) for found in rest]
    if not items:
        return ""
    heading = f"<summary>{escape(labels['more_evidence'])} ({len(items)})</summary>"
    return f'<details class="more">{heading}<ul>{"".join(items)}</ul></details>'


def _refusal(given: Answer, labels: Labels, *, may_be_bare: bool) -> str:
    said = f'<div class="answer">{escape(labels["refused"])}</div>'
    if not given.nearest:
        return said if may_be_bare else said + _note(labels["nothing_near"])
    return said + _section(labels["nearest"], [source(c, labels) for c in given.nearest])


def _origin(given: Answer, labels: Labels) -> str:
    times = {
        "time_evidence": given.timings.evidence_ms,
        "time_first": given.timings.first_token_ms,
        "time_total": given.timings.total_ms,
    }
    parts = [_engine(given.engine, given.model, labels)]
    parts += [labels["several_places"]] if given.broad else []
    parts += [labels.fill(k, seconds=_seconds(ms)) for k, ms in times.items() if ms is not None]
    return f'<p class="origin">{" · ".join(escape(part) for part in parts)}</p>'


def _engine(engine: str, model: str | None, labels: Labels) -> str:
    if engine == "quotes":
        return labels["quotes_only"]
    name = labels[f"engine_{engine}"]
    return f"{model} ({name})" if model else name


def _seconds(milliseconds: float) -> str:
    seconds = milliseconds / 1000
    return f"{seconds:.2f}" if seconds < 1 else f"{seconds:.1f}"


# Pieces


def _reply(*parts: str) -> str:
    return f'<div class="reply">{"".join(parts)}</div>'


def _section(heading: str, items: Sequence[str]) -> str:
    if not items:
        return ""
    return (
        f'<section class="sources"><p class="kind">{escape(heading)}</p>'
        f"<ul>{''.join(items)}</ul></section>"
    )


def _note(sentence: str) -> str:
    return f'<p class="note">{escape(sentence)}</p>'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
