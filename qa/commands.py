"""What each word of the command line does. JSON goes to stdout, all else to stderr."""

import json
import sys
import threading
from argparse import Namespace
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import qa
from qa import weights as model_files
from qa.doctor import examine
from qa.engines import builtin_weights
from qa.errors import SettingsError
from qa.ollama import server
from qa.settings import Settings, read_settings, select_model
from store import AddReport, Library

DONE, FAILED = 0, 1


def say(text: str) -> None:
    """Print a line for people."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def _print(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False))  # noqa: T201


def _print_text(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)  # noqa: T201


def _settings(options: Namespace) -> Settings:
    names = ("data", "collection", "engine", "model")
    return read_settings(**{name: getattr(options, name, None) for name in names})


def _library(options: Namespace) -> Library:
    return Library(_settings(options).collection_folder)


def chat(options: Namespace) -> int:
    """Open the chat at once; documents and the engine arrive while it is used."""
    import ui

    settings = _settings(options)
    with qa.Assistant(Library(settings.collection_folder), settings) as assistant:
        assistant.prepare_in_background()
        assistant.library.repair_in_background()
        if options.docs:
            threading.Thread(target=_add_while_chatting, args=(assistant, options.docs)).start()
        ui.launch(
            assistant,
            host=options.host,
            port=options.port,
            examples=_examples(options.docs),
            ready=lambda address: say(f"The chat is open at {address} (Ctrl-C ends it)."),
        )
    return DONE


def _examples(docs: list[Path]) -> list[str]:
    """A question in each language, where a folder of documents belongs to a question pack."""
    first: dict[str, str] = {}
    for folder in docs:
        with suppress(OSError, ValueError, KeyError):
            lines = (folder / ".." / "questions.jsonl").read_text("utf-8").splitlines()
            for question in map(json.loads, lines):
                if question["answerable"] and not question.get("history"):
                    first.setdefault(question["language"], question["question"])
    return list(first.values())


def _add_while_chatting(assistant: qa.Assistant, docs: list[Path]) -> None:
    try:
        _say_report(assistant.add(docs))
    except qa.OwngroundError as error:
        say(f"qa: {error}")


def add(options: Namespace) -> int:
    with _library(options) as library:
        report = library.add(options.paths, progress=_show_progress())
    if options.json:
        _print(report.to_dict())
    _say_report(report)
    return FAILED if report.failed else DONE


def _say_report(report: AddReport) -> None:
    counts = [
        f"{len(names)} {word}"
        for word, names in (
            ("added", report.added),
            ("unchanged", report.unchanged),
            ("replaced", report.replaced),
            ("failed", report.failed),
        )
        if names
    ]
    for failure in report.failed:
        say(f"{failure.path}: {failure.reason}")
    say(f"Documents: {', '.join(counts) or 'none found'}.")


def list_documents(options: Namespace) -> int:
    with _library(options) as library:
        found = library.documents()
    if options.json:
        _print([summary.to_dict() for summary in found])
    else:
        _print_text(f"{s.id}  {s.characters:>9,}  {s.name}" for s in found)
    return DONE


def remove(options: Namespace) -> int:
    with _library(options) as library:
        for document_id in options.ids:
            library.remove(document_id)
            say(f"{document_id} is gone.")
    return DONE


def status(options: Namespace) -> int:
    settings = _settings(options)
    with Library(settings.collection_folder) as library:
        state = {
            "collection": settings.collection,
            "folder": str(settings.collection_folder),
            "embedding": library.embedding,
            **library.counts(),
        }
    if options.json:
        _print(state)
    else:
        _print_text(f"{key:<12} {value}" for key, value in state.items())
    return DONE


def search(options: Namespace) -> int:
    with qa.Assistant(_library(options), _settings(options)) as assistant:
        answer = assistant.find(options.question, options.top)
    if options.json:
        _print(answer.to_dict())
    else:
        _print_text(
            f"{number:>2}. {found.text}\n    {_place(found.document, found.page)}"
            for number, found in enumerate(answer.evidence, start=1)
        )
    return DONE


def ask(options: Namespace) -> int:
    history = _history(options.history)
    settings = _settings(options)
    with qa.Assistant(Library(settings.collection_folder), settings) as assistant:
        assistant.prepare()
        answer = assistant.ask(options.question, history)
    if answer.understood is not None:
        say(f"Understood as: {answer.understood}")
    if options.json:
        _print(answer.to_dict())
    else:
        _print_text(_answer_lines(answer))
    for line in (answer.failure, *answer.warnings):
        if line:
            say(f"qa: {line}")
    return FAILED if answer.failure else DONE


def _history(file: Path | None) -> list[qa.Turn]:
    if file is None:
        return []
    try:
        turns = json.loads(file.read_text("utf-8"))
        return [qa.Turn(role=turn["role"], content=turn["content"]) for turn in turns]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"The history in {file} cannot be read ({error}). It is a JSON list of"
            ' {"role": "user" or "assistant", "content": "…"}, oldest first.'
        ) from error


def _answer_lines(answer: qa.Answer) -> Iterable[str]:
    if answer.refused:
        yield "The documents do not say. The nearest passages:"
    else:
        yield answer.answer + (" (quoted)" if answer.quoted else "")
    if answer.kind != "question":
        return
    yield ""
    for citation in answer.nearest if answer.refused else answer.citations:
        place = _place(citation.document, citation.page)
        yield f"[{citation.number}] {place}: “{citation.text}”"


def _place(document: str, page: int | None) -> str:
    return document if page is None else f"{document}, page {page}"


def evaluate(options: Namespace) -> int:
    import evals

    evaluation = evals.run_pack(
        options.pack,
        limit=options.limit,
        documents=options.documents,
        seed=options.seed,
        engine=options.engine,
        model=options.model,
        stage=options.stage,
        data=options.data,
        out=options.out or Path("runs", options.pack.resolve().name),
        progress=say,
    )
    if options.json:
        _print(evaluation.to_dict())
    else:
        _print_text(evals.summary_lines(evaluation))
    return DONE


def models(options: Namespace) -> int:
    settings = _settings(options)
    if options.action == "list":
        return _list_models(settings, options.json)
    if options.name is None:
        raise SettingsError(f"Name the model: “qa models {options.action} NAME”.")
    if options.action == "pull":
        _pull(settings, options.name)
    else:
        engine = settings.engine if settings.engine != "auto" else "builtin"
        if engine == "builtin":
            options.name = model_files.find(options.name).name
        select_model(settings, engine, options.name)
        say(f"{options.name} ({engine}) answers from now on.")
    return DONE


def _list_models(settings: Settings, as_json: bool) -> int:
    listed: list[dict[str, Any]] = [
        {
            "engine": "builtin",
            "name": w.name,
            "bytes": w.bytes,
            "here": model_files.locate(w, settings.weights) is not None,
            "licence": w.licence,
        }
        for w in model_files.catalogue()
    ]
    with suppress(qa.EngineError):
        listed += [
            {"engine": "ollama", "name": m.name, "bytes": m.bytes, "here": True, "licence": None}
            for m in server(settings).models()
        ]
    if as_json:
        _print(listed)
    else:
        _print_text(
            f"{m['engine']:<8} {m['name']:<32} {m['bytes'] / 1e6:>7,.0f} MB"
            f"  {'here' if m['here'] else 'to fetch'}"
            for m in listed
        )
        with suppress(qa.WeightsError):
            say(f"Built in, this machine would use {builtin_weights(settings).name}.")
    return DONE


def _pull(settings: Settings, name: str) -> None:
    if settings.engine == "ollama":
        host = server(settings)
        host.start()
        try:
            host.pull(name, _show_download())
        finally:
            host.close()
    else:
        weights = model_files.find(name)
        say(f"Fetching {model_files.describe(weights)}")
        model_files.fetch(weights, settings.weights, progress=_show_download())
    say(f"{name} is here.")


def doctor(options: Namespace) -> int:
    checks = examine(_settings(options))
    if options.json:
        _print([check.to_dict() for check in checks])
    else:
        _print_text(f"{'ok  ' if c.ok else 'FAIL'} {c.name}: {c.message}" for c in checks)
    return DONE if all(check.ok for check in checks) else FAILED


def _show_progress() -> Any:
    def show(progress: qa.Progress) -> None:
        if sys.stderr.isatty():
            share = f"{progress.sentences_done}/{progress.sentences} sentences"
            line = f"{progress.files_done + 1}/{progress.files} {progress.file}: {share}"
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)  # noqa: T201
            if progress.files_done + 1 == progress.files and progress.sentences_done:
                print("\r\033[K", end="", file=sys.stderr, flush=True)  # noqa: T201

    return show


def _show_download() -> Any:
    shown = -1

    def show(done: int, total: int, what: str) -> None:
        nonlocal shown
        percent = done * 100 // total if total else 0
        if percent // 5 != shown:
            shown = percent // 5
            say(f"{what}: {percent} %")

    return show
