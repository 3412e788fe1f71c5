import asyncio
import threading
from pathlib import Path

import pytest

from qa import Assistant, DocumentSummary, Exchange, read_settings
from store import Library
from ui.events import Events, Place, Shown
from ui.labels import languages


def test_without_documents_the_page_says_what_to_do(tmp_path: Path) -> None:
    """In the reader's language, instead of an answer that the documents do not say."""
    settings = read_settings(data=tmp_path, engine="quotes")
    labels = languages()["ko"]

    async def ask() -> list[Shown]:
        return [step async for step in Events(assistant).ask(labels, "무엇?", None, ())]

    with Assistant(Library(settings.collection_folder), settings) as assistant:
        (shown,) = asyncio.run(ask())
    assert [exchange.error for exchange in shown["exchanges"]] == [labels["no_documents"]]


def test_the_library_is_not_read_on_the_loop(tmp_path: Path) -> None:
    """A library that is busy holds up the one who asked, not every page."""
    settings = read_settings(data=tmp_path, engine="quotes")
    readers: list[int] = []

    class Watched(Assistant):
        def documents(self) -> list[DocumentSummary]:
            readers.append(threading.get_ident())
            return super().documents()

    async def ask() -> int:
        _ = [step async for step in Events(assistant).ask(languages()["en"], "What?", None, ())]
        return threading.get_ident()

    with Watched(Library(settings.collection_folder), settings) as assistant:
        loop = asyncio.run(ask())
    assert readers
    assert loop not in readers


@pytest.mark.parametrize("kept", [None, "", [], ["a", "b"], ["0" * 32], ["0" * 32, 5], {"a": 1}])
def test_a_browser_that_has_kept_no_place_gets_a_new_one(kept: object) -> None:
    """What a browser sends is the sender's: only two ids of our own form are taken."""
    place = Place.of(kept)
    assert Place.of(place.kept) == place
    assert place != Place.of(kept)


def test_nobody_opens_or_removes_anothers_conversation(tmp_path: Path) -> None:
    """Who knows a conversation's id but not its reader's gets nothing of it."""
    settings = read_settings(data=tmp_path, engine="quotes")
    own, other = Place.of(None), Place.of(None)
    labels = languages()["en"]
    with Assistant(Library(settings.collection_folder), settings) as assistant:
        events = Events(assistant)
        said = Exchange("What?", error="Nothing.")
        assistant.conversations.add(own.reader, own.conversation, said)
        for act in ("open", "remove"):
            chosen = {"act": act, "conversation": own.conversation}
            shown = events.choose(labels, chosen, other.kept, ())
            assert set(shown) == {"talks", "talked"}
            assert "What?" not in shown["talks"]
        events.remove(labels, ["conversation", own.conversation], other.kept, ())
        opened = events.open(labels, own.kept)
    assert opened["exchanges"] == (said,)


def test_while_an_answer_is_written_its_conversation_is_not_left(tmp_path: Path) -> None:
    """The answer would come in another's place."""
    settings = read_settings(data=tmp_path, engine="quotes")
    place = Place.of(None)
    chosen = {"act": "open", "conversation": place.conversation}
    with Assistant(Library(settings.collection_folder), settings) as assistant:
        assistant.conversations.add(place.reader, place.conversation, Exchange("A?", error="No."))
        shown = Events(assistant).choose(languages()["en"], chosen, place.kept, (Exchange("B?"),))
    assert set(shown) == {"talks", "talked"}
