"""Compound files (MS-CFB), as Hangul Word Processor and Outlook write them."""

import struct
from collections.abc import Mapping

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_STORAGE, _STREAM, _ROOT = 1, 2, 5


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with the given streams, whose names have "/" between storages."""
    sectors = bytearray()
    fat: list[int] = []
    mini = bytearray()
    mini_fat: list[int] = []

    def chained(table: list[int], store: bytearray, data: bytes, size: int) -> int:
        count = -(-len(data) // size)
        start = len(table)
        table.extend([*range(start + 1, start + count), _END] if count else [])
        store.extend(data.ljust(count * size, b"\0"))
        return start if count else _END

    names = sorted({*streams, *(part for name in streams for part in _parents(name))})
    entries = []
    for name in names:
        data = streams.get(name, b"")
        table = (fat, sectors, data, _SECTOR)
        if len(data) < _CUTOFF:
            table = (mini_fat, mini, data, _MINI)
        start = chained(*table) if name in streams else 0
        kind = _STREAM if name in streams else _STORAGE
        entries.append(_entry(name.rpartition("/")[2], kind, names, name, start, len(data)))
    root_start = chained(fat, sectors, bytes(mini), _SECTOR)
    entries.insert(0, _entry("Root Entry", _ROOT, names, "", root_start, len(mini)))
    directory = chained(fat, sectors, b"".join(entries), _SECTOR)
    table_start = chained(fat, sectors, struct.pack(f"<{len(mini_fat)}I", *mini_fat), _SECTOR)
    fat_sectors = 1
    while (len(fat) + fat_sectors) * 4 > fat_sectors * _SECTOR:
        fat_sectors += 1
    places = range(len(fat), len(fat) + fat_sectors)
    fat += [_FAT] * fat_sectors
    fat += [_FREE] * (fat_sectors * _SECTOR // 4 - len(fat))
    sectors += struct.pack(f"<{len(fat)}I", *fat)
    header = struct.pack(
        "<8s16x5H6x9I",
        bytes.fromhex("d0cf11e0a1b11ae1"),
        *(0x3E, 3, 0xFFFE, 9, 6),
        *(0, fat_sectors, directory, 0, _CUTOFF),
        *(table_start, -(-len(mini_fat) * 4 // _SECTOR), _END, 0),
    )
    listed = [*places, *[_FREE] * (109 - fat_sectors)]
    return header + struct.pack("<109I", *listed) + bytes(sectors)


def _parents(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]


def _entry(shown: str, kind: int, names: list[str], name: str, start: int, size: int) -> bytes:
    """A directory entry; the entries of a storage follow one another to the right."""
    parent = name.rpartition("/")[0]
    siblings = [other for other in names if other.rpartition("/")[0] == parent]
    children = [other for other in names if other.rpartition("/")[0] == name and other != name]
    after = siblings[siblings.index(name) + 1 :] if name else []
    encoded = shown.encode("utf-16-le")
    return struct.pack(
        "<64sHBB3I36xIQ",
        encoded,
        len(encoded) + 2,
        *(kind, 1, _FREE),
        names.index(after[0]) + 1 if after else _FREE,
        names.index(children[0]) + 1 if children else _FREE,
        start,
        size,
    )
