import json
import re
from pathlib import Path

import pytest

from qa.errors import SettingsError
from qa.ollama import server
from qa.settings import read_settings, select_model


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_arguments_come_before_variables_before_the_file_before_the_selection(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each source is taken only where those before it are silent."""
    select_model(read_settings(data=folder), "ollama", "selected")
    assert read_settings(data=folder).model == "selected"
    Path("ownground.toml").write_text('engine = "quotes"\nmodel = "of the file"\n')
    chosen = read_settings(data=folder)
    assert (chosen.engine, chosen.model) == ("quotes", "of the file")
    monkeypatch.setenv("ownground_model", "of the variable")
    assert read_settings(data=folder).model == "of the variable"
    assert read_settings(data=folder, model="given").model == "given"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('ollama_host = "192.0.2.7:11434"', "OWNGROUND_OLLAMA_HOST"),
        ('ollama_host = "http://localhost@models.example"', "OWNGROUND_OLLAMA_HOST"),
        ('data = "/srv/share"', "OWNGROUND_DATA"),
        ('data = "below/../../share"', "OWNGROUND_DATA"),
        ('data = "linked"', "OWNGROUND_DATA"),
        ('weights = "weights"', "OWNGROUND_WEIGHTS"),
        ('ollama_host = "127.0.0.1:port"', "ollama_host"),
        ("model = 3", "model"),
        ('modle = "x"', "There is no setting “modle”. The settings are: data"),
        ("engine = ", r"ownground\.toml cannot be read"),
    ],
)
def test_a_file_that_came_with_a_folder_sends_nothing_away(
    folder: Path, line: str, says: str
) -> None:
    """What it may not say is refused in a sentence that names what the user can do instead."""
    (folder / "linked").symlink_to("/tmp")
    Path("ownground.toml").write_text(line)
    with pytest.raises(SettingsError, match=says):
        read_settings()


def test_the_file_may_name_this_machine_and_its_own_folder(folder: Path) -> None:
    """A folder of documents can be its own library."""
    Path("ownground.toml").write_text('data = ".data"\nollama_host = "localhost:8080"\n')
    settings = read_settings()
    assert settings.data.resolve() == folder / ".data"
    assert server(settings).address == "http://localhost:8080"


def test_the_users_own_variables_may_name_other_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are an act of the user, who is told of it where the engine is taken."""
    monkeypatch.setenv("OWNGROUND_OLLAMA_HOST", "192.0.2.7")
    monkeypatch.setenv("OWNGROUND_DATA", "/srv/share")
    settings = read_settings()
    assert server(settings).address == "http://192.0.2.7:11434"
    assert settings.data == Path("/srv/share")


def test_a_selection_that_came_with_a_data_folder_only_selects(folder: Path) -> None:
    """Nothing but engine and model is taken from it, and only as settings may be."""
    selection = {"engine": "ollama", "model": "m", "ollama_host": "http://192.0.2.7"}
    (folder / "model.json").write_text(json.dumps(selection))
    settings = read_settings(data=folder)
    assert (settings.engine, settings.model) == ("ollama", "m")
    assert settings.ollama_host is None
    for damaged in ("[]", "{", '{"engine": "ollama"}', '{"engine": "other", "model": "m"}'):
        (folder / "model.json").write_text(damaged)
        with pytest.raises(SettingsError):
            read_settings(data=folder)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"engine": "gpt"},
            "“engine” cannot be “gpt”: it is one of auto, ollama, builtin, quotes.",
        ),
        ({"collection": "a b"}, "“collection” cannot be “a b”: a name has 1 to 64 letters"),
        ({"answer_tokens": "many"}, "cannot be “many”: it is a whole number from 16 to 4096."),
        ({"timeout_seconds": -1}, "cannot be “-1”: it is a number above 0."),
        ({"modle": "x"}, "There is no setting “modle”. The settings are: data, weights"),
    ],
)
def test_what_a_setting_takes_is_said(given: dict[str, object], says: str) -> None:
    """In one sentence that names the setting, and not in a library's words."""
    with pytest.raises(SettingsError, match=re.escape(says)):
        read_settings(**given)


def test_what_cannot_fit_into_the_context_is_refused() -> None:
    """The sentence names what was asked for and what it would need."""
    with pytest.raises(SettingsError, match=r"evidence_tokens \(700\).*context_tokens \(1024\)"):
        read_settings(context_tokens=1024, evidence_tokens=700)
    with pytest.raises(SettingsError, match=r"answer_tokens \(4000\).*raise it to 4650"):
        read_settings(answer_tokens=4000)
    assert read_settings(context_tokens=1024).context_tokens == 1024
