"""What the page does at each event: which of its parts change, and how."""

import asyncio
import re
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from qa import Assistant, Exchange, OwngroundError, Progress
from ui import asking, panels, render
from ui.labels import Labels

# By the names of `ui.layout.Parts`: a part's new value, or its new properties; others stay.
Shown = Mapping[str, Any]
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Place:
    """Whose browser it is, and which conversation it shows: all that a browser keeps."""

    reader: str
    conversation: str

    @classmethod
    def of(cls, kept: object) -> "Place":
        """The place that a browser has kept; a new one where it has kept none."""
        match kept:
            case [str(reader), str(conversation)] if all(
                map(_ID.fullmatch, (reader, conversation))
            ):
                return cls(reader, conversation)
        return cls(uuid4().hex, uuid4().hex)

    @property
    def kept(self) -> list[str]:
        return [self.reader, self.conversation]

    def at(self, conversation: str | None = None) -> "Place":
        """Another conversation of the same reader; a new one where none is named."""
        return Place(self.reader, conversation or uuid4().hex)


@dataclass(frozen=True, slots=True)
class Events:
    """What the page does at each event. Nothing of one browser is kept here."""

    assistant: Assistant

    # Questions

    async def ask(
        self, labels: Labels, question: str, kept: object, _: Sequence[Exchange]
    ) -> AsyncGenerator[Shown, None]:
        """The conversation, its buttons and the box, again and again while the answer grows."""
        question = question.strip()
        if not question:
            yield {}
            return
        place = Place.of(kept)
        # Another page may have asked in this conversation meanwhile.
        earlier = await asyncio.to_thread(self._read, place)
        keep = partial(self.assistant.conversations.add, place.reader, place.conversation)
        box: Shown = {"box": ""}
        if not await asyncio.to_thread(self.assistant.documents):
            told = Exchange(question, error=labels["no_documents"])
            yield {**_conversation((*earlier, told), labels), **box}
            return
        asked = asking.ask(self.assistant, question, earlier, labels, keep)
        async with aclosing(asking.apart(asked)) as steps:
            async for exchange in steps:
                shown = _conversation((*earlier, exchange), labels)
                # In one step with the end: of steps that come fast, Gradio shows the last alone.
                listed = (
                    {} if exchange.open else await asyncio.to_thread(self._listed, labels, place)
                )
                yield {**shown, **box, **listed}
                box = {}

    async def ask_example(
        self, labels: Labels, chosen: Mapping[str, Any], kept: object, shown: Sequence[Exchange]
    ) -> AsyncGenerator[Shown, None]:
        """As `ask`, for the example that was pressed."""
        async with aclosing(self.ask(labels, chosen["value"]["text"], kept, shown)) as steps:
            async for step in steps:
                yield step

    def stop(self, _: Labels) -> Shown:
        """The stop button, pressed: it stays so until the conversation is settled."""
        return {"stop": {"interactive": False}}

    def settle(self, labels: Labels, shown: Sequence[Exchange]) -> Shown:
        """The conversation with nothing open: what was stopped stays as far as it got."""
        return _conversation(asking.stop(shown), labels) if _waiting(shown) else {}

    # Conversations

    def open(self, labels: Labels, kept: object) -> Shown:
        """The conversation that the browser showed last, and the list of all."""
        return self._moved(labels, Place.of(kept))

    def start_anew(self, labels: Labels, kept: object) -> Shown:
        """An empty conversation."""
        return self._moved(labels, Place.of(kept).at())

    def choose(
        self, labels: Labels, chosen: Mapping[str, str], kept: object, shown: Sequence[Exchange]
    ) -> Shown:
        """The conversation that was chosen, or the question whether it is to go."""
        place, wanted = Place.of(kept), chosen["conversation"]
        own = {one.id: one for one in self.assistant.conversations.all(place.reader)}
        if _waiting(shown) or wanted not in own:
            return self._listed(labels, place)
        if chosen["act"] == "open":
            return self._moved(labels, place.at(wanted))
        return _asked(["conversation", wanted], panels.confirm_conversation(own[wanted], labels))

    def _moved(self, labels: Labels, place: Place) -> Shown:
        conversation = _conversation(self._read(place), labels)
        return {**conversation, "place": place.kept, **self._listed(labels, place)}

    def _listed(self, labels: Labels, place: Place) -> Shown:
        conversations = self.assistant.conversations.all(place.reader)
        talks = panels.conversations(conversations, place.conversation, labels)
        return {"talks": talks, "talked": talks}

    def _read(self, place: Place) -> tuple[Exchange, ...]:
        return self.assistant.conversations.read(place.reader, place.conversation)

    # Documents

    def add(
        self, labels: Labels, paths: list[str], kept: object, shown: Sequence[Exchange]
    ) -> Iterator[Shown]:
        """A line on how far reading is, then what became of the files, and the new list."""
        said = ""
        for path in map(Path, paths):
            try:
                for step in asking.add(self.assistant, path, path.name):
                    if isinstance(step, Progress):
                        yield {"notice": said + panels.progress(step, labels)}
                    else:
                        said += panels.added(step, labels)
            except OwngroundError as error:
                said += panels.notice(str(error))
            finally:
                path.unlink(missing_ok=True)
        yield {"notice": said, "upload": None, **self._documents(labels, kept, shown)}

    def ask_to_remove(self, labels: Labels, chosen: Mapping[str, str]) -> Shown:
        """The question whether the chosen document is to go."""
        wanted = chosen["document"]
        names = self._names(wanted)
        if not names:
            return _ANSWERED
        return _asked(["document", wanted], panels.confirmation(names, labels))

    def remove(
        self, labels: Labels, doomed: Sequence[str], kept: object, shown: Sequence[Exchange]
    ) -> Shown:
        """The lists without what was chosen."""
        if not doomed:
            return _ANSWERED
        kind, wanted = doomed
        if kind == "conversation":
            return {**self._remove_conversation(labels, Place.of(kept), wanted), **_ANSWERED}
        said = panels.notice(labels.fill("removed", name=self._names(wanted)))
        try:
            self.assistant.remove(wanted)
        except OwngroundError as error:
            said = panels.notice(str(error))
        return {"notice": said, **self._documents(labels, kept, shown), **_ANSWERED}

    def keep(self, _: Labels) -> Shown:
        """Nothing chosen, and no question about it."""
        return _ANSWERED

    def _remove_conversation(self, labels: Labels, place: Place, wanted: str) -> Shown:
        self.assistant.conversations.delete(place.reader, wanted)
        if wanted == place.conversation:
            return self._moved(labels, place.at())
        return self._listed(labels, place)

    def _documents(self, labels: Labels, kept: object, shown: Sequence[Exchange]) -> Shown:
        """The list of documents, and the conversation where one of them has taken words along."""
        listing = panels.documents(self.assistant.documents(), labels)
        told: Shown = {"listing": listing, "listed": listing}
        if not shown or _waiting(shown):
            return told
        now = self._read(Place.of(kept))
        lost = any(new.forgotten > old.forgotten for new, old in zip(now, shown, strict=False))
        return {**told, **_conversation(now, labels)} if lost else told

    def _names(self, document_id: str) -> str:
        found = (s.name for s in self.assistant.documents() if s.id == document_id)
        return ", ".join(found)

    # The page

    def look(
        self, labels: Labels, listed: str, talked: str, kept: object, shown: Sequence[Exchange]
    ) -> Shown:
        """What answers now, and the documents and conversations where they have changed."""
        embedding = self.assistant.library.embedding_progress()
        status = panels.status(self.assistant.status, labels, embedding)
        told: dict[str, Any] = {"status": status}
        if panels.documents(self.assistant.documents(), labels) != listed:
            told |= self._documents(labels, kept, shown)
        talks = self._listed(labels, Place.of(kept))
        return told if talks["talked"] == talked else {**told, **talks}

    def word(self, labels: Labels) -> Shown:
        """The page's words in the language of the browser."""
        return {
            "open_documents": panels.documents_button(labels),
            "new": labels["new_chat"],
            "documents_heading": panels.documents_heading(labels),
            "upload": {"label": labels["add_documents"]},
            "remove": labels["remove"],
            "keep": labels["keep"],
            "chat": {"label": labels["conversation"], "placeholder": panels.welcome(labels)},
            "box": {"label": labels["question"], "placeholder": labels["placeholder"]},
            "send": labels["send"],
            "stop": labels["stop"],
            "passage": panels.passage_panel(labels),
        }


_ANSWERED: Shown = {"doomed": None, "confirm": {"visible": False}, "question": ""}


def _asked(doomed: list[str], question: str) -> Shown:
    return {"doomed": doomed, "confirm": {"visible": True}, "question": question}


def _waiting(exchanges: Sequence[Exchange]) -> bool:
    return any(exchange.open for exchange in exchanges)


def _conversation(exchanges: tuple[Exchange, ...], labels: Labels) -> Shown:
    """The conversation, its bubbles, and which buttons can be pressed."""
    waiting = _waiting(exchanges)
    return {
        "exchanges": exchanges,
        "chat": {"value": render.messages(exchanges, labels)},
        "send": {"visible": not waiting},
        "stop": {"visible": waiting, "interactive": True},
        "new": {"interactive": not waiting},
    }
