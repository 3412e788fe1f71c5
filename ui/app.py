"""The page itself: which event of `ui.events` each of its components calls."""

import os
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from functools import partial
from importlib.resources import files
from tempfile import TemporaryDirectory
from typing import Any

import gradio as gr
from fastapi import FastAPI

from qa import Assistant
from ui.events import Events, Shown
from ui.labels import DEFAULT, languages
from ui.layout import Parts, lay_out
from ui.server import document_app, labels_of

_AT_ONCE = 4
_SECONDS_BETWEEN_LOOKS = 3
_SECONDS_UPLOADS_ARE_KEPT = 3600
_FONTS = ("system-ui", "-apple-system", "Segoe UI", "sans-serif")
_FIXED_FONTS = ("ui-monospace", "Consolas", "monospace")
_FOCUS_KEEP = "() => { document.querySelector('#keep')?.focus(); }"


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
        parts = lay_out(labels, examples, preview_note)
        _connect_questions(events, parts)
        _connect_lists(events, parts)
        _connect_page(page, events, parts)
    return page


# Events

_CONVERSATION = ("exchanges", "chat", "send", "stop", "new")
_LISTS = ("listing", "listed", "talks", "talked")
_QUESTION = ("doomed", "confirm", "question")
_listen = partial(gr.on, api_visibility="private", show_progress="hidden")


def _connect_questions(events: Events, parts: Parts) -> None:
    shown = parts.named(*_CONVERSATION)
    talks = parts.named("talks", "talked")
    waiting = {"concurrency_limit": _AT_ONCE, "concurrency_id": "ask"}
    typed = _listen(
        [parts.box.submit, parts.send.click],
        _growing(parts, events.ask),
        parts.named("box", "place", "exchanges"),
        [*shown, *talks, parts.box],
        **waiting,
    )
    chosen = _listen(
        parts.chat.example_select,
        _growing_chosen(parts, events.ask_example),
        parts.named("place", "exchanges"),
        [*shown, *talks, parts.box],
        **waiting,
    )
    # What a stopped event leaves open is settled after it.
    for asked in (typed, chosen):
        asked.then(
            _once(parts, events.settle),
            parts.exchanges,
            shown,
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
    _listen(parts.stop.click, None, cancels=[typed, chosen])
    _listen(parts.stop.click, _once(parts, events.stop), None, parts.stop, queue=False)
    anew = [*shown, *talks, parts.place]
    _listen(parts.new.click, _once(parts, events.start_anew), parts.place, anew, queue=False)


def _connect_lists(events: Events, parts: Parts) -> None:
    asked = parts.named(*_QUESTION)
    conversation = parts.named(*_CONVERSATION, "place")
    lists = parts.named(*_LISTS)
    here = parts.named("place", "exchanges")
    _listen(
        parts.upload.upload,
        _by_steps(parts, events.add),
        [parts.upload, *here],
        [*conversation, *lists, parts.notice, parts.upload],
    )
    # The question stands above the lists: whoever uses keys alone would not find it.
    _listen(parts.listing.click, _chosen(parts, events.ask_to_remove), None, asked).then(
        None, js=_FOCUS_KEEP
    )
    _listen(
        parts.talks.click,
        _chosen(parts, events.choose),
        here,
        [*conversation, *lists, *asked],
    ).then(None, js=_FOCUS_KEEP)
    _listen(
        parts.remove.click,
        _once(parts, events.remove),
        [parts.doomed, *here],
        [*conversation, *lists, *asked, parts.notice],
    )
    _listen(parts.keep.click, _once(parts, events.keep), None, asked)


def _connect_page(page: gr.Blocks, events: Events, parts: Parts) -> None:
    worded = parts.named(
        *("open_documents", "new", "documents_heading", "upload", "remove", "keep"),
        *("chat", "box", "send", "stop", "passage"),
    )
    conversation = parts.named(*_CONVERSATION, "place", "talks", "talked")
    _listen(page.load, _once(parts, events.word), None, worded)
    _listen(page.load, _once(parts, events.open), parts.place, conversation)
    timer = gr.Timer(_SECONDS_BETWEEN_LOOKS)
    _listen(
        [page.load, timer.tick],
        _once(parts, events.look),
        parts.named("listed", "talked", "place", "exchanges"),
        [parts.status, *parts.named(*_CONVERSATION, *_LISTS)],
        queue=False,
    )


# Gradio finds out by their signatures what these take.


def _once(parts: Parts, event: Callable[..., Shown]) -> Callable[..., Any]:
    def run(request: gr.Request, *values: Any) -> Any:
        return parts.changed(event(labels_of(request.headers), *values))

    return run


def _chosen(parts: Parts, event: Callable[..., Shown]) -> Callable[..., Any]:
    def run(request: gr.Request, chosen: gr.EventData, *values: Any) -> Any:
        return parts.changed(event(labels_of(request.headers), chosen._data, *values))

    return run


def _by_steps(parts: Parts, event: Callable[..., Iterator[Shown]]) -> Callable[..., Any]:
    def run(request: gr.Request, *values: Any) -> Iterator[Any]:
        for shown in event(labels_of(request.headers), *values):
            yield parts.changed(shown)

    return run


def _growing(parts: Parts, event: Callable[..., AsyncGenerator[Shown, None]]) -> Callable[..., Any]:
    async def run(request: gr.Request, *values: Any) -> AsyncGenerator[Any, None]:
        async with aclosing(event(labels_of(request.headers), *values)) as steps:
            async for shown in steps:
                yield parts.changed(shown)

    return run


def _growing_chosen(
    parts: Parts, event: Callable[..., AsyncGenerator[Shown, None]]
) -> Callable[..., Any]:
    async def run(
        request: gr.Request, chosen: gr.EventData, *values: Any
    ) -> AsyncGenerator[Any, None]:
        async with aclosing(event(labels_of(request.headers), chosen._data, *values)) as steps:
            async for shown in steps:
                yield parts.changed(shown)

    return run


def _text(name: str) -> str:
    return files("ui").joinpath(name).read_text(encoding="utf-8")
