"""The page itself: Gradio's components, and what happens at each event."""

import asyncio
import os
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# Gradio reads this when it is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from fastapi import FastAPI

from qa import Assistant, OwngroundError, Progress
from ui import asking, panels, render
from ui.labels import DEFAULT, Labels, choose_labels, languages
from ui.render import Exchange
from ui.server import document_app

_AT_ONCE = 4
_SECONDS_BETWEEN_LOOKS = 3
_SECONDS_UPLOADS_ARE_KEPT = 3600
_FONTS = ("system-ui", "-apple-system", "Segoe UI", "sans-serif")
_FIXED_FONTS = ("ui-monospace", "Consolas", "monospace")
_CHOOSE_DOCUMENT = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-document]");
  if (button) trigger("click", { document: button.dataset.document });
});
"""
_FOCUS_KEEP = "() => { document.querySelector('#keep')?.focus(); }"


@dataclass(frozen=True, slots=True)
class Parts:
    """The components of the page that change."""

    open_documents: gr.HTML
    new: gr.Button
    status: gr.HTML
    documents_heading: gr.HTML
    upload: gr.UploadButton
    notice: gr.HTML
    confirm: gr.Column
    question: gr.HTML
    remove: gr.Button
    keep: gr.Button
    listing: gr.HTML
    chat: gr.Chatbot
    box: gr.Textbox
    send: gr.Button
    stop: gr.Button
    passage: gr.HTML


@dataclass(frozen=True, slots=True)
class Session:
    """What one browser's page remembers: Gradio keeps it for that page alone."""

    conversation: gr.State
    doomed: gr.State
    listed: gr.State


@contextmanager
def chat_app(
    assistant: Assistant, host: str, examples: Sequence[str], preview_note: str
) -> Iterator[FastAPI]:

    with TemporaryDirectory(prefix="ownground-", ignore_cleanup_errors=True) as uploads:
        os.environ["GRADIO_TEMP_DIR"] = uploads
        app = document_app(assistant, host)
        yield gr.mount_gradio_app(
            app,
            build(assistant, examples, preview_note),
            path="/",
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            show_error=False,
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            theme=gr.themes.Base(font=_FONTS, font_mono=_FIXED_FONTS),
            # Not by `css`: Gradio would put its container before every selector.
            head=f"<style>{_text('style.css')}</style><script>{_text('page.js')}</script>",
        )


def build(assistant: Assistant, examples: Sequence[str], preview_note: str) -> gr.Blocks:
    """The page over an assistant, in English until a browser says what it reads."""
    labels = languages()[DEFAULT]
    kept = (_SECONDS_UPLOADS_ARE_KEPT, _SECONDS_UPLOADS_ARE_KEPT)
    with gr.Blocks(
        title="Ownground", analytics_enabled=False, fill_width=True, delete_cache=kept
    ) as page:
        events = Events(assistant)
        session = Session(gr.State(()), gr.State(None), gr.State(""))
        parts = _lay_out(labels, examples, preview_note)
        _connect_questions(events, session, parts)
        _connect_documents(events, session, parts)
        _connect_page(page, events, session, parts)
    return page


# Layout

_html = partial(gr.HTML, apply_default_css=False)


def _lay_out(labels: Labels, examples: Sequence[str], preview_note: str) -> Parts:
    with gr.Row(elem_id="bar"):
        _html(panels.brand(preview_note), elem_id="brand")
        status = _html(elem_id="status")
        open_documents = _html(panels.documents_button(labels), elem_id="open-documents")
        new = gr.Button(labels["new_chat"], elem_id="new-chat", size="sm")
    with gr.Row(elem_id="work"):
        with gr.Column(elem_id="documents"):
            library = _lay_out_documents(labels)
        with gr.Column(elem_id="conversation"):
            conversation = _lay_out_conversation(labels, examples)
        passage = _html(panels.passage_panel(labels), elem_id="passage", js_on_load=None)
    return Parts(
        status=status,
        open_documents=open_documents,
        new=new,
        passage=passage,
        **library,
        **conversation,
    )


def _lay_out_documents(labels: Labels) -> dict[str, Any]:
    heading = _html(panels.documents_heading(labels))
    upload = gr.UploadButton(
        labels["add_documents"], file_count="multiple", size="sm", elem_id="upload"
    )
    notice = _html(elem_id="notice")
    with gr.Column(visible=False, elem_id="confirm") as confirm:
        question = _html()
        with gr.Row():
            remove = gr.Button(labels["remove"], variant="stop", size="sm", elem_id="remove")
            keep = gr.Button(labels["keep"], size="sm", elem_id="keep")
    listing = _html(elem_id="listing", js_on_load=_CHOOSE_DOCUMENT)
    return {
        "documents_heading": heading,
        "upload": upload,
        "notice": notice,
        "confirm": confirm,
        "question": question,
        "remove": remove,
        "keep": keep,
        "listing": listing,
    }


