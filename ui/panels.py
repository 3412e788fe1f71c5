"""What stands beside the conversation, as HTML: documents, engine, notices, panel headings."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from qa import (
    AddReport,
    ConversationSummary,
    DocumentSummary,
    EmbeddingProgress,
    EngineStatus,
    Progress,
)
from qa.status import Reason, Step
from ui.labels import Labels
from ui.render import document_address

_MEGABYTE = 1_000_000
# Characters of a conversation's title, which is its first question.
_TITLE = 120


def status(state: EngineStatus, labels: Labels, embedding: EmbeddingProgress | None = None) -> str:
    """The line that says what answers now, and why; or how far preparing it has come.

    While sentences are still being embedded, it says that too.
    """
    why = _why(state.reason, labels)
    if embedding and not embedding.is_complete:
        done, total = f"{embedding.done:,}", f"{embedding.total:,}"
        why = f"{why} · {labels.fill('embedding', done=done, total=total)}"
    if state.preparing:
        return f'<p class="status">{escape(why)}{_download(state, labels)}</p>'
    if state.engine == "quotes":
        said = labels["quotes_only"]
    else:
        engine = labels[f"engine_{state.engine}"]
        said = labels.fill("answers_with", model=state.model or "", engine=engine)
    return (
        f'<details class="status"><summary><strong>{escape(said)}</strong>'
        f' <span class="why">{escape(why)}</span></summary><p>{escape(why)}</p></details>'
    )


def _why(reason: Reason, labels: Labels) -> str:
    step = _step(reason.step, labels) if reason.step else ""
    said = labels.fill(f"reason_{reason.code}", detail=reason.detail, step=step)
    if reason.address is None:
        return said
    return labels.fill("leaves_machine", reason=said, address=reason.address)


def _step(step: Step, labels: Labels) -> str:
    return labels.fill(f"step_{step.name}", number=step.number, count=step.count)


def _download(state: EngineStatus, labels: Labels) -> str:
    if state.total <= 0:
        return ""
    done, total = round(state.done / _MEGABYTE), round(state.total / _MEGABYTE)
    said = escape(labels.fill("downloaded", done=done, total=total))
    return (
        f'<span class="why">{said}</span>'
        f'<progress value="{state.done}" max="{state.total}" aria-label="{said}"></progress>'
    )


def documents(summaries: Sequence[DocumentSummary], labels: Labels) -> str:
    """The list of documents: each opens for reading and has a button to remove it."""
    if not summaries:
        return f'<p class="empty">{escape(labels["no_documents"])}</p>'
    return f'<ul class="documents list">{"".join(_document(s, labels) for s in summaries)}</ul>'


def _document(summary: DocumentSummary, labels: Labels) -> str:
    name, address = escape(summary.name), escape(document_address(summary.id))
    kind, count = ("pages", summary.pages) if summary.pages else ("characters", summary.characters)
    size = escape(labels.fill(kind, count=f"{count:,}"))
    remove = escape(labels.fill("remove_named", name=summary.name))
    return (
        f'<li><a href="{address}" title="{name}">'
        f'<span class="name" dir="auto">{name}</span><span class="size">{size}</span></a>'
        f'<button type="button" class="remove" data-document="{escape(summary.id)}"'
        f' title="{remove}" aria-label="{remove}">×</button></li>'
    )


def conversations(summaries: Sequence[ConversationSummary], current: str, labels: Labels) -> str:
    """The list of conversations: each opens again and has a button to remove it; "" for none."""
    if not summaries:
        return ""
    items = "".join(_conversation(s, current, labels) for s in summaries)
    heading = f'<div class="heading"><h2>{escape(labels["conversations"])}</h2></div>'
    return f'{heading}<ul class="list">{items}</ul>'


def _conversation(summary: ConversationSummary, current: str, labels: Labels) -> str:
    title = _title(summary)
    remove = escape(labels.fill("remove_conversation", title=title))
    now = ' aria-current="true"' if summary.id == current else ""
    chosen = f'data-conversation="{escape(summary.id)}"'
    return (
        f'<li{now}><button type="button" class="open" data-act="open" {chosen}'
        f' title="{escape(title)}"><span class="name" dir="auto">{escape(title)}</span>'
        f'<span class="size">{escape(_when(summary.asked_at, labels))}</span></button>'
        f'<button type="button" class="remove" data-act="remove" {chosen}'
        f' title="{remove}" aria-label="{remove}">×</button></li>'
    )


def _title(summary: ConversationSummary) -> str:
    title = " ".join(summary.title.split())
    return title if len(title) <= _TITLE else title[:_TITLE].rstrip() + "…"


def _when(asked_at: datetime, labels: Labels) -> str:
    """The time of a conversation of today, else its day, as this machine's clock has them."""
    at = asked_at.astimezone()
    if at.date() == datetime.now(at.tzinfo).date():
        return labels.fill("today", time=f"{at:%H:%M}")
    return labels.fill("date", year=at.year, month=at.month, day=at.day)


def progress(step: Progress, labels: Labels) -> str:
    """The line that says which file is being read."""
    return f'<p class="notice">{escape(labels.fill("reading", name=step.file))}</p>'


def added(report: AddReport, labels: Labels) -> str:
    """What became of uploaded files."""
    lines = [
        labels.fill(kind, names=", ".join(told))
        for kind, told in (
            ("added", report.added),
            ("unchanged", report.unchanged),
            ("replaced", report.replaced),
        )
        if told
    ]
    lines += [
        labels.fill("not_added", name=Path(f.path).name, reason=f.reason) for f in report.failed
    ]
    return "".join(notice(line) for line in lines)


def notice(sentence: str) -> str:
    """A sentence for the reader, beside the documents."""
    return f'<p class="notice">{escape(sentence)}</p>'


def confirmation(name: str, labels: Labels) -> str:
    """The question that is asked before a document is removed."""
    return f'<p role="alert">{escape(labels.fill("confirm_remove", name=name))}</p>'


def confirm_conversation(summary: ConversationSummary, labels: Labels) -> str:
    """The question that is asked before a conversation is removed."""
    said = labels.fill("confirm_conversation", title=_title(summary))
    return f'<p role="alert">{escape(said)}</p>'


def brand(preview_note: str) -> str:
    """The name of the page, and the note that the caller wants at its top."""
    note = f'<p class="preview">{escape(preview_note)}</p>' if preview_note else ""
    return f'<span class="brand">Ownground</span>{note}'


def documents_button(labels: Labels) -> str:
    """The button that opens documents and conversations on a narrow screen."""
    said = escape(labels["documents_and_conversations"])
    return f'<button type="button" data-panel="documents">{said}</button>'


def documents_heading(labels: Labels) -> str:
    return _heading(labels["documents"], labels["close_documents"])


def passage_panel(labels: Labels) -> str:
    """The panel in which links to documents open."""
    title = escape(labels["passage"])
    return (
        f'<aside lang="{escape(labels.language)}" aria-label="{title}">'
        f"{_heading(labels['passage'], labels['close_passage'])}"
        f'<iframe name="passage" title="{title}"></iframe></aside>'
    )


def welcome(labels: Labels) -> str:
    """What stands in place of an empty conversation."""
    return (
        f'<div class="welcome"><h1>{escape(labels["welcome"])}</h1>'
        f"<p>{escape(labels['welcome_text'])}</p></div>"
    )


def _heading(title: str, close: str) -> str:
    return (
        f'<div class="heading"><h2>{escape(title)}</h2><button type="button" class="close"'
        f' data-panel="none" title="{escape(close)}" aria-label="{escape(close)}">×</button></div>'
    )
