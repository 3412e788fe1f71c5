import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

import qa
from store import Library

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def data(tmp_path: Path, qa_command: Run) -> Path:
    (tmp_path / "bank.txt").write_text(
        "The Harbour Bank opened in 1962. Its vault holds 4,210 silver coins.", "utf-8"
    )
    assert qa_command("add", tmp_path / "bank.txt", "--data", tmp_path / "data").returncode == 0
    return tmp_path / "data"


def test_search_prints_evidence_word_for_word(qa_command: Run, first_data: Path) -> None:
    """The JSON has the keys of the contract; offsets cut the text out of the document."""
    done = qa_command(
        "search",
        "영문 답변에는 동해를 어떻게 적나요?",
        "--top",
        "3",
        "--json",
        "--data",
        first_data,
    )
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert found.keys() == {"question", "evidence", "timings"}
    assert len(found["evidence"]) == 3
    best = found["evidence"][0]
    assert best.keys() == {"document", "page", "text", "start", "end", "score"}
    assert best["document"] == "지명-표기-지침.pdf"
    assert best["page"] == 2
    assert best["end"] - best["start"] == len(best["text"])


def test_add_list_status_remove(qa_command: Run, data: Path, tmp_path: Path) -> None:
    """Documents come, are listed and counted, and go."""
    again = qa_command("add", tmp_path / "bank.txt", "--json", "--data", data)
    assert json.loads(again.stdout) == {
        "added": [],
        "unchanged": ["bank.txt"],
        "replaced": [],
        "failed": [],
    }
    (listed,) = json.loads(qa_command("list", "--json", "--data", data).stdout)
    assert listed["name"] == "bank.txt"
    assert json.loads(qa_command("status", "--json", "--data", data).stdout)["sentences"] == 2
    removed = qa_command("remove", listed["id"], "--json", "--data", data)
    assert removed.returncode == 0
    assert json.loads(removed.stdout) == {"removed": [listed["id"]]}
    assert json.loads(qa_command("list", "--json", "--data", data).stdout) == []


def test_adding_many_files_is_not_silent(qa_command: Run, tmp_path: Path) -> None:
    """Where nobody watches the line that changes, lines come now and then."""
    (tmp_path / "many").mkdir()
    for number in range(30):
        (tmp_path / "many" / f"{number}.txt").write_text(f"Hall {number} is here.", "utf-8")
    done = qa_command("add", tmp_path / "many", "--data", tmp_path / "data")
    # On a busy machine embedding takes long enough to be told of, too.
    lines = [line for line in done.stderr.splitlines() if "sentences are embedded" not in line]
    assert lines == ["25 of 30 files are read.", "Documents: 30 added."]


def test_a_folder_is_synced(qa_command: Run, tmp_path: Path) -> None:
    """What changed in it is told; where it is away, nothing is removed."""
    folder, data = tmp_path / "folder", tmp_path / "data"
    folder.mkdir()
    for name in ("one", "two", "three"):
        (folder / f"{name}.txt").write_text(f"The {name} is here.", "utf-8")
    qa_command("add", folder, "--data", data)
    assert json.loads(qa_command("status", "--json", "--data", data).stdout)["folders"] == [
        str(folder)
    ]
    (folder / "one.txt").unlink()
    (folder / "two.txt").rename(folder / "deux.txt")
    (folder / "three.txt").write_text("The three is gone.", "utf-8")
    (folder / "four.txt").write_text("The four is here.", "utf-8")
    done = qa_command("sync", "--json", "--data", data)
    assert done.returncode == 0
    assert json.loads(done.stdout) == {
        "added": ["four.txt"],
        "replaced": ["three.txt"],
        "moved": [{"before": "two.txt", "now": "deux.txt"}],
        "removed": ["one.txt"],
        "failed": [],
        "away": [],
    }
    assert "Moved two.txt to deux.txt." in done.stderr
    folder.rename(tmp_path / "away")
    done = qa_command("sync", "--data", data)
    assert done.returncode == 1
    assert f"{folder} is not there, or empty: what was added from it stays." in done.stderr
    assert len(json.loads(qa_command("list", "--json", "--data", data).stdout)) == 3
    assert qa_command("sync", "--forget", folder, "--data", data).returncode == 0


