"""From a command's options to settings, and to what they name."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from qa.assistant import Assistant
from qa.errors import QuestionError
from qa.settings import Settings, read_settings
from store import Library


def settings_of(options: Namespace) -> Settings:
    """The settings, with the options that were given before all other sources."""
    names = ("data", "collection", "engine", "model")
    return read_settings(**{name: getattr(options, name, None) for name in names})


@contextmanager
def with_documents(settings: Settings) -> Iterator[Assistant]:
    """The assistant over a collection. Raises QuestionError where there is nothing to ask."""
    folder = settings.collection_folder
    empty = QuestionError(
        f"No documents have been added in {folder} yet. Add some with “qa add PATH”, or choose"
        " others with --data and --collection."
    )
    # What lies in a closed folder cannot even be looked for: opening the library tells that.
    with suppress(PermissionError):
        if not folder.exists():
            raise empty
    with Assistant(Library(folder), settings) as assistant:
        if not assistant.documents():
            raise empty
        yield assistant
