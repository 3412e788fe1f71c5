"""The command `qa`: its words. What they do is in qa.commands."""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_args

from qa import commands as run
from qa import library_commands as library
from qa.model_commands import models as run_models
from qa.output import FAILED, say
from qa.serve_command import serve as run_serve
from qa.settings import EngineName
from store import OwngroundError

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code; wrong use exits with 2, as argparse does."""
    options = _parser().parse_args(arguments)
    # A polite end closes what was opened, an Ollama that was started here among it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return int(options.command(options))
    except OwngroundError as error:
        say(f"qa: {error}")
    except KeyboardInterrupt:
        say("qa: stopped.")
    except BrokenPipeError:
        # Whoever read our output has closed it, as `head` does; nothing can be said any more.
        sys.stdout = None
    return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qa", description="Ask your own documents, on your own machine."
    )
    parser.add_argument("--version", action="version", version=f"ownground {version('ownground')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    chat = _command(commands, "chat", run.chat, "index DOCS, then open the chat in the browser")
    chat.add_argument("docs", nargs="*", type=_path, help="files and folders to add first")
    chat.add_argument(
        "--starter", nargs="+", type=Path, default=[], metavar="PATH",
        help="files and folders to add where there are no documents yet and no DOCS",
    )  # fmt: skip
    chat.add_argument("--port", type=int, default=7860)
    chat.add_argument("--host", default="127.0.0.1", help="loopback unless given")
    _engine_options(chat)

    serve = _command(commands, "serve", run_serve, "answer programs by OpenAI's interface")
    serve.add_argument("--port", type=int, default=8765)
    serve.add_argument("--host", default="127.0.0.1", help="loopback unless given")
    _engine_options(serve)

    add = _command(commands, "add", library.add, "add files and folders")
    add.add_argument("paths", nargs="+", type=_path)
    _json_option(add)
    sync = _command(commands, "sync", library.sync, "take up what changed in added folders")
    sync.add_argument(
        "--forget", nargs="+", type=_path, default=[], metavar="FOLDER",
        help="keep up with these folders no more; their documents stay",
    )  # fmt: skip
    _json_option(sync)
    listing = _command(commands, "list", library.list_documents, "list the documents")
    _json_option(listing)
    remove = _command(commands, "remove", library.remove, "take documents away")
    remove.add_argument("ids", nargs="+", metavar="ID")
    remove.add_argument(
        "--receipt", type=Path, metavar="FILE", help="write what went, and how that was checked"
    )
    _json_option(remove)
    status = _command(commands, "status", library.status, "count what the collection holds")
    _json_option(status)

    search = _command(commands, "search", run.search, "find evidence, without a model")
    search.add_argument("question")
    search.add_argument("--top", type=_positive, default=10, metavar="N")
    _json_option(search)

    ask = _command(commands, "ask", run.ask, "answer one question")
    ask.add_argument("question")
    ask.add_argument("--history", type=Path, metavar="FILE", help="earlier turns, as JSON")
    ask.add_argument("--record", type=Path, metavar="FILE", help="write what the answer comes from")
    _json_option(ask)
    _engine_options(ask)

    replay = _command(commands, "replay", run.replay, "give a recorded answer again")
    replay.add_argument("file", type=Path, metavar="FILE")
    _json_option(replay)

    evaluate = _command(commands, "eval", run.evaluate, "measure over a question pack")
    evaluate.add_argument("pack", type=Path)
    evaluate.add_argument("--limit", type=_positive, metavar="N", help="this many questions")
    evaluate.add_argument("--documents", type=_natural, metavar="N", help="this many other ones")
    evaluate.add_argument("--seed", type=int, default=0)
    evaluate.add_argument("--stage", choices=("retrieval", "answers"), default="answers")
    evaluate.add_argument("--out", type=Path, metavar="DIR", help="default: runs/PACK")
    _json_option(evaluate)
    _engine_options(evaluate)

    models = _command(commands, "models", run_models, "list, fetch or select models")
    models.add_argument("action", nargs="?", choices=("list", "pull", "select"), default="list")
    models.add_argument("name", nargs="?", help="with pull and select")
    models.set_defaults(wrong_use=models.error)
    _json_option(models)
    _engine_options(models)

    doctor = _command(commands, "doctor", run.doctor, "check that everything works")
    _json_option(doctor)
    _engine_options(doctor)
    return parser


def _command(commands: Any, name: str, command: Command, text: str) -> argparse.ArgumentParser:
    sentence = text[0].upper() + text[1:] + "."
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=sentence)
    parser.set_defaults(command=command)
    parser.add_argument("--data", type=Path, metavar="DIR", help="the folder of the collections")
    parser.add_argument("--collection", metavar="NAME")
    return parser


def _engine_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--engine", choices=get_args(EngineName))
    parser.add_argument("--model", metavar="M")


def _json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def _path(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("a path is empty; give “.” if the current folder is meant")
    return Path(text)


def _positive(text: str) -> int:
    return _at_least(1, text)


def _natural(text: str) -> int:
    return _at_least(0, text)


def _at_least(least: int, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise argparse.ArgumentTypeError(f"“{text}” must be a whole number, at least {least}")
    return number
