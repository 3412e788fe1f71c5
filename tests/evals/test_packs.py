import json
from pathlib import Path
from typing import Any

import pytest

from evals import PackError, Question, choose, load_pack, needed_documents
from qa import OwngroundError

EVALS = Path(__file__).parents[2] / "evals"
LINE: dict[str, Any] = {
    "id": "1",
    "question": "Where?",
    "answers": ["Oslo"],
    "answerable": True,
    "evidence": [{"document": "a.txt", "text": "In Oslo."}],
    "language": "en",
}


def write_pack(folder: Path, *lines: str, documents: tuple[str, ...] = ("a.txt",)) -> Path:
    for name in documents:
        path = folder / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("In Oslo.", encoding="utf-8")
    (folder / "questions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def made_of(answerable: int, unanswerable: int) -> tuple[Question, ...]:
    questions = [Question(f"a{at}", "?", "en", True, ("x",)) for at in range(answerable)]
    return (*questions, *(Question(f"u{at}", "?", "en", False) for at in range(unanswerable)))


def test_loads_questions_and_names_of_nested_documents(tmp_path: Path) -> None:
    """Every field is read, unknown ones are passed over, names are relative with slashes."""
    turns = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Yes?"}]
    gold = [{"document": "deep/b.txt", "page": 2, "text": "In Oslo.", "weight": 1}]
    line = LINE | {"evidence": gold, "history": turns, "tags": ["follow-up"], "source": "x"}
    folder = write_pack(tmp_path, json.dumps(line), "", documents=("a.txt", "deep/b.txt", ".c"))
    pack = load_pack(folder)
    assert pack.documents == ("a.txt", "deep/b.txt")
    (question,) = pack.questions
    assert question.history == tuple(turns)
    assert question.tags == ("follow-up",)
    assert (question.evidence[0].document, question.evidence[0].page) == ("deep/b.txt", 2)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{nonsense", "line 2: not JSON, see column 2"),
        ("[]", "line 2: the line must be a JSON object"),
        (json.dumps(LINE), "line 2: the id '1' is taken"),
        (json.dumps({"id": "2"}), "line 2: 'question' is missing"),
        (json.dumps(LINE | {"id": 2}), "line 2: 'id' must be a text"),
        (json.dumps(LINE | {"id": " "}), "line 2: 'id' is empty"),
        (json.dumps(LINE | {"id": "2", "answerable": "yes"}), "'answerable' must be true or false"),
        (json.dumps(LINE | {"id": "2", "answers": []}), "answerable but 'answers' is empty"),
        (json.dumps(LINE | {"id": "2", "answers": [5]}), "'answers' must hold texts"),
        (json.dumps(LINE | {"id": "2", "evidence": ["x"]}), "each item of 'evidence'"),
        (
            json.dumps(LINE | {"id": "2", "evidence": [{"document": "a", "text": "b", "page": 0}]}),
            "'page' must be a whole number from 1",
        ),
        (
            json.dumps(LINE | {"id": "2", "history": [{"role": "system", "content": "x"}]}),
            "'role' must be",
        ),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    """The error names the file, the line and what is wrong there."""
    folder = write_pack(tmp_path, json.dumps(LINE), line)
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    assert "questions.jsonl" in str(caught.value)
    assert complaint in str(caught.value)


def test_errors_belong_to_the_tree() -> None:
    """Whoever catches the root catches this branch."""
    assert issubclass(PackError, OwngroundError)


def test_a_folder_that_lacks_a_part_is_refused(tmp_path: Path) -> None:
    """Without questions, documents or any file in them there is no pack."""
    with pytest.raises(PackError, match=r"has no questions\.jsonl"):
        load_pack(tmp_path)
    (tmp_path / "questions.jsonl").write_text(json.dumps(LINE), encoding="utf-8")
    with pytest.raises(PackError, match="has no documents folder"):
        load_pack(tmp_path)
    (tmp_path / "documents").mkdir()
    with pytest.raises(PackError, match="is empty"):
        load_pack(tmp_path)


def test_a_folder_of_packs_names_them(tmp_path: Path) -> None:
    """Where packs lie one level deeper, the error says which."""
    for name in ("zh", "de"):
        write_pack(tmp_path / name, json.dumps(LINE))
    with pytest.raises(PackError, match="one of the packs in it: de, zh"):
        load_pack(tmp_path)


def test_questions_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    """Another encoding is an error and not a question with odd letters."""
    folder = write_pack(tmp_path, json.dumps(LINE))
    (folder / "questions.jsonl").write_bytes('{"id": "é"}'.encode("latin-1"))
    with pytest.raises(PackError, match="UTF-8"):
        load_pack(folder)


def test_choosing_keeps_proportion_and_order() -> None:
    """A quarter of unanswerable questions stays a quarter, and the file's order stays."""
    questions = made_of(30, 10)
    chosen = choose(questions, 8, seed=1)
    assert sum(question.answerable for question in chosen) == 6
    assert list(chosen) == [question for question in questions if question in chosen]


def test_choosing_is_deterministic_and_follows_the_seed() -> None:
    """One seed gives one sample, whatever the order of the file; other seeds give others."""
    questions = made_of(40, 10)
    chosen = set(choose(questions, 10, seed=1))
    assert chosen == set(choose(questions[::-1], 10, seed=1))
    assert chosen != set(choose(questions, 10, seed=2))
    assert chosen < set(choose(questions, 20, seed=1))


def test_a_rare_kind_is_never_left_out() -> None:
    """Two questions of a pack with one unanswerable question are one of each kind."""
    assert [question.answerable for question in choose(made_of(99, 1), 2, seed=0)] == [True, False]


def test_no_limit_gives_all_and_a_bad_one_an_error() -> None:
    """None and too much give every question, zero none but an error."""
    questions = made_of(2, 1)
    assert choose(questions, None, seed=0) == choose(questions, 9, seed=0) == questions
    with pytest.raises(PackError):
        choose(questions, 0, seed=0)


def test_needed_documents_are_gold_and_others(tmp_path: Path) -> None:
    """The chosen questions' gold documents are always there, with as many others as asked."""
    names = ("a.txt", *(f"{at}.txt" for at in range(20)))
    pack = load_pack(write_pack(tmp_path, json.dumps(LINE), documents=names))
    assert needed_documents(pack, pack.questions, 0, seed=1) == ("a.txt",)
    some = needed_documents(pack, pack.questions, 5, seed=1)
    assert len(some) == 6
    assert "a.txt" in some
    assert some == needed_documents(pack, pack.questions, 5, seed=1)
    assert some != needed_documents(pack, pack.questions, 5, seed=2)
    assert needed_documents(pack, pack.questions, None, seed=1) == pack.documents
    assert needed_documents(pack, made_of(0, 3), 0, seed=1) == ()


def test_a_gold_document_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """A name that no file bears is found before anything is indexed."""
    pack = load_pack(write_pack(tmp_path, json.dumps(LINE), documents=("b.txt",)))
    for documents in (1, None):
        with pytest.raises(PackError, match=r"'a\.txt'"):
            needed_documents(pack, pack.questions, documents, seed=0)


def test_the_packs_of_the_project_are_whole() -> None:
    """Both load, over the same documents; a conversation's history is its earlier lines."""
    first, conversations = (load_pack(EVALS / name) for name in ("first", "conversations"))
    assert conversations.documents == first.documents
    for pack in (first, conversations):
        assert needed_documents(pack, pack.questions, None, seed=0) == pack.documents
    before: tuple[str, ...] = ()
    for question in conversations.questions:
        asked = tuple(turn["content"] for turn in question.history if turn["role"] == "user")
        assert asked in ((), before)
        before = (*asked, question.question)
