"""Removal: a document goes with all its bytes, and on request with a receipt for that."""

from datetime import UTC, datetime
from threading import Event

from store.collection import Collection
from store.files import delete_copies
from store.receipt import Receipt, search_files
from store.storage import storage_errors


def remove(collection: Collection, document_id: str, stop: Event) -> None:
    """Make a document gone with its uploaded copies, then wipe its bytes unless told to stop.

    Raises DocumentNotFoundError, and StorageError where it is gone but bytes of it may be left.
    """
    sources = collection.database.sources
    with collection.writing:
        paths = [source.path for source in sources.of(document_id)]
        collection.remove(document_id)
        delete_copies(collection.uploads, paths)
        sources.exclude(paths)
        collection.purge(stop)


def remove_with_receipt(collection: Collection, document_id: str, stop: Event) -> Receipt:
    """`remove`, with every byte of the folder searched for the document before and after."""
    database, folder = collection.database, collection.folder
    with collection.writing, storage_errors(folder, OSError):
        document, pieces = database.document(document_id), collection.traces(document_id)
        names = tuple(source.name for source in database.sources.of(document_id))
        sentences = len(database.upkeep.sentences_of(document_id))
        before = search_files(folder, pieces)
        remove(collection, document_id, stop)
        after = search_files(folder, pieces)
    return Receipt(
        document_id,
        names,
        document.title,
        len(document.text),
        sentences,
        datetime.now(UTC).isoformat(timespec="seconds"),
        str(folder),
        len(pieces),
        before,
        after,
    )
