"""Settings: from arguments, then OWNGROUND_* variables, then ownground.toml, then what
`qa models select` chose, then the defaults.

`ownground.toml` comes with a folder, and a folder may come from a stranger: the file can choose
how answers are made, but not where documents go or where model files are taken from.
"""

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self, get_args

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from qa.addresses import is_loopback, server_address
from qa.errors import SettingsError

EngineName = Literal["auto", "ollama", "builtin", "quotes"]
_PREFIX = "OWNGROUND_"
_FILE = Path("ownground.toml")
# What the instructions and a question of some sentences need of the context.
_ROOM = 300


class Settings(BaseModel):
    """Everything that can be set. Immutable; make one with `read_settings`.

    Raises SettingsError when evidence and reply cannot fit into the context.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("ownground"),
        description="The folder that holds the collections; in ownground.toml, one below it.",
    )
    weights: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path("ownground") / "weights",
        description="The folder for the built-in engine's model files; not in ownground.toml.",
    )
    collection: str = Field(
        "default",
        pattern=r"^\w[\w.-]{0,63}$",
        description="Documents that are asked together.",
    )
    engine: EngineName = Field("auto", description="What writes the answers.")
    model: str | None = Field(None, description="A model of the engine; chosen when not given.")
    ollama_host: str | None = Field(
        None,
        description="Ollama's address; OLLAMA_HOST, or loopback, when not given. Another machine"
        " is used only when OWNGROUND_OLLAMA_HOST names it.",
    )
    context_tokens: int = Field(
        4096, ge=1024, le=131_072, description="The engine's context: prompt and reply together."
    )
    evidence_tokens: int = Field(
        350, ge=50, le=16_384, description="Evidence in a prompt at the most, in tokens."
    )
    answer_tokens: int = Field(
        160, ge=16, le=4096, description="A reply's length at the most, in tokens."
    )
    timeout_seconds: float = Field(
        120, gt=0, description="How long an engine may be silent before it counts as hung."
    )

    @field_validator("ollama_host")
    @classmethod
    def _is_address(cls, given: str | None) -> str | None:
        return server_address(given) if given else None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        needed = self.evidence_tokens + self.answer_tokens + _ROOM
        if needed > self.context_tokens:
            raise SettingsError(
                f"evidence_tokens ({self.evidence_tokens}) and answer_tokens"
                f" ({self.answer_tokens}), with {_ROOM} for instructions and question, do not"
                f" fit into context_tokens ({self.context_tokens}): lower them, or raise it to"
                f" {needed}."
            )
        return self

    @property
    def collection_folder(self) -> Path:
        return self.data / "collections" / self.collection


def read_settings(**given: Any) -> Settings:
    """The settings, with arguments that are not None before all other sources.

    Raises SettingsError for an unknown key, a value that does not fit, or one that ownground.toml
    may not give, naming it.
    """
    arguments = {key: value for key, value in given.items() if value is not None}
    values = _of_file(_FILE) | _of_environment(os.environ) | arguments
    settings = _valid(values)
    if values.keys() & {"engine", "model"}:
        return settings
    return _valid(values | _selected(settings))


def select_model(settings: Settings, engine: EngineName, model: str) -> None:
    """Let the data folder's collections use this model whenever no other one is asked for."""
    settings.data.mkdir(parents=True, exist_ok=True)
    _selection(settings).write_text(json.dumps({"engine": engine, "model": model}), "utf-8")


def _valid(values: Mapping[str, Any]) -> Settings:
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(
            _misfit(
                str(first["loc"][0]), first["input"], first["msg"].removeprefix("Value error, ")
            )
        ) from error


def _misfit(name: str, given: object, said: str) -> str:
    """What is wrong with a setting, and what is allowed."""
    if name not in Settings.model_fields:
        return (
            f"There is no setting “{name}”. The settings are: {', '.join(Settings.model_fields)}."
        )
    return f"The setting “{name}” cannot be “{given}”: {_allowed(name) or said}."


def _allowed(name: str) -> str | None:
    """What a setting takes; None where its own check says it."""
    limits = {type(limit).__name__: limit for limit in Settings.model_fields[name].metadata}
    if name == "collection":
        return (
            "a name has 1 to 64 letters, digits, “_”, “-” or “.”, and begins with a letter, a"
            " digit or “_”"
        )
    if name == "engine":
        return f"it is one of {', '.join(get_args(EngineName))}"
    if "Ge" in limits:
        return f"it is a whole number from {limits['Ge'].ge} to {limits['Le'].le}"
    if "Gt" in limits:
        return f"it is a number above {limits['Gt'].gt}"
    return None


def _of_environment(environment: Mapping[str, str]) -> dict[str, str]:
    given = {n: v for n, v in environment.items() if n.upper().startswith(_PREFIX)}
    known = {f"{_PREFIX}{name}".upper(): name for name in Settings.model_fields}
    for name in given:
        if name.upper() not in known:
            raise SettingsError(
                f"The variable {name} names no setting. Known: {', '.join(sorted(known))}."
            )
    return {known[name.upper()]: value for name, value in given.items()}


def _of_file(file: Path) -> dict[str, Any]:
    """What the file sets. Raises SettingsError for what only the user's own act may set."""
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file} cannot be read ({error}): mend it or remove it.") from error
    if "weights" in values:
        raise SettingsError(
            f"{file} may not say where model files are taken from: set OWNGROUND_WEIGHTS instead."
        )
    places = _valid({key: values[key] for key in ("data", "ollama_host") if key in values})
    home = file.resolve().parent
    if places.ollama_host and not is_loopback(places.ollama_host):
        raise SettingsError(
            f"{file} names an Ollama on another machine ({places.ollama_host}), and documents"
            " would go there. If that is meant, set OWNGROUND_OLLAMA_HOST to it instead."
        )
    if "data" in values and not places.data.resolve().is_relative_to(home):
        raise SettingsError(
            f"{file} would keep documents outside its own folder, in {places.data}. If that is"
            " meant, give --data or set OWNGROUND_DATA instead."
        )
    return values


def _selected(settings: Settings) -> dict[str, str]:
    file = _selection(settings)
    try:
        chosen = json.loads(file.read_text("utf-8"))
        return {key: chosen[key] for key in ("engine", "model")}
    except OSError:
        # Nothing was selected; that the folder cannot be read is told where it is opened.
        return {}
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"{file} does not say which model was selected: remove it, or select one again with"
            " “qa models select”."
        ) from error


def _selection(settings: Settings) -> Path:
    return settings.data / "model.json"