def test_removing_gives_a_receipt(qa_command: Run, data: Path, tmp_path: Path) -> None:
    """What went, and that it was looked for; a receipt that cannot be written removes nothing."""
    (listed,) = json.loads(qa_command("list", "--json", "--data", data).stdout)
    closed = qa_command("remove", listed["id"], "--receipt", tmp_path / "no" / "r", "--data", data)
    assert closed.returncode == 1
    assert "receipt cannot be written" in closed.stderr
    assert len(json.loads(qa_command("list", "--json", "--data", data).stdout)) == 1
    file = tmp_path / "receipt.json"
    done = qa_command("remove", listed["id"], "--receipt", file, "--data", data)
    assert done.returncode == 0, done.stderr
    (receipt,) = json.loads(file.read_text("utf-8"))
    assert receipt["names"] == ["bank.txt"]
    assert receipt["before"]["found"] == receipt["pieces"] > 0
    assert receipt["after"]["found"] == 0


def test_the_version_is_told(qa_command: Run) -> None:
    """Without a command."""
    done = qa_command("--version")
    assert done.returncode == 0
    assert done.stdout == f"ownground {version('ownground')}\n"


def test_a_quotation_has_its_own_line(qa_command: Run, data: Path) -> None:
    """It is called a quotation, and its source stands below."""
    question = "How many silver coins does the vault hold?"
    done = qa_command("ask", question, "--engine", "quotes", "--data", data)
    said, empty, source = done.stdout.splitlines()
    assert said == "Quoted: Its vault holds 4,210 silver coins. [1]"
    assert (empty, source[:3]) == ("", "[1]")


def test_a_wrong_id_among_several_removes_nothing(qa_command: Run, data: Path) -> None:
    """Nothing is half done; the same id twice is one document."""
    (listed,) = json.loads(qa_command("list", "--json", "--data", data).stdout)
    done = qa_command("remove", listed["id"], "nothing", "--data", data)
    assert done.returncode == 1
    assert "No document has the id" in done.stderr
    assert len(json.loads(qa_command("list", "--json", "--data", data).stdout)) == 1
    assert qa_command("remove", listed["id"], listed["id"], "--data", data).returncode == 0


@pytest.mark.parametrize("command", ["ask", "search"])
def test_without_documents_it_says_so(qa_command: Run, tmp_path: Path, command: str) -> None:
    """With how to add some; a folder that was mistyped is not made."""
    done = qa_command(command, "When?", "--data", tmp_path / "typo")
    assert done.returncode == 1
    assert "No documents have been added" in done.stderr
    assert "qa add PATH" in done.stderr
    assert not (tmp_path / "typo").exists()


