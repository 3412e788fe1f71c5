"""The page's components and where they stand."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

# Gradio reads this when it is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr

from ui import panels
from ui.events import Shown
from ui.labels import Labels

# A press on a button in a list is told with the button's data.
_CHOOSE = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) trigger("click", { ...button.dataset });
});
"""
# Where the browser keeps its place. The key hides nothing: it lets a restarted program read it.
_KEPT = {"storage_key": "ownground", "secret": "ownground"}


@dataclass(frozen=True, slots=True)
class Parts:
    """The components of the page that change, and what Gradio keeps for each open page."""

    place: gr.BrowserState
    exchanges: gr.State
    doomed: gr.State
    listed: gr.State
    talked: gr.State
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
    talks: gr.HTML
    chat: gr.Chatbot
    box: gr.Textbox
    send: gr.Button
    stop: gr.Button
    passage: gr.HTML

    def named(self, *names: str) -> list[Any]:
        return [getattr(self, name) for name in names]

    def changed(self, shown: Shown) -> Any:
        """What an event shows, as Gradio takes it."""
        if not shown:
            return gr.skip()
        return {
            getattr(self, name): gr.update(**value) if isinstance(value, Mapping) else value
            for name, value in shown.items()
        }


_html = partial(gr.HTML, apply_default_css=False)


def lay_out(labels: Labels, examples: Sequence[str], preview_note: str) -> Parts:
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
        place=gr.BrowserState(**_KEPT),
        exchanges=gr.State(()),
        doomed=gr.State(None),
        listed=gr.State(""),
        talked=gr.State(""),
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
    listing = _html(elem_id="listing", js_on_load=_CHOOSE)
    talks = _html(elem_id="talks", js_on_load=_CHOOSE)
    return {
        "documents_heading": heading,
        "upload": upload,
        "notice": notice,
        "confirm": confirm,
        "question": question,
        "remove": remove,
        "keep": keep,
        "listing": listing,
        "talks": talks,
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
