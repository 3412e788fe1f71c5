"""What the words of the command line do that put documents in, list them and take them out."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path

import qa
from qa.errors import ReceiptError
from qa.options import settings_of
from qa.output import DONE, FAILED, print_json, print_text, say
from qa.progress import adding_lines, embedded, embedding_lines
from store import AddReport, Failure, Library, Receipt, StoreError, SyncReport


def _library(options: Namespace) -> Library:
    return Library(settings_of(options).collection_folder)


def add(options: Namespace) -> int:
    """Add documents, and wait until they are found by their meaning too."""
    with _library(options) as library:
        watched = sys.stderr.isatty()
        report = library.add(
            options.paths, progress=_show_progress if watched else adding_lines(say)
        )
        _show_line("")
        say_report(report)
        _complete(library)
    if options.json:
        print_json(report.to_dict())
    return FAILED if report.failed else DONE


def _complete(library: Library) -> None:
    """Embed what is left to embed, and say how far it is; a stop loses nothing."""
    watched = sys.stderr.isatty()
    told = embedding_lines(say)
    try:
        library.complete(
            lambda now: _show_line(f"Embedded: {embedded(now)}") if watched else told(now)
        )
    except KeyboardInterrupt:
        _show_line("")
        say(
            f"Embedded: {embedded(library.embedding_progress())}. All documents are found by their"
            " words; the rest follows while the chat is open, or with the next “qa add”."
        )
        raise
    _show_line("")


def sync(options: Namespace) -> int:
    """Bring the collection up to date with its folders, and wait until that is embedded."""
    with _library(options) as library:
        for folder in options.forget:
            library.forget_folder(folder)
        if not library.folders():
            say("No folder is kept up with: “qa add FOLDER” adds one.")
        report = library.sync()
        _say_sync(report)
        _complete(library)
    if options.json:
        print_json(report.to_dict())
    return FAILED if report.failed or report.away else DONE


def _say_sync(report: SyncReport) -> None:
    for names, word in ((report.added, "Added"), (report.replaced, "Replaced")):
        for name in names:
            say(f"{word} {name}.")
    for move in report.moved:
        say(f"Moved {move.before} to {move.now}.")
    for name in report.removed:
        say(f"Removed {name}.")
    for folder in report.away:
        say(f"{folder} is not there, or empty: what was added from it stays.")
    counts = [
        (len(report.added), "added"),
        (len(report.replaced), "replaced"),
        (len(report.moved), "moved"),
        (len(report.removed), "removed"),
    ]
    _say_counts(counts, report.failed, "nothing has changed")


def say_report(report: AddReport) -> None:
    counts = [
        (len(report.added), "added"),
        (len(report.unchanged), "unchanged"),
        (len(report.replaced), "replaced"),
    ]
    _say_counts(counts, report.failed, "none found")


def _say_counts(counts: Iterable[tuple[int, str]], failed: Sequence[Failure], nothing: str) -> None:
    for failure in failed:
        say(f"{failure.path}: {failure.reason}")
    told = [f"{count} {word}" for count, word in (*counts, (len(failed), "failed")) if count]
    say(f"Documents: {', '.join(told) or nothing}.")


def list_documents(options: Namespace) -> int:
    with _library(options) as library:
        found = library.documents()
    if options.json:
        print_json([summary.to_dict() for summary in found])
    else:
        print_text(f"{s.id}  {s.characters:>9,}  {s.name}" for s in found)
    return DONE


def remove(options: Namespace) -> int:
    receipts: list[Receipt] = []
    with _library(options) as library:
        ids = dict.fromkeys(options.ids)
        for document_id in ids:
            # One that is wrong leaves the others in, too.
            library.document(document_id)
        if options.receipt:
            # Before anything is gone: whether it can be written.
            _write_receipts(receipts, options.receipt)
        for document_id in ids:
            if options.receipt:
                receipts.append(library.remove_with_receipt(document_id))
                _write_receipts(receipts, options.receipt)
            else:
                library.remove(document_id)
            say(f"{document_id} is gone.")
    if options.json:
        print_json({"removed": list(ids)})
    for receipt in receipts:
        say(
            f"Receipt: of {receipt.pieces} pieces of {receipt.document_id}, {receipt.before.found}"
            f" were found in {receipt.folder} before, and {receipt.after.found} are now."
        )
    return DONE if all(receipt.is_proof for receipt in receipts) else FAILED


def _write_receipts(receipts: Iterable[Receipt], path: Path) -> None:
    text = json.dumps([receipt.to_dict() for receipt in receipts], ensure_ascii=False, indent=2)
    try:
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise ReceiptError(
            f"The receipt cannot be written to {path} ({error.strerror}). Choose another file;"
            " “qa list” shows what is left."
        ) from error


def status(options: Namespace) -> int:
    settings = settings_of(options)
    with Library(settings.collection_folder) as library:
        state = {
            "collection": settings.collection,
            "folder": str(settings.collection_folder),
            "embedding": library.embedding,
            **library.counts(),
        }
        progress, folders = library.embedding_progress(), library.folders()
    if options.json:
        print_json({**state, "embedded": progress.to_dict(), "folders": folders})
    else:
        state |= {"embedded": embedded(progress), "folders": ", ".join(folders) or "none"}
        print_text(f"{key:<12} {value}" for key, value in state.items())
    return DONE


def say_synced(told: SyncReport | StoreError) -> None:
    if isinstance(told, StoreError):
        say(f"qa: {told} Until the chat is opened again, changed files are not read.")
    else:
        _say_sync(told)


def _show_progress(progress: qa.Progress) -> None:
    _show_line(f"{progress.files_done + 1}/{progress.files} {progress.file}")


def _show_line(line: str) -> None:
    """Show one line in place of the last, where somebody watches; "" takes it away."""
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)  # noqa: T201
