"""Keeping up with folders: what is new, changed, moved and gone in them since they were added."""

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from store.collection import Collection
from store.errors import DocumentError, StoreError
from store.files import find_files, state_of
from store.intake import Intake
from store.reading import document_id_of
from store.sources import Source
from store.types import AddReport, Failure, Move, SyncReport

# Between two looks at the folders: so many seconds, and so many times what a look takes.
_SECONDS, _TIMES = 4.0, 50


@dataclass(frozen=True, slots=True)
class Difference:
    """Files on the disk that are new or touched, with their names, and sources that are gone."""

    fresh: Mapping[str, tuple[Path, str]] = field(default_factory=dict)
    touched: Mapping[str, tuple[Path, str]] = field(default_factory=dict)
    gone: Mapping[str, Source] = field(default_factory=dict)
    closed: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of a collection, and how it keeps up with them."""

    collection: Collection
    intake: Intake
    _syncing: threading.Lock = field(default_factory=threading.Lock)
    # The states of files that could not be read: they are not tried again before they change.
    _refused: dict[str, str] = field(default_factory=dict)

    def sync(self) -> tuple[SyncReport, StoreError | None]:
        """Take what is new or changed, move what has moved, drop what is gone.

        What ends it in the middle is given back with what was done until then.
        """
        with self._syncing:
            folders = [Path(folder) for folder in self.collection.database.sources.folders()]
            away = [folder for folder in folders if self._is_away(folder)]
            here = [self._difference(folder, away) for folder in folders if folder not in away]
            gone = {path: source for one in here for path, source in one.gone.items()}
            fresh = {path: file for one in here for path, file in one.fresh.items()}
            touched = {path: file for one in here for path, file in one.touched.items()}
            moved = self._move(fresh, gone)
            report, ended = self.intake.add([*fresh.values(), *touched.values()])
            for failure in report.failed:
                self._refused[failure.path] = state_of(Path(failure.path))
            removed = [] if ended else self._drop(gone.values())
            closed = {failure: None for one in here for failure in one.closed}
            return _report(report, moved, removed, closed, away), ended

    def watch(self, told: Callable[[SyncReport | StoreError], None]) -> None:
        """`sync` whenever something has changed in the folders and nothing does so any more.

        It looks at the files' sizes and times again and again, until the library is closed: this
        works for disks of other machines too, where nobody tells what changes.
        """
        synced: dict[str, str] | None = None
        before: dict[str, str] | None = None
        pause = 0.0
        while not self.intake.closing.wait(pause):
            started = monotonic()
            try:
                folders = map(Path, self.collection.database.sources.folders())
                files = [path for folder in folders for path, _ in self._files(folder)[0]]
                now = {str(path): state_of(path) for path in files}
                if now != synced and now == before:
                    synced = now
                    report, ended = self.sync()
                    if report.has_changed or report.failed:
                        told(report)
                    if ended:
                        raise ended
            except StoreError as error:
                if not self.intake.closing.is_set():
                    told(error)
                return
            before = now
            pause = max(_SECONDS, _TIMES * (monotonic() - started)) if synced else 0.5

    def _is_away(self, folder: Path) -> bool:
        """Whether a folder is not there, as when its disk is not, or lost all that was in it.

        What an empty folder stands for cannot be told: it is also where a disk belongs.
        """
        if not folder.is_dir():
            return True
        files, closed = self._files(folder)
        return not files and (bool(closed) or bool(self._known_below(folder)))

    def _difference(self, folder: Path, away: Sequence[Path]) -> Difference:
        files, closed = self._files(folder)
        sources = self.collection.database.sources
        known = {source.path: source for source in sources.all()}
        found = {
            str(path.resolve()): (path, name)
            for path, name in files
            if self._refused.get(str(path)) != state_of(path)
        }
        unseen = [*away, *(Path(failure.path).resolve() for failure in closed)]
        fresh = {
            path: file
            for path, file in found.items()
            if path not in known and not sources.is_excluded(path)
        }
        touched = {
            path: file
            for path, file in found.items()
            if path in known and state_of(file[0]) != known[path].state
        }
        gone = {
            source.path: source
            for source in self._known_below(folder)
            if not os.path.lexists(source.path)
            and not any(Path(source.path).is_relative_to(one) for one in unseen)
        }
        return Difference(fresh, touched, gone, tuple(closed))

    def _files(self, folder: Path) -> tuple[list[tuple[Path, str]], list[Failure]]:
        """What `find_files` finds, but for the collection's own files."""
        files, closed = find_files(folder, None)
        own = self.collection.folder.resolve()
        return [file for file in files if own not in file[0].parents], closed

    def _known_below(self, folder: Path) -> list[Source]:
        return self.collection.database.sources.below(folder.as_posix())

    def _move(
        self, fresh: dict[str, tuple[Path, str]], gone: dict[str, Source]
    ) -> list[tuple[str, str]]:
        """Move the sources that are gone to the new files that hold the same, out of both."""
        moved: list[tuple[str, str]] = []
        waiting = {source.document_id: source for source in gone.values()}
        for path, (file, name) in list(fresh.items()) if waiting else ():
            try:
                source = waiting.pop(document_id_of(file), None)
            except (DocumentError, OSError):
                # What is wrong with it is told when it is read.
                continue
            if source is not None:
                with self.collection.writing:
                    self.collection.database.sources.move(source, path, name, state_of(file))
                moved.append((source.name, name))
                del fresh[path], gone[source.path]
        return moved

    def _drop(self, gone: Iterable[Source]) -> list[str]:
        """Drop sources, and documents that have no other one."""
        dropped = []
        for source in gone:
            with self.collection.writing:
                if self.collection.database.sources.drop(source):
                    self.collection.forget_vectors(source.document_id)
            dropped.append(source.name)
        self.intake.backlog.start()
        return dropped


def _report(
    report: AddReport,
    moved: Iterable[tuple[str, str]],
    removed: Iterable[str],
    closed: Iterable[Failure],
    away: Iterable[Path],
) -> SyncReport:
    return SyncReport(
        report.added,
        report.replaced,
        tuple(Move(*names) for names in moved),
        tuple(removed),
        (*closed, *report.failed),
        tuple(map(str, away)),
    )
