"""Settings: from arguments, then OWNGROUND_* variables, then ownground.toml, then what
`qa models select` chose, then the defaults.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from qa.errors import SettingsError

EngineName = Literal["auto", "ollama", "builtin", "quotes"]
_PREFIX = "OWNGROUND_"


class Settings(BaseSettings):
    """Everything that can be set. Immutable; make one with `read_settings`."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, toml_file="ownground.toml", extra="forbid", frozen=True
    )

    data: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("ownground"),
        description="The folder that holds the collections.",
    )
    weights: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path("ownground") / "weights",
        description="The folder for the built-in engine's model files.",
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
        " is used only when it is given here.",
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

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def collection_folder(self) -> Path:
        return self.data / "collections" / self.collection


def read_settings(**given: Any) -> Settings:
    """The settings, with arguments that are not None before all other sources.

    Raises SettingsError for an unknown key or a value that does not fit, naming it.
    """
    _refuse_unknown(os.environ)
    try:
        settings = Settings(**{key: value for key, value in given.items() if value is not None})
        return settings.model_copy(update=_selected(settings))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"The setting “{name}” does not fit: {first['msg']}. Known settings:"
            f" {', '.join(Settings.model_fields)}."
        ) from error
    except ValueError as error:
        raise SettingsError(f"The settings cannot be read: {error}.") from error


def select_model(settings: Settings, engine: EngineName, model: str) -> None:
    """Let the data folder's collections use this model whenever no other one is asked for."""
    settings.data.mkdir(parents=True, exist_ok=True)
    _selection(settings).write_text(json.dumps({"engine": engine, "model": model}), "utf-8")


def _selected(settings: Settings) -> dict[str, str]:
    if settings.model_fields_set & {"model", "engine"}:
        return {}
    try:
        return dict(json.loads(_selection(settings).read_text("utf-8")))
    except OSError:
        # Nothing was selected; that the folder cannot be read is told where it is opened.
        return {}


def _selection(settings: Settings) -> Path:
    return settings.data / "model.json"


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = {f"{_PREFIX}{name}".upper() for name in Settings.model_fields}
    for name in environment:
        if name.upper().startswith(_PREFIX) and name.upper() not in known:
            raise SettingsError(
                f"The variable {name} names no setting. Known: {', '.join(sorted(known))}."
            )
