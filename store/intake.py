"""Intake: files are read, split and made visible by their words."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Literal, get_args

from store.backlog import Backlog
from store.collection import Collection
from store.errors import DocumentError, StoreError
from store.files import receive, state_of
from store.formats import SUFFIXES
from store.reading import document_id_of, read_document
from store.splitting import split
from store.storage import TOO_MANY_FILES, has_too_many_files, storage_errors
from store.tokens import count_tokens
from store.types import AddReport, Document, Failure, Passage, Progress

Outcome = Literal["added", "unchanged", "replaced"]
Report = Callable[[Progress], None]
# Readers, and what they load when they are first needed, fail where no more files can be opened.
_UNREADABLE = (DocumentError, OSError, RuntimeError, ValueError, ImportError)


@dataclass(frozen=True, slots=True)
class Intake:
    """How files come into a collection; what is `closing` takes no more."""

    collection: Collection
    backlog: Backlog
    closing: Event

    def add(
        self, files: Sequence[tuple[Path, str]], progress: Report | None = None
    ) -> tuple[AddReport, StoreError | None]:
        """Take files with their names one after another; a file that fails leaves the others in.

        What ends it in the middle is given back with what was done until then.
        """
        outcomes: dict[Outcome, list[str]] = {"added": [], "unchanged": [], "replaced": []}
        failed: list[Failure] = []
        ended: StoreError | None = None
        with self.backlog.undisturbed():
            for done, (path, name) in enumerate(files):
                if progress:
                    progress(Progress(name, done, len(files)))
                try:
                    outcomes[self._take(path, name)].append(name)
                except _UNREADABLE as error:
                    failed.append(_failure(path, error))
                except StoreError as error:
                    ended = _closed() if self.closing.is_set() else error
                    break
        self.backlog.start()
        return _report(outcomes, failed), ended

    def add_upload(self, path: Path, name: str, progress: Report | None = None) -> AddReport:
        """Take a copy of a file, which the collection keeps; it is read once."""
        kept = self.collection.uploads / Path(name).name
        with storage_errors(self.collection.uploads):
            incoming = receive(path, kept)
        try:
            with self.backlog.undisturbed():
                if progress:
                    progress(Progress(kept.name, 0, 1))
                document, passages = self._read(incoming, kept.name)
                document = replace(document, path=str(kept.resolve()))
                with self.collection.writing:
                    incoming.replace(kept)
                    outcome = self._put(document, passages, "")
        except _UNREADABLE as error:
            return AddReport(failed=(replace(_failure(kept, error), path=kept.name),))
        finally:
            incoming.unlink(missing_ok=True)
        self.backlog.start()
        return _report({outcome: [kept.name]})

    def _take(self, path: Path, name: str) -> Outcome:
        if self.closing.is_set():
            raise _closed()
        source = str(path.resolve())
        # As it is before it is read: if it changes meanwhile, the next look finds it changed.
        state = state_of(path)
        sources = self.collection.database.sources
        sources.include(source)
        before = sources.at(source)
        if before is not None and before.document_id == document_id_of(path):
            if state != before.state:
                sources.touch(source, state)
            return "unchanged"
        document, passages = self._read(path, name)
        return self._put(replace(document, path=source), passages, state)

    def _read(self, path: Path, name: str) -> tuple[Document, list[Passage]]:
        """The document with its passages; of what is there already only what it is called."""
        database = self.collection.database
        if path.suffix.lower() in SUFFIXES and database.has(known := document_id_of(path)):
            return replace(database.document(known), name=name), []
        document = read_document(path, name)
        if database.has(document.id):
            return document, []
        return document, split(document.text, count_tokens=count_tokens, pages=document.pages)

    def _put(self, document: Document, passages: list[Passage], state: str) -> Outcome:
        database = self.collection.database
        with self.collection.writing:
            if self.closing.is_set():
                raise _closed()
            if not passages and not database.has(document.id):
                # It was removed since it was looked for.
                passages = split(document.text, count_tokens=count_tokens, pages=document.pages)
            before = database.sources.at(document.path)
            self.collection.put(document, passages, state)
            self.backlog.push(document.id)
        if before is None:
            return "added"
        return "unchanged" if before.document_id == document.id else "replaced"


def _report(outcomes: Mapping[Outcome, Sequence[str]], failed: Sequence[Failure] = ()) -> AddReport:
    added, unchanged, replaced = (tuple(outcomes.get(one, ())) for one in get_args(Outcome))
    return AddReport(added, unchanged, replaced, tuple(failed))


def _failure(path: Path, error: Exception) -> Failure:
    readable = os.fsencode(path).decode(errors="replace")
    if isinstance(error, DocumentError):
        return Failure(readable, str(error))
    # Names that are no UTF-8, or too long, and links that lead in a circle.
    reason = f"The file cannot be reached ({error}): rename it or copy it elsewhere."
    if has_too_many_files(error):
        reason = f"Too many files are open. {TOO_MANY_FILES}."
    return Failure(readable, reason.encode(errors="replace").decode())


def _closed() -> StoreError:
    return StoreError(
        "The library was closed before all documents were in. Add them again: what is in already"
        " is passed over."
    )
