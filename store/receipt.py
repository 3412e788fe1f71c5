"""A receipt: what was removed, and how its absence was checked."""

import mmap
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

Item = TypeVar("Item")

# Bytes of a vector, and half as many characters of a sentence: a longer piece could lie on two
# pages of a file and not be found.
PIECE = 32
# So many sentences stand for a document.
_SENTENCES = 16


@dataclass(frozen=True, slots=True)
class Search:
    """How many of the pieces stand in a folder's files, in which, and how much was searched."""

    found: int
    files: int
    bytes: int
    left_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was removed, and how its absence was checked.

    So many `pieces` of its sentences, vectors and id, none of which another document has, were
    looked for in every byte of the folder's files, `before` (which shows that the search finds
    them) and `after`.
    """

    document_id: str
    names: tuple[str, ...]
    title: str
    characters: int
    sentences: int
    removed_at: str
    folder: str
    pieces: int
    before: Search
    after: Search

    @property
    def is_proof(self) -> bool:
        """Whether something was there to be found, and nothing is any more."""
        return self.before.found > 0 and self.after.found == 0

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that `qa remove --receipt` writes."""
        return asdict(self)


def spread(items: Sequence[Item]) -> list[Item]:
    """At most as many of the items as stand for a document, from its beginning to its end."""
    step = max(1, -(-len(items) // _SENTENCES))
    return list(items[::step])


def piece_of(text: str) -> str:
    """The piece of a sentence that is looked for, from its middle."""
    size = PIECE // 2
    start = max(0, (len(text) - size) // 2)
    return text[start : start + size]


def search_files(folder: Path, pieces: Iterable[bytes]) -> Search:
    """Look for the pieces in every byte of the files under a folder."""
    wanted = set(pieces)
    found: set[bytes] = set()
    left_in: list[str] = []
    files = size = 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        files, size = files + 1, size + path.stat().st_size
        held = {piece for piece in wanted if _holds(path, piece)}
        found |= held
        left_in += [path.relative_to(folder).as_posix()] * bool(held)
    return Search(len(found), files, size, tuple(left_in))


def _holds(path: Path, piece: bytes) -> bool:
    with path.open("rb") as file:
        # An empty file cannot be mapped.
        if not path.stat().st_size:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return data.find(piece) >= 0
