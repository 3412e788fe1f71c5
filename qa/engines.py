"""Engines: which one answers, with which model, and why."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Literal

from qa import weights as model_files
from qa.addresses import is_loopback
from qa.errors import EngineError
from qa.ollama import OllamaModel, OllamaServer, ollama_errors, server
from qa.settings import Settings
from qa.status import Reason, Step
from store import OwngroundError

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

Progress = Callable[[int, int, Reason], None]
_log = logging.getLogger("qa")
# Without a GPU, a model above this share of memory answers too slowly to wait for.
_SHARE_FOR_OLLAMA = 1 / 8


@dataclass(frozen=True, slots=True)
class Engine:
    """What writes answers. `llm` is None for quotes; `reason` says why this one was taken.

    Inside `errors()`, whatever the engine raises becomes an EngineError.
    """

    name: Literal["ollama", "builtin", "quotes"]
    model: str | None
    reason: Reason
    llm: "LLM | None" = None
    digest: str | None = None
    errors: Callable[[], AbstractContextManager[None]] = nullcontext
    close: Callable[[], None] = lambda: None


def quotes(reason: Reason) -> Engine:
    """The engine without a model: the best sentences, quoted."""
    return Engine("quotes", None, reason)


def choose(
    settings: Settings, progress: Progress, stop: Event, warm: Callable[[Engine], None]
) -> Engine:
    """The engine that the settings name, or with “auto” the first that works, warmed.

    Loads the model, and downloads it when the built-in engine has none: what is fetched is logged
    as a warning before it starts, then `progress` hears bytes done, bytes in all, and what.
    Raises EngineError or WeightsError when a named engine does not work, or when no engine has
    the model that is named; else “auto” falls back to quotes, and its reason says what failed.
    """
    found: list[Engine] = []

    def ollama(reason: Reason) -> Engine:
        found.append(_ollama(settings, reason))
        return _warmed(found[-1], warm)

    def builtin(reason: Reason) -> Engine:
        found.append(_builtin(settings, progress, stop, reason))
        return _warmed(found[-1], warm)

    if settings.engine == "quotes":
        return quotes(Reason("quotes_asked"))
    if settings.engine == "ollama":
        return ollama(Reason("asked"))
    if settings.engine == "builtin":
        return builtin(Reason("asked"))
    failures: list[str] = []
    for attempt, reason in ((ollama, Reason("ollama")), (builtin, Reason("no_ollama"))):
        try:
            return attempt(reason)
        except OwngroundError as error:
            failures.append(str(error))
    if not found and settings.model is not None and not model_files.is_known(settings.model):
        raise EngineError(f"No engine has the model “{settings.model}”. {' '.join(failures)}")
    return quotes(Reason("failed", " ".join(failures)))


def _warmed(engine: Engine, warm: Callable[[Engine], None]) -> Engine:
    try:
        warm(engine)
    except BaseException:
        engine.close()
        raise
    return engine


def _ollama(settings: Settings, reason: Reason) -> Engine:
    host = server(settings)
    host.start()
    try:
        model = _ollama_model(host, settings.model)
    except OwngroundError:
        host.close()
        raise
    llm = host.llm(model.name, settings)
    errors = partial(ollama_errors, host.address)
    told = with_place(reason, host.address)
    return Engine("ollama", model.name, told, llm, model.digest, errors, host.close)


def with_place(reason: Reason, address: str) -> Reason:
    """Why an Ollama was taken and, where it is on another machine, what that one gets to read."""
    return reason if is_loopback(address) else replace(reason, address=address)


def _ollama_model(host: OllamaServer, wanted: str | None) -> OllamaModel:
    """The model of that name, else the largest that this machine runs at a usable speed."""
    models = host.models()
    if wanted is not None:
        names = {wanted, f"{wanted}:latest", _ollama_name(wanted)}
        for model in models:
            if model.name in names:
                return model
        known = ", ".join(model.name for model in models) or "none"
        raise EngineError(
            f"Ollama has no model “{wanted}” on its machine; it has: {known}. Fetch it with"
            f" “qa models pull {wanted} --engine ollama”."
        )
    if not models:
        raise EngineError(
            f"Ollama at {host.address} has no model yet. Fetch one with “qa models pull"
            " qwen2.5-coder:1.5b --engine ollama”, or use --engine builtin."
        )
    import psutil

    limit = psutil.virtual_memory().total * _SHARE_FOR_OLLAMA
    return next((model for model in models if model.bytes <= limit), models[-1])


def _ollama_name(wanted: str) -> str | None:
    names = {entry.name: entry.ollama for entry in model_files.catalogue()}
    return names.get(wanted)


def _builtin(settings: Settings, progress: Progress, stop: Event, reason: Reason) -> Engine:
    weights = builtin_weights(settings)
    if model_files.locate(weights, settings.weights) is None:
        _log.warning("Fetching %s", model_files.describe(weights))

    def tell(done: int, total: int, step: Step) -> None:
        what = f"{weights.name} ({weights.licence})"
        progress(done, total, Reason("fetching", what, step=step))

    path = model_files.fetch(weights, settings.weights, progress=tell, stop=stop)
    from qa.builtin import BuiltinLLM

    llm = BuiltinLLM(
        model=weights.name,
        path=path,
        context_window=settings.context_tokens,
        max_tokens=settings.answer_tokens,
        silence=settings.timeout_seconds,
    )
    return Engine("builtin", weights.name, reason, llm, f"sha256:{weights.sha256}")


def builtin_weights(settings: Settings) -> model_files.Weights:
    """The weights that the settings name, else what suits the memory that is free.

    Weights that are here already come before better ones that would have to be downloaded.
    Raises WeightsError when the name is unknown or nothing fits.
    """
    if settings.model is not None:
        return model_files.find(settings.model)
    import psutil

    free = psutil.virtual_memory().available
    best = model_files.suitable(free)
    here = [w for w in model_files.catalogue() if model_files.locate(w, settings.weights)]
    fitting = [w for w in here if w.memory_bytes <= best.memory_bytes]
    return best if best in here or not fitting else fitting[0]