def test_a_taken_port_is_told_before_documents_are_added(
    qa_command: Run, data: Path, tmp_path: Path
) -> None:
    """The chat does not open, and nothing has changed."""
    (tmp_path / "other.txt").write_text("The market is on Friday.", "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = qa_command("chat", tmp_path / "other.txt", "--port", port, "--data", data)
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert len(json.loads(qa_command("list", "--json", "--data", data).stdout)) == 1


def test_quotes_answer_without_a_model(qa_command: Run, data: Path) -> None:
    """The best sentence is the answer, cited, and the answer says that it is a quotation."""
    question = "How many silver coins does the vault hold?"
    done = qa_command("ask", question, "--engine", "quotes", "--json", "--data", data)
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["answer"] == "Its vault holds 4,210 silver coins. [1]"
    assert answer["quoted"]
    assert not answer["refused"]
    assert answer["citations"][0]["document"] == "bank.txt"
    assert answer["engine"] == "quotes"
    assert "Engine: quotes (quotes only, as asked)." in done.stderr
    assert answer["timings"]["first_token_ms"] is None


def test_a_refusal_is_an_answer(qa_command: Run, data: Path) -> None:
    """What the documents do not say is said so, with the nearest passages and exit code 0."""
    question = "Which football club won the championship in Lisbon?"
    done = qa_command("ask", question, "--engine", "quotes", "--json", "--data", data)
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["refused"]
    assert answer["sentences"] == answer["citations"] == []
    assert answer["nearest"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["ask", "   "], 1, "The question is empty"),
        (["ask", "word " * 20_000], 1, "is the limit"),
        (["search", ""], 1, "The question is empty"),
        (["remove", "nothing"], 1, "No document has the id"),
        (["chat", "/nowhere/at-all"], 1, "There is no /nowhere/at-all"),
        (["add", "/nowhere/at-all.txt"], 1, "no such file"),
        (["ask", "x", "--engine", "ollama"], 1, "Ollama"),
        (["ask", "x", "--engine", "builtin", "--model", "no-such"], 1, "no-such"),
        (["ask", "x", "--history", "/nowhere.json"], 1, "history"),
        (["search", "x", "--collection", "../up"], 1, "a name has 1 to 64 letters"),
        (["ask", "x", "--model", "no-such"], 1, "No engine has the model “no-such”"),
        (["models", "pull"], 2, "Name the model"),
        (["models", "select"], 2, "Name the model"),
        (["search", "x", "--top", "0"], 2, "at least 1"),
        (["search", "x", "--top", "abc"], 2, "“abc” must be a whole number, at least 1"),
        (["eval", "x", "--documents", "-1"], 2, "at least 0"),
        (["add", ""], 2, "a path is empty"),
        (["nonsense"], 2, "invalid choice"),
        ([], 2, "required"),
    ],
)
def test_bad_input_gets_a_sentence(
    qa_command: Run, data: Path, words: list[str], code: int, says: str
) -> None:
    """Exit code 1 with what is wrong, 2 for wrong use; never a traceback, nothing on stdout."""
    extra = ["--data", str(data)] if words and words[0] != "nonsense" else []
    done = qa_command(*words, *extra)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_what_may_not_be_read_is_told_and_the_rest_is_in(
    qa_command: Run, tmp_path: Path, data: Path
) -> None:
    """A file and a folder without permission do not stop the others."""
    (tmp_path / "docs" / "closed").mkdir(parents=True)
    (tmp_path / "docs" / "open.txt").write_text("The market is on Friday.", "utf-8")
    (tmp_path / "docs" / "secret.txt").write_text("Not for us.", "utf-8")
    (tmp_path / "docs" / "closed" / "inside.txt").write_text("Not for us.", "utf-8")
    (tmp_path / "docs" / "secret.txt").chmod(0)
    (tmp_path / "docs" / "closed").chmod(0)
    try:
        done = qa_command(
            "add", tmp_path / "docs", "--json", "--data", data, prefix=_bound_by_permissions()
        )
    finally:
        (tmp_path / "docs" / "closed").chmod(0o700)
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert report["added"] == ["open.txt"]
    reasons = {Path(one["path"]).name: one["reason"] for one in report["failed"]}
    assert "may not be read" in reasons["secret.txt"]
    assert "cannot be read" in reasons["closed"]


def _bound_by_permissions() -> list[str]:
    # Root reads everything, unless it gives up these two capabilities.
    caps = "-dac_override,-dac_read_search"
    root = os.geteuid() == 0
    return ["setpriv", f"--bounding-set={caps}", f"--inh-caps={caps}"] if root else []


