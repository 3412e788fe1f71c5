import asyncio
from pathlib import Path

import gradio as gr

from qa import Assistant, read_settings
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
