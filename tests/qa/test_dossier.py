from dataclasses import replace
from pathlib import Path

import pytest

import qa
from qa.dossier import read_dossier, replay, write_dossier
from qa.errors import DossierError
from store import Library

QUESTION = "How many small loans were granted in 2024?"


@pytest.fixture
def assistant(tmp_path: Path) -> qa.Assistant:
    """Over one document, with quotes only."""
    (tmp_path / "loans.txt").write_text("The union granted 1,240 small loans in 2024.", "utf-8")
    settings = qa.read_settings(data=tmp_path / "data", engine="quotes")
    assistant = qa.Assistant(Library(settings.collection_folder), settings)
    assistant.add(tmp_path / "loans.txt")
    return assistant


def test_a_recorded_answer_comes_out_of_its_record_alone(
    assistant: qa.Assistant, tmp_path: Path
) -> None:
    """The same to the letter, after a way through a file."""
    with assistant:
        dossier = assistant.investigate(QUESTION)
        write_dossier(dossier, tmp_path / "dossier.json")
        again = replay(read_dossier(tmp_path / "dossier.json"), assistant.documents())
    assert "1,240" in again.answer.answer
    assert again.answer == dossier.answer
    assert (again.same, again.changes) == (True, ())


def test_a_record_shows_what_is_another_since(assistant: qa.Assistant, tmp_path: Path) -> None:
    """Documents that changed, came and went are named."""
    with assistant:
        dossier = assistant.investigate(QUESTION)
        (tmp_path / "loans.txt").write_text("The union granted 3 small loans in 2024.", "utf-8")
        (tmp_path / "new.txt").write_text("The bay is deep.", "utf-8")
        assistant.add([tmp_path / "loans.txt", tmp_path / "new.txt"])
        changed = replay(dossier, assistant.documents())
        gone = replay(dossier, [])
    assert changed.same
    assert changed.changes == ("loans.txt has another text.", "new.txt is new in the collection.")
    assert gone.changes == ("loans.txt is not in the collection any more.",)


def test_a_record_that_was_changed_gives_another_answer(assistant: qa.Assistant) -> None:
    """The answer is composed anew from evidence and reply: who edits it is found out."""
    with assistant:
        dossier = assistant.investigate(QUESTION)
        forged = replace(dossier, answer=replace(dossier.answer, answer="1,250 loans. [1]"))
        assert not replay(forged, assistant.documents()).same


def test_an_overview_is_replayed_as_one(assistant: qa.Assistant, tmp_path: Path) -> None:
    """By the same rule as when it was asked for."""
    with assistant:
        dossier = assistant.investigate("What is this document about?")
        write_dossier(dossier, tmp_path / "dossier.json")
        replayed = replay(read_dossier(tmp_path / "dossier.json"), assistant.documents())
    assert "1,240" in dossier.answer.answer
    assert replayed.same


def test_a_courtesy_is_replayed_too(assistant: qa.Assistant, tmp_path: Path) -> None:
    """It comes from no evidence."""
    with assistant:
        write_dossier(assistant.investigate("Thanks!"), tmp_path / "dossier.json")
        assert replay(read_dossier(tmp_path / "dossier.json"), assistant.documents()).same


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": "another"}'])
def test_what_is_no_record_is_told(tmp_path: Path, text: str) -> None:
    """In one sentence, as is a file that is not there or cannot be written."""
    path = tmp_path / "dossier.json"
    with pytest.raises(DossierError, match="cannot be read"):
        read_dossier(path)
    path.write_text(text, "utf-8")
    with pytest.raises(DossierError, match="is no dossier"):
        read_dossier(path)


def test_a_record_that_cannot_be_written_is_told(assistant: qa.Assistant, tmp_path: Path) -> None:
    """And nothing is left behind."""
    with assistant, pytest.raises(DossierError, match="cannot be written"):
        write_dossier(assistant.investigate(QUESTION), tmp_path / "no" / "dossier.json")
