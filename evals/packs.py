"""Question packs: folders of `documents/` and a `questions.jsonl`, one question a line."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from evals.errors import PackError
from evals.types import GoldPassage, Pack, Question
from qa import Turn

Item = TypeVar("Item")


def load_pack(folder: Path) -> Pack:
    """Read a pack; `PackError` says which file and line is at fault, and what is wrong there."""
    documents, questions = folder / "documents", folder / "questions.jsonl"
    if not questions.is_file():
        raise PackError(f"{folder} has no questions.jsonl{_inner_packs(folder)}.")
    if not documents.is_dir():
        raise PackError(f"{folder} has no documents folder; put the pack's documents there.")
    names = tuple(sorted(_names(documents)))
    if not names:
        raise PackError(f"{documents} is empty; put the pack's documents there.")
    return Pack(folder.resolve().name, folder, names, _read_questions(questions))


def choose(questions: Sequence[Question], limit: int | None, seed: int) -> tuple[Question, ...]:
    """At most `limit` questions, answerable and unanswerable in proportion, in the file's order.

    The same seed gives the same questions, and a larger limit adds to those of a smaller one,
    but for rounding. None gives all.
    """
    if limit is not None and limit < 1:
        raise PackError("The number of questions must be at least 1.")
    if limit is None or limit >= len(questions):
        return tuple(questions)
    answerable = [question for question in questions if question.answerable]
    unanswerable = [question for question in questions if not question.answerable]
    share = round(limit * len(answerable) / len(questions))
    if answerable and unanswerable and limit > 1:
        share = min(max(share, 1), limit - 1)
    chosen = _sample(answerable, share, seed, lambda question: question.id)
    chosen += _sample(unanswerable, limit - share, seed, lambda question: question.id)
    ids = {question.id for question in chosen}
    return tuple(question for question in questions if question.id in ids)


def needed_documents(
    pack: Pack, questions: Iterable[Question], documents: int | None, seed: int
) -> tuple[str, ...]:
    """Names of the questions' gold documents and of `documents` others; None gives all."""
    gold = {passage.document for question in questions for passage in question.evidence}
    if missing := sorted(gold.difference(pack.documents)):
        raise PackError(
            f"{pack.folder / 'documents'} has no {missing[0]!r}, which a question needs; "
            "add it, or mend the name in questions.jsonl."
        )
    if documents is None:
        return pack.documents
    if documents < 0:
        raise PackError("The number of further documents cannot be negative.")
    others = [name for name in pack.documents if name not in gold]
    return tuple(sorted(gold.union(_sample(others, documents, seed, str))))


def _sample(items: Iterable[Item], size: int, seed: int, key: Callable[[Item], str]) -> list[Item]:
    # By digest and not by a generator, so that a larger sample holds the smaller one.
    def order(item: Item) -> bytes:
        return hashlib.sha256(f"{seed}:{key(item)}".encode()).digest()

    return sorted(items, key=order)[:size]


def _names(documents: Path) -> Iterable[str]:
    for path in documents.rglob("*"):
        name = path.relative_to(documents)
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            yield name.as_posix()


def _inner_packs(folder: Path) -> str:
    inner = sorted(path.parent.name for path in folder.glob("*/questions.jsonl"))
    return f"; choose one of the packs in it: {', '.join(inner)}" if inner else ""


def _read_questions(path: Path) -> tuple[Question, ...]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{path} cannot be read as UTF-8 text: {error}.") from error
    questions: dict[str, Question] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = _question(json.loads(line))
            if question.id in questions:
                raise ValueError(f"the id {question.id!r} is taken by an earlier line")
        except json.JSONDecodeError as error:
            raise PackError(
                f"{path}, line {number}: not JSON, see column {error.colno} ({error.msg})."
            ) from error
        except ValueError as error:
            raise PackError(f"{path}, line {number}: {error}.") from error
        questions[question.id] = question
    if not questions:
        raise PackError(f"{path} holds no question; write one JSON object a line.")
    return tuple(questions.values())


def _question(line: object) -> Question:
    fields = _object(line, "the line")
    question = Question(
        id=_text(fields, "id"),
        question=_text(fields, "question"),
        language=_text(fields, "language"),
        answerable=_value(fields, "answerable", bool, "true or false"),
        answers=_texts(fields, "answers"),
        evidence=tuple(_gold(item) for item in _list(fields, "evidence")),
        history=tuple(_turn(item) for item in _list(fields, "history")),
        tags=_texts(fields, "tags"),
    )
    if question.answerable and not question.answers:
        raise ValueError("the question is answerable but 'answers' is empty")
    return question


def _gold(item: object) -> GoldPassage:
    fields = _object(item, "each item of 'evidence'")
    page = fields.get("page")
    if page is not None and (type(page) is not int or page < 1):
        raise ValueError("'page' must be a whole number from 1")
    return GoldPassage(_text(fields, "document"), _text(fields, "text"), page)


def _turn(item: object) -> Turn:
    fields = _object(item, "each item of 'history'")
    content = _text(fields, "content")
    match fields.get("role"):
        case "user":
            return {"role": "user", "content": content}
        case "assistant":
            return {"role": "assistant", "content": content}
    raise ValueError('\'role\' must be "user" or "assistant"')


def _object(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} must be a JSON object")
    return value


def _value(fields: dict[str, Any], name: str, kind: type[Item], what: str) -> Item:
    if name not in fields:
        raise ValueError(f"{name!r} is missing")
    value: object = fields[name]
    if not isinstance(value, kind):
        raise ValueError(f"{name!r} must be {what}")
    return value


def _text(fields: dict[str, Any], name: str) -> str:
    text = _value(fields, name, str, "a text")
    if not text.strip():
        raise ValueError(f"{name!r} is empty")
    return text


def _list(fields: dict[str, Any], name: str) -> list[Any]:
    # Absent and null say the same in packs that other programs write.
    return _value(fields, name, list, "a list") if fields.get(name) is not None else []


def _texts(fields: dict[str, Any], name: str) -> tuple[str, ...]:
    texts = _list(fields, name)
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError(f"{name!r} must hold texts that are not empty")
    return tuple(texts)
