"""What each word of the command line does. JSON goes to stdout, all else to stderr."""

import json
import threading
from argparse import Namespace
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import qa
from qa.assistant import checked_question
from qa.conversation import checked_turns
from qa.doctor import examine
from qa.dossier import read_dossier, write_dossier
from qa.dossier import replay as replay_dossier
from qa.errors import SettingsError
from qa.library_commands import say_report, say_synced
from qa.options import settings_of, with_documents
from qa.output import DONE, FAILED, print_json, print_text, say
from store import DocumentError, Library


def chat(options: Namespace) -> int:
    """Open the chat at once; documents and the engine arrive while it is used."""
    import ui

    settings = settings_of(options)
    for path in (*options.docs, *options.starter):
        if not path.exists():
            raise DocumentError(f"There is no {path}: check the path.")
    say("Opening the chat.")
    with qa.Assistant(Library(settings.collection_folder), settings) as assistant:
        here = [Path(document.path) for document in assistant.documents()]
        docs = options.docs or ([] if here else options.starter)
        starter = [p for p in options.starter if any(d.is_relative_to(p.resolve()) for d in here)]

        def ready(address: str) -> None:
            # Not before the port is had: a chat that cannot open adds nothing.
            say(f"The chat is open at {address} (Ctrl-C ends it).")
            say("Until a model is ready, answers are quotations.")
            assistant.prepare_in_background(qa.engine_lines(say))
            threading.Thread(target=_keep_up, args=(assistant, docs)).start()

        examples = _examples(docs or starter)
        ui.launch(assistant, options.host, options.port, examples=examples, ready=ready)
    say("The chat is closed.")
    return DONE


def _examples(docs: list[Path]) -> list[str]:
    """A question in each language, where a folder of documents belongs to a question pack."""
    first: dict[str, str] = {}
    for folder in docs:
        with suppress(OSError, ValueError):
            lines = (folder / ".." / "questions.jsonl").read_text("utf-8").splitlines()
            for line in map(json.loads, lines):
                match line:
                    case {"history": [_, *_]}:
                        continue
                    case {"question": str(text), "language": str(language), "answerable": True}:
                        if text.strip():
                            first.setdefault(language, text)
    return list(first.values())


def _keep_up(assistant: qa.Assistant, docs: list[Path]) -> None:
    """Add documents, then what changes in their folders, until the chat is closed."""
    try:
        # What was removed from a folder that is kept up with does not come back.
        kept = assistant.library.folders()
        new = [path for path in docs if str(path.resolve()) not in kept]
        if new:
            say(f"Adding {', '.join(map(str, new))}; what is in can be asked about already.")
            say_report(assistant.add(new))
        assistant.library.watch(say_synced)
    except qa.OwngroundError as error:
        say(f"qa: {error}")


def search(options: Namespace) -> int:
    with with_documents(settings_of(options)) as assistant:
        answer = assistant.find(options.question, options.top)
    if options.json:
        print_json(answer.to_dict())
    else:
        print_text(
            f"{number:>2}. {found.text}\n    {_place(found.document, found.page)}"
            for number, found in enumerate(answer.evidence, start=1)
        )
    return DONE


def ask(options: Namespace) -> int:
    # Before a model is loaded for it.
    question, history = checked_question(options.question), _history(options.history)
    settings = settings_of(options)
    with with_documents(settings) as assistant:
        assistant.prepare(qa.engine_lines(say))
        dossier = assistant.investigate(question, history)
    if options.record:
        write_dossier(dossier, options.record)
    answer = dossier.answer
    if answer.understood is not None:
        say(f"Understood as: {answer.understood}")
    _print_answer(answer, options.json)
    for line in (answer.failure, *answer.warnings):
        if line:
            say(f"qa: {line}")
    return FAILED if answer.failure else DONE


def replay(options: Namespace) -> int:
    """Give a recorded answer again, from the record alone."""
    dossier = read_dossier(options.file)
    settings = settings_of(options)
    documents = []
    if settings.collection_folder.exists():
        with Library(settings.collection_folder) as library:
            documents = library.documents()
    replayed = replay_dossier(dossier, documents)
    _print_answer(replayed.answer, options.json)
    for change in replayed.changes:
        say(f"Since then: {change}")
    say("The answer is the recorded one." if replayed.same else "The recorded answer was another.")
    return DONE if replayed.same else FAILED


def _print_answer(answer: qa.Answer, as_json: bool) -> None:
    if as_json:
        print_json(answer.to_dict())
    else:
        print_text(_answer_lines(answer))


def _history(file: Path | None) -> list[qa.Turn]:
    if file is None:
        return []
    try:
        return checked_turns(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The history in {file} cannot be read ({error}). It is a JSON list of"
            ' {"role": "user" or "assistant", "content": "…"}, oldest first.'
        ) from error


def _answer_lines(answer: qa.Answer) -> Iterable[str]:
    if answer.refused:
        yield "The documents do not say. The nearest passages:"
    elif answer.kind != "question":
        yield answer.answer
        return
    else:
        yield from _told(answer)
    if answer.differing:
        marks = " and ".join(f"[{number}]" for number in answer.differing)
        yield f"The documents tell this differently: {marks}."
    yield ""
    for citation in answer.nearest if answer.refused else answer.citations:
        year = f" ({citation.year})" if citation.year and answer.differing else ""
        place = _place(citation.document, citation.page) + year
        yield f"[{citation.number}] {place}: “{citation.text}”"


def _told(answer: qa.Answer) -> Iterable[str]:
    """The model's sentences in one line; then each quotation in its own, called so."""
    told = [sentence.marked for sentence in answer.sentences if not sentence.quoted]
    if told:
        yield " ".join(told)
    yield from (f"Quoted: {sentence.marked}" for sentence in answer.sentences if sentence.quoted)


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
        print_json(evaluation.to_dict())
    else:
        print_text(evals.summary_lines(evaluation))
    return DONE


def doctor(options: Namespace) -> int:
    checks = examine(settings_of(options))
    if options.json:
        print_json([check.to_dict() for check in checks])
    else:
        print_text(f"{'ok  ' if c.ok else 'FAIL'} {c.name}: {c.message}" for c in checks)
    return DONE if all(check.ok for check in checks if check.required) else FAILED
