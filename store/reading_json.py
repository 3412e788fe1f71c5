"""Data in JSON: records as lines that name their fields, and the cells of notebooks."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from store.decoding import decode
from store.errors import DocumentError
from store.reading_tables import row_lines
from store.reading_text import Extraction, clean, extract_markdown, joined


def extract_json(data: bytes) -> Extraction:
    """A line for every object: “| place: path: value; path: value”. Raises DocumentError."""
    return _extraction(map(_loaded, [decode(data)]))


def extract_jsonl(data: bytes) -> Extraction:
    """The same for a file that has a value on every line."""
    lines = enumerate(decode(data).split("\n"), 1)
    return _extraction(_loaded(line, number) for number, line in lines if line.strip())


def extract_ipynb(data: bytes) -> Extraction:
    """A notebook's cells in order, code and what it printed in fences."""
    notebook = _loaded(decode(data))
    text = joined(part for cell in notebook["cells"] for part in _cell_parts(cell))
    return extract_markdown(text.encode(errors="replace"))


def _loaded(text: str, line: int = 1) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        line += getattr(error, "lineno", 1) - 1
        raise DocumentError(f"Line {line} is no JSON: mend it, or save the file again.") from error


def _extraction(values: Iterable[Any]) -> Extraction:
    try:
        return Extraction(clean(joined(line for value in values for line in _lines(value, ()))))
    except RecursionError as error:
        raise DocumentError("The data is nested too deep: save its parts in files.") from error


def _lines(value: Any, lead: tuple[str, ...]) -> Iterator[str]:
    """The lines of a value; `lead` tells where it stands and what is told of it above."""
    pairs: list[str] = []
    inner: list[tuple[str, list[Any]]] = []
    _flatten(value, "", pairs, inner)
    if pairs:
        start = "; ".join(lead)
        yield from row_lines([f"{start}: {pairs[0]}" if start else pairs[0], *pairs[1:]])
    for path, items in inner:
        for item in items:
            yield from _lines(item, (*lead, *pairs[:1], *([path] if path else [])))


def _flatten(value: Any, path: str, pairs: list[str], inner: list[tuple[str, list[Any]]]) -> None:
    """Collect a value's fields as “path: value”, and its lists of more than plain values."""
    if isinstance(value, dict):
        for key, item in value.items():
            _flatten(item, f"{path}.{key}" if path else str(key), pairs, inner)
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        inner.append((path, value))
    else:
        items = value if isinstance(value, list) else [value]
        shown = ", ".join(filter(None, map(_shown, items)))
        if shown:
            pairs.append(f"{path}: {shown}" if path else shown)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return " ".join(value.split()) if isinstance(value, str) else json.dumps(value)


def _cell_parts(cell: Any) -> Iterator[str]:
    source = "".join(cell["source"])
    if cell["cell_type"] != "code":
        yield f"{source}\n"
        return
    yield _fenced(source)
    for output in cell.get("outputs", ()):
        printed = output.get("text") or output.get("data", {}).get("text/plain") or ""
        yield _fenced("".join(printed))


def _fenced(text: str) -> str:
    return f"```\n{text.strip()}\n```\n" if text.strip() else ""
