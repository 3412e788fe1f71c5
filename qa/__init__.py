"""How we answer: the door for Python, the command line and the chat."""

from collections.abc import Iterable
from pathlib import Path

from qa.assistant import Assistant, EngineStatus
from qa.errors import EngineError, QuestionError, SettingsError, WeightsError
from qa.settings import EngineName, Settings, read_settings
from qa.types import Answer, AnswerSentence, Citation, Timings, Turn
from store import (
    AddReport,
    Document,
    DocumentSummary,
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
    "Document",
    "DocumentSummary",
    "EngineError",
    "EngineStatus",
    "Evidence",
    "OwngroundError",
    "Progress",
    "QuestionError",
    "Settings",
    "SettingsError",
    "Timings",
    "Turn",
    "WeightsError",
    "ask",
    "open",
    "read_settings",
    "split_sentences",
]


def ask(question: str, history: Iterable[Turn] = ()) -> Answer:
    """What the default collection says to a question, by the engine of the settings.

    Opens the library and loads the engine for this one answer; for more than one use `open`.
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
) -> Assistant:
    """An assistant over a collection, its engine loaded; close it, or use it in a `with`.

    What is not given comes from the settings. Raises EngineError, WeightsError, SettingsError or a
    StoreError.
    """
    settings = read_settings(data=data, collection=collection, engine=engine, model=model)
    assistant = Assistant(Library(settings.collection_folder), settings)
    try:
        assistant.prepare()
    except BaseException:
        assistant.close()
        raise
    return assistant
