"""How we answer: the door for Python, the command line and the chat."""

from collections.abc import Callable, Iterable
from pathlib import Path

from qa.assistant import Assistant
from qa.conversations import Conversations
from qa.errors import EngineError, QuestionError, SettingsError, WeightsError
from qa.exchanges import Exchange, cited_documents
from qa.progress import embedding_lines, engine_lines
from qa.settings import EngineName, Settings, read_settings
from qa.status import EngineStatus
from qa.types import Answer, AnswerSentence, Citation, Timings, Turn
from store import (
    AddReport,
    ConversationSummary,
    Document,
    DocumentSummary,
    EmbeddingProgress,
    Evidence,
    Library,
    OwngroundError,
    Progress,
    split_sentences,
)

__all__ = [
    "AddReport",
    "Answer",
    "AnswerSentence",
    "Assistant",
    "Citation",
    "ConversationSummary",
    "Conversations",
    "Document",
    "DocumentSummary",
    "EmbeddingProgress",
    "EngineError",
    "EngineStatus",
    "Evidence",
    "Exchange",
    "Library",
    "OwngroundError",
    "Progress",
    "QuestionError",
    "Settings",
    "SettingsError",
    "Timings",
    "Turn",
    "WeightsError",
    "ask",
    "cited_documents",
    "embedding_lines",
    "engine_lines",
    "open",
    "read_settings",
    "split_sentences",
]


def ask(question: str, history: Iterable[Turn] = ()) -> Answer:
    """What the default collection says to a question, by the engine of the settings.

    Opens the library and loads the engine for this one answer, as `open` does, which is better for
    more than one.
    Raises QuestionError, EngineError, WeightsError, SettingsError or a StoreError.
    """
    with open() as assistant:
        return assistant.ask(question, history)


def open(
    data: str | Path | None = None,
    *,
    collection: str | None = None,
    engine: EngineName | None = None,
    model: str | None = None,
    progress: Callable[[EngineStatus], None] = lambda _: None,
) -> Assistant:
    """An assistant over a collection, its engine loaded; close it, or use it in a `with`.

    What is not given comes from the settings. Where model weights have to be downloaded, what is
    fetched is logged as a warning of the logger “qa” first (Python prints it to stderr unless told
    otherwise), and `progress` hears how far it is. Raises EngineError, WeightsError, SettingsError
    or a StoreError.
    """
    settings = read_settings(data=data, collection=collection, engine=engine, model=model)
    assistant = Assistant(Library(settings.collection_folder), settings)
    try:
        assistant.prepare(progress)
    except BaseException:
        assistant.close()
        raise
    return assistant
