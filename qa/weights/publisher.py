"""Weights from their publisher, over HTTP: gone on with where an earlier download ended."""

import threading
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING

from qa.status import Step
from qa.weights.entries import Weights
from qa.weights.source import BLOCK, TICK, SourceError, Watch, check, size_of

if TYPE_CHECKING:
    import httpx

_Piece = tuple[int, bytes]  # an offset in the file, and the bytes from there
_Item = _Piece | Exception | None

_FIRST_BYTE = 15.0  # seconds; names and several addresses are tried one after the other
_NEXT_BYTE = 30.0


class _CutError(Exception):
    """The connection ended; what came before is good."""


def from_publisher(weights: Weights, part: Path, watch: Watch) -> None:
    """Download on top of what `part` holds; each new connection must bring it further."""
    if size_of(part) > weights.bytes:
        part.unlink()
    reached, reason = -1, ""
    while (size := size_of(part)) < weights.bytes:
        if size <= reached:
            raise SourceError(reason)
        reached, reason = size, "the connection ended early"
        try:
            _append(part, weights, watch)
        except _CutError as error:
            reason = str(error)
    check(part, weights, watch)


def _append(part: Path, weights: Weights, watch: Watch) -> None:
    part.touch()
    with part.open("r+b") as file:
        for offset, piece in _apart(_pieces(weights, size_of(part)), watch):
            # A server that cannot go on in the middle starts again from 0.
            file.seek(offset)
            file.truncate()
            file.write(piece)
            watch.tell(file.tell(), Step("publisher"))


def _pieces(weights: Weights, start: int) -> Generator[_Piece, None, None]:
    """Pieces of the file with their offsets, from `start` where the server can."""
    import httpx

    # Compressed bytes could neither be counted nor gone on with.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    timeout = httpx.Timeout(_NEXT_BYTE, connect=5.0)
    try:
        with httpx.stream(
            "GET", weights.url, headers=headers, timeout=timeout, follow_redirects=True
        ) as response:
            offset = _offset(response, start, weights.bytes)
            for piece in response.iter_raw(BLOCK):
                yield offset, piece
                offset += len(piece)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ImportError, ValueError) as error:
        raise _CutError(str(error) or type(error).__name__) from error


def _offset(response: "httpx.Response", start: int, total: int) -> int:
    """Where in the file the reply starts; SourceError where it is not this file's bytes."""
    if response.status_code not in (200, 206):
        raise SourceError(f"the server answered {response.status_code}")
    if response.status_code == 206:
        expected, got = f"bytes {start}-{total - 1}/{total}", response.headers.get("Content-Range")
    else:
        start, expected, got = 0, str(total), response.headers.get("Content-Length")
    if got != expected:
        raise SourceError(f"the server has another file ({got} instead of {expected})")
    return start


def _apart(pieces: Generator[_Piece, None, None], watch: Watch) -> Generator[_Piece, None, None]:
    """The pieces, made in a thread of their own, so that no socket or name look-up holds up `stop`.

    Only the caller's thread writes: one that is left behind in a look-up can do no harm.
    """
    inbox: Queue[_Item] = Queue(maxsize=16)
    over = threading.Event()

    def offer(item: _Item) -> None:
        while not over.is_set():
            try:
                inbox.put(item, timeout=TICK)
            except Full:
                continue
            return

    def produce() -> None:
        try:
            for piece in pieces:
                offer(piece)
                if over.is_set():
                    break
            offer(None)
        except Exception as error:
            offer(error)
        finally:
            pieces.close()

    threading.Thread(target=produce, name="weights-download", daemon=True).start()
    patience = _FIRST_BYTE
    try:
        while (item := _next(inbox, patience, watch)) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
            patience = _NEXT_BYTE
    finally:
        over.set()


def _next(inbox: Queue[_Item], patience: float, watch: Watch) -> _Item:
    waited = 0.0
    while waited < patience:
        watch.check()
        with suppress(Empty):
            return inbox.get(timeout=TICK)
        waited += TICK
    raise _CutError(f"nothing came for {patience:.0f} seconds")
