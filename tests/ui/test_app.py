import asyncio
import threading
from pathlib import Path

import gradio as gr

from qa import Assistant, DocumentSummary, read_settings
from store import Library
from ui.app import Events
from ui.labels import languages


def test_without_documents_the_page_says_what_to_do(tmp_path: Path) -> None:
    """In the reader's language, instead of an answer that the documents do not say."""
    settings = read_settings(data=tmp_path, engine="quotes")
    request = gr.Request(headers={"accept-language": "ko"})

    async def ask() -> list[tuple[object, ...]]:
        return [step async for step in Events(assistant).ask("무엇?", (), request)]

    with Assistant(Library(settings.collection_folder), settings) as assistant:
        ((exchanges, *_),) = asyncio.run(ask())
    assert isinstance(exchanges, tuple)
    assert [exchange.error for exchange in exchanges] == [languages()["ko"]["no_documents"]]


def test_the_library_is_not_read_on_the_loop(tmp_path: Path) -> None:
    """A library that is busy holds up the one who asked, not every page."""
    settings = read_settings(data=tmp_path, engine="quotes")
    readers: list[int] = []

    class Watched(Assistant):
        def documents(self) -> list[DocumentSummary]:
            readers.append(threading.get_ident())
            return super().documents()

    async def ask() -> int:
        request = gr.Request(headers={})
        _ = [step async for step in Events(assistant).ask("What?", (), request)]
        return threading.get_ident()

    with Watched(Library(settings.collection_folder), settings) as assistant:
        loop = asyncio.run(ask())
    assert readers
    assert loop not in readers
