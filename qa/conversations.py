"""The conversations of a collection, kept in its file."""

from dataclasses import dataclass

from qa.exchanges import Exchange, pack, unpack
from store import ConversationSummary, Library


@dataclass(frozen=True, slots=True)
class Conversations:
    """What was asked and answered. A reader's conversations are found by that reader's id alone.

    The 200 of a collection in which something was asked last are kept. A document that is removed
    takes its words out of all of them.
    """

    library: Library

    def all(self, reader: str) -> list[ConversationSummary]:
        """The reader's conversations, the one that was asked in last first."""
        return self.library.conversations.summaries(reader)

    def read(self, reader: str, conversation: str) -> tuple[Exchange, ...]:
        """What was asked, oldest first; nothing where the reader has no such conversation."""
        return tuple(map(unpack, self.library.conversations.exchanges(reader, conversation)))

    def add(self, reader: str, conversation: str, exchange: Exchange) -> None:
        """Put an exchange at the end of a conversation, which begins with its first."""
        names = {document.id: document.name for document in self.library.documents()}
        self.library.conversations.add(reader, conversation, pack(exchange, names))

    def delete(self, reader: str, conversation: str) -> None:
        """Leave no byte of a conversation."""
        self.library.conversations.delete(reader, conversation)