def test_a_file_as_data_folder_gets_a_sentence(qa_command: Run, tmp_path: Path) -> None:
    """It is told where the folder is opened."""
    (tmp_path / "file").write_text("a file")
    done = qa_command("list", "--data", tmp_path / "file")
    assert done.returncode == 1
    assert "--data" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_setting_is_an_error(
    qa_command: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A misspelt variable is told, not ignored."""
    monkeypatch.setenv("OWNGROUND_ENGIN", "quotes")
    done = qa_command("list", "--data", data)
    assert done.returncode == 1
    assert "OWNGROUND_ENGIN names no setting" in done.stderr


def test_earlier_turns_complete_a_question(qa_command: Run, data: Path, tmp_path: Path) -> None:
    """A follow-up is understood by the history file."""
    history = tmp_path / "history.json"
    turns = [{"role": "user", "content": "What does the vault of the Harbour Bank hold?"}]
    history.write_text(json.dumps(turns), "utf-8")
    done = qa_command(
        "ask", "And how many?", "--history", history, "--engine", "quotes", "--json", "--data", data
    )
    assert "4,210" in json.loads(done.stdout)["answer"]


def test_a_selected_model_is_used_until_another_is_named(qa_command: Run, data: Path) -> None:
    """`models select` is remembered in the data folder; an unknown name is refused."""
    chosen = "qwen2.5-coder-0.5b-instruct"
    assert qa_command("models", "select", chosen, "--data", data).returncode == 0
    assert json.loads((data / "model.json").read_text()) == {"engine": "builtin", "model": chosen}
    for wrong in (["no-such"], ["no-such", "--engine", "ollama"], [chosen, "--engine", "quotes"]):
        assert qa_command("models", "select", *wrong, "--data", data).returncode == 1


def test_evaluating_a_pack_writes_its_reports(qa_command: Run, tmp_path: Path) -> None:
    """`qa eval` over the first pack gives figures, every answer, and a page."""
    out = tmp_path / "out"
    done = qa_command(
        "eval", "evals/first", "--limit", "6", "--documents", "0", "--engine", "quotes",
        "--out", out, "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["metrics"]["recall@10"]["n"] > 0
    assert json.loads((out / "report.json").read_text("utf-8"))["pack"] == "first"
    assert len((out / "answers.jsonl").read_text("utf-8").splitlines()) == 6
    assert "http" not in (out / "report.html").read_text("utf-8").replace("http-equiv", "")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_the_chat_adds_a_starter_once_and_ends_clean(tmp_path: Path, sent: signal.Signals) -> None:
    """What was removed does not come back; at the end no process is left and the folder is free."""
    (tmp_path / "starter").mkdir()
    for name in ("one", "two"):
        (tmp_path / "starter" / f"{name}.txt").write_text(f"The {name} is here.", "utf-8")
    # What lies beside a folder may be no question pack, whatever it is called.
    lines = ["[1]", '{"answerable": true, "language": ["en"], "question": null}']
    (tmp_path / "questions.jsonl").write_text("\n".join(lines), "utf-8")
    settings = qa.read_settings(data=tmp_path / "data", engine="quotes")
    for expected in (["one.txt", "two.txt"], ["two.txt"]):
        _chat(tmp_path, sent, "Documents:" if len(expected) == 2 else "Engine:")
        with Library(settings.collection_folder) as library:
            assert [document.name for document in library.documents()] == expected
            library.remove(library.documents()[0].id)


def test_the_chat_keeps_up_with_its_folder(tmp_path: Path) -> None:
    """What changed since the last time is taken up, and what was removed does not come back."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.txt").write_text(f"The {name} is here.", "utf-8")
    settings = qa.read_settings(data=tmp_path / "data", engine="quotes")
    with Library(settings.collection_folder) as library:
        library.add([folder])
        library.remove(library.documents()[0].id)
    (folder / "three.txt").write_text("The three is here.", "utf-8")
    _chat(tmp_path, signal.SIGINT, "Added three.txt.", "folder")
    with Library(settings.collection_folder) as library:
        assert [document.name for document in library.documents()] == ["three.txt", "two.txt"]