def _lay_out_conversation(labels: Labels, examples: Sequence[str]) -> dict[str, Any]:
    chat = gr.Chatbot(
        label=labels["conversation"],
        show_label=False,
        elem_id="chat",
        height="100%",
        layout="bubble",
        placeholder=panels.welcome(labels),
        examples=[{"text": example} for example in examples] or None,
        buttons=[],
        feedback_options=None,
        # Messages are HTML made by ui.render, which escapes; Gradio adds nothing of its own.
        render_markdown=False,
        sanitize_html=True,
        allow_tags=False,
        latex_delimiters=[],
        allow_file_downloads=False,
    )
    with gr.Row(elem_id="asking"):
        box = gr.Textbox(
            label=labels["question"],
            placeholder=labels["placeholder"],
            show_label=False,
            container=False,
            lines=1,
            max_lines=6,
            autofocus=True,
            elem_id="box",
        )
        send = gr.Button(labels["send"], variant="primary", elem_id="send")
        stop = gr.Button(labels["stop"], visible=False, elem_id="stop")
    return {"chat": chat, "box": box, "send": send, "stop": stop}


# Events


def _connect_questions(events: "Events", session: Session, parts: Parts) -> None:
    listen = partial(gr.on, api_visibility="private", show_progress="hidden")
    shown = [session.conversation, parts.chat, parts.send, parts.stop, parts.new]
    typed = listen(
        [parts.box.submit, parts.send.click],
        events.ask,
        [parts.box, session.conversation],
        [*shown, parts.box],
        concurrency_limit=_AT_ONCE,
        concurrency_id="ask",
    )
    chosen = listen(
        parts.chat.example_select,
        events.ask_example,
        session.conversation,
        [*shown, parts.box],
        concurrency_limit=_AT_ONCE,
        concurrency_id="ask",
    )
    # What a stopped event leaves open is settled after it.
    for asked in (typed, chosen):
        asked.then(
            events.settle,
            session.conversation,
            shown,
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
    listen(parts.stop.click, None, cancels=[typed, chosen])
    listen(parts.stop.click, events.stop, None, parts.stop, queue=False)
    listen(parts.new.click, events.start_anew, None, shown, queue=False)


def _connect_documents(events: "Events", session: Session, parts: Parts) -> None:
    listen = partial(gr.on, api_visibility="private", show_progress="hidden")
    asked = [session.doomed, parts.confirm, parts.question]
    shown = [parts.notice, parts.listing, session.listed]
    listen(parts.upload.upload, events.add, parts.upload, [*shown, parts.upload])
    # The question stands above the list: whoever uses keys alone would not find it.
    listen(parts.listing.click, events.ask_to_remove, None, asked).then(None, js=_FOCUS_KEEP)
    listen(parts.remove.click, events.remove, session.doomed, [*shown, *asked])
    listen(parts.keep.click, events.keep, None, asked)


def _connect_page(page: gr.Blocks, events: "Events", session: Session, parts: Parts) -> None:
    listen = partial(gr.on, api_visibility="private", show_progress="hidden")
    looked = [parts.status, parts.listing, session.listed]
    worded = [
        parts.open_documents,
        parts.new,
        parts.documents_heading,
        parts.upload,
        parts.remove,
        parts.keep,
        parts.chat,
        parts.box,
        parts.send,
        parts.stop,
        parts.passage,
    ]
    listen(page.load, events.word, None, worded)
    look = events.look
    timer = gr.Timer(_SECONDS_BETWEEN_LOOKS)
    listen([page.load, timer.tick], look, session.listed, looked, queue=False)


@dataclass(frozen=True, slots=True)
class Events:
    """What the page does at each event. Nothing of one browser is kept here."""

    assistant: Assistant

    async def ask(
        self, question: str, exchanges: tuple[Exchange, ...], request: gr.Request
    ) -> AsyncGenerator[tuple[Any, ...], None]:
        """The conversation, its buttons and the box, again and again while the answer grows."""
        if not question.strip():
            yield (gr.skip(),) * 6
            return
        labels = _labels(request)
        history = render.turns(exchanges, labels)
        box = gr.update(value="")
        if not await asyncio.to_thread(self.assistant.documents):
            told = Exchange(question.strip(), error=labels["no_documents"])
            yield (*_conversation((*exchanges, told), labels), box)
            return
        asked = asking.ask(self.assistant, question.strip(), history)
        async with aclosing(asking.apart(asked)) as steps:
            async for exchange in steps:
                yield (*_conversation((*exchanges, exchange), labels), box)
                box = gr.skip()

    async def ask_example(
        self, exchanges: tuple[Exchange, ...], event: gr.SelectData, request: gr.Request
    ) -> AsyncGenerator[tuple[Any, ...], None]:
        """As `ask`, for the example that was pressed."""
        async with aclosing(self.ask(event.value["text"], exchanges, request)) as steps:
            async for step in steps:
                yield step

    def stop(self) -> Any:
        """The stop button, pressed: it stays so until the conversation is settled."""
        return gr.update(interactive=False)

    def settle(self, exchanges: tuple[Exchange, ...], request: gr.Request) -> tuple[Any, ...]:
        """The conversation with nothing open: what was stopped stays as far as it got."""
        if not any(exchange.open for exchange in exchanges):
            return (gr.skip(),) * 5
        return _conversation(asking.stop(exchanges), _labels(request))

    def start_anew(self, request: gr.Request) -> tuple[Any, ...]:
        """An empty conversation."""
        return _conversation((), _labels(request))

    def add(self, paths: list[str], request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """A line on how far reading is, then what became of the files, and the new list."""
        labels = _labels(request)
        said = ""
        for path in map(Path, paths):
            try:
                for step in asking.add(self.assistant, path, path.name):
                    if isinstance(step, Progress):
                        line = said + panels.progress(step, labels)
                        yield line, gr.skip(), gr.skip(), gr.skip()
                    else:
                        said += panels.added(step, labels)
            except OwngroundError as error:
                said += panels.notice(str(error))
            finally:
                path.unlink(missing_ok=True)
        listing = panels.documents(self.assistant.documents(), labels)
        yield said, listing, listing, None

    def ask_to_remove(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """The question whether the chosen document is to go."""
        wanted = event._data["document"]
        names = self._names(wanted)
        if not names:
            return self.keep()
        said = panels.confirmation(names, _labels(request))
        return wanted, gr.update(visible=True), said

    def remove(self, document_id: str, request: gr.Request) -> tuple[Any, ...]:
        """The list without the document, and a sentence on it."""
        labels = _labels(request)
        said = panels.notice(labels.fill("removed", name=self._names(document_id)))
        try:
            self.assistant.remove(document_id)
        except OwngroundError as error:
            said = panels.notice(str(error))
        listing = panels.documents(self.assistant.documents(), labels)
        return said, listing, listing, *self.keep()

    def keep(self) -> tuple[Any, ...]:
        """No document chosen, and no question about one."""
        return None, gr.update(visible=False), ""

    def look(self, listed: str, request: gr.Request) -> tuple[Any, ...]:
        """What answers now, and the documents where they have changed."""
        labels = _labels(request)
        listing = panels.documents(self.assistant.documents(), labels)
        same = listing == listed
        shown = (gr.skip(), gr.skip()) if same else (listing, listing)
        embedding = self.assistant.library.embedding_progress()
        return panels.status(self.assistant.status, labels, embedding), *shown

    def word(self, request: gr.Request) -> tuple[Any, ...]:
        """The page's words in the language of the browser."""
        labels = _labels(request)
        return (
            panels.documents_button(labels),
            labels["new_chat"],
            panels.documents_heading(labels),
            gr.update(label=labels["add_documents"]),
            labels["remove"],
            labels["keep"],
            gr.update(label=labels["conversation"], placeholder=panels.welcome(labels)),
            gr.update(label=labels["question"], placeholder=labels["placeholder"]),
            labels["send"],
            labels["stop"],
            panels.passage_panel(labels),
        )

    def _names(self, document_id: str) -> str:
        found = (s.name for s in self.assistant.documents() if s.id == document_id)
        return ", ".join(found)


def _conversation(exchanges: tuple[Exchange, ...], labels: Labels) -> tuple[Any, ...]:
    """The conversation, its bubbles, and which buttons can be pressed."""
    waiting = any(exchange.open for exchange in exchanges)
    bubbles = render.messages(exchanges, labels)
    send, new = gr.update(visible=not waiting), gr.update(interactive=not waiting)
    return exchanges, bubbles, send, gr.update(visible=waiting, interactive=True), new


def _labels(request: gr.Request) -> Labels:
    return choose_labels(request.headers.get("accept-language"))


def _text(name: str) -> str:
    return files("ui").joinpath(name).read_text(encoding="utf-8")
