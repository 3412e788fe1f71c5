"""`qa models`: which models there are, fetching one, choosing one."""

from argparse import Namespace
from contextlib import suppress
from typing import Any

import qa
from qa import weights as model_files
from qa.engines import builtin_weights
from qa.errors import EngineError, SettingsError
from qa.ollama import server
from qa.options import settings_of
from qa.output import DONE, print_json, print_text, say
from qa.progress import download_lines
from qa.settings import EngineName, Settings, select_model


def models(options: Namespace) -> int:
    if options.name is None and options.action != "list":
        options.wrong_use(f"Name the model: “qa models {options.action} NAME”.")
    settings = settings_of(options)
    if options.action == "list":
        return _list_models(settings, options.json)
    if options.action == "pull":
        _pull(settings, options.name)
    else:
        engine, name = _known_model(settings, options.engine, options.name)
        select_model(settings, engine, name)
        say(f"{name} ({engine}) answers from now on.")
    return DONE


def _known_model(settings: Settings, engine: str | None, name: str) -> tuple[EngineName, str]:
    """The engine that knows a model by this name, and its own name for it.

    The built-in engine comes first unless another is named. Raises SettingsError, WeightsError or
    EngineError where none knows it.
    """
    if engine == "quotes":
        raise SettingsError("Quotes need no model. Leave --engine out, or name builtin or ollama.")
    if engine == "builtin" or (engine in (None, "auto") and model_files.is_known(name)):
        return "builtin", model_files.find(name).name
    known = [model.name for model in server(settings).models()]
    if name not in known and f"{name}:latest" not in known:
        raise EngineError(
            f"No engine has a model “{name}”. “qa models” lists those that there are."
        )
    return "ollama", name


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
        print_json(listed)
    else:
        print_text(
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
            host.pull(name, download_lines(say))
        finally:
            host.close()
    else:
        weights = model_files.find(name)
        say(f"Fetching {model_files.describe(weights)}")
        model_files.fetch(weights, settings.weights, progress=download_lines(say))
    say(f"{name} is here.")