def _chat(folder: Path, sent: signal.Signals, until: str, docs: str | None = None) -> None:
    command = [str(Path(sys.executable).with_name("qa")), "chat"]
    given = [str(folder / docs)] if docs else ["--starter", str(folder / "starter")]
    options = ["--engine", "quotes", "--port", "0"]
    with subprocess.Popen(
        [*command, *given, "--data", str(folder / "data"), *options],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as chat:
        assert chat.stderr is not None
        said = ""
        while until not in said:
            said += chat.stderr.readline()
        assert "The chat is open at http://127.0.0.1:" in said
        chat.send_signal(sent)
        said += chat.stderr.read()
    assert chat.returncode == 0, said
    assert "Traceback" not in said
    # The session that it led has no process any more.
    with pytest.raises(ProcessLookupError):
        os.killpg(chat.pid, 0)


def test_a_follow_up_says_how_it_was_understood(qa_command: Run, data: Path) -> None:
    """The line is for people, on stderr; the JSON has it too."""
    history = data / "history.json"
    turns = [
        {"role": "user", "content": "When did the Harbour Bank open?"},
        {"role": "assistant", "content": "It opened in 1962. [1]"},
    ]
    history.write_text(json.dumps(turns), "utf-8")
    ask = ("ask", "And its vault?", "--history", history, "--engine", "quotes", "--data", data)
    done = qa_command(*ask, "--json")
    understood = json.loads(done.stdout)["understood"]
    assert understood.startswith("And its vault? (")
    assert "Harbour Bank" in understood
    assert f"Understood as: {understood}" in done.stderr
    assert "Understood as" not in qa_command(*ask).stdout


def test_a_courtesy_is_valid_json(qa_command: Run, data: Path) -> None:
    """It has all the keys of an answer, and none of the lists holds anything."""
    ask = ("ask", "Thank you!", "--engine", "quotes", "--data", data)
    answer = json.loads(qa_command(*ask, "--json").stdout)
    assert (answer["kind"], answer["refused"]) == ("talk", False)
    assert answer["sentences"] == answer["citations"] == answer["nearest"] == []
    assert answer["prompt_tokens"] is None
    assert qa_command(*ask).stdout == answer["answer"] + "\n"


def test_an_answer_is_recorded_and_replayed(qa_command: Run, data: Path) -> None:
    """The record gives the answer again; a file that is no record ends with one sentence."""
    record = data / "dossier.json"
    ask = ("ask", "When did the Harbour Bank open?", "--engine", "quotes", "--data", data)
    asked = qa_command(*ask, "--record", record)
    replayed = qa_command("replay", record, "--data", data)
    assert (replayed.returncode, replayed.stdout) == (0, asked.stdout)
    assert replayed.stderr == "The answer is the recorded one.\n"
    record.write_text("{}", "utf-8")
    failed = qa_command("replay", record, "--data", data)
    assert failed.returncode == 1
    assert "is no dossier" in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize(
    "turns", [[{"role": "user", "content": None}], [{"role": "system", "content": "x"}], [1], {}]
)
def test_a_history_of_another_shape_is_told(qa_command: Run, data: Path, turns: object) -> None:
    """One sentence that says how it has to look."""
    history = data / "odd-history.json"
    history.write_text(json.dumps(turns or [[]]), "utf-8")
    ask = ("ask", "When did it open?", "--engine", "quotes", "--data", data)
    done = qa_command(*ask, "--history", history)
    assert done.returncode == 1
    assert "oldest first" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_doctor_is_content_with_one_engine(
    qa_command: Run, data: Path, small_model: str
) -> None:
    """Without Ollama the built-in engine answers: that is no failure."""
    done = qa_command("doctor", "--json", "--model", small_model, "--data", data)
    found = {check["name"]: check["ok"] for check in json.loads(done.stdout)}
    assert (found["ollama"], found["builtin"], found["answers"]) == (False, True, True)
    assert done.returncode == 0
