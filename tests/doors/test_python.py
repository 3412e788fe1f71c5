import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import qa
from qa import Answer, Evidence
from store import Library


@pytest.fixture
def assistant(first_data: Path, tmp_path: Path) -> qa.Assistant:
    shutil.copytree(first_data, tmp_path / "data")
    return qa.open(tmp_path / "data", engine="quotes")


def test_streaming_gives_evidence_first_and_the_answer_last(assistant: qa.Assistant) -> None:
    """Between them come the model's words, if one writes."""
    with assistant:
        events = list(assistant.stream("How long is an unsigned draft kept?"))
    assert isinstance(events[0], Evidence)
    assert isinstance(events[-1], Answer)
    assert all(isinstance(event, Evidence) for event in events[:-1])
    assert "72 hours" in events[-1].answer


def test_every_citation_stands_word_for_word_in_its_document(assistant: qa.Assistant) -> None:
    """In every language and format of the first set."""
    questions = [
        "How long is an unsigned draft kept?",
        "영문 답변에는 동해를 어떻게 적나요?",
        "檔案調閱要怎麼申請？",
        "Малчдын банк хэзээ нээгддэг вэ?",
    ]
    with assistant:
        for question in questions:
            answer = assistant.ask(question)
            cited = (*answer.citations, *answer.nearest)
            assert cited
            for citation in cited:
                text = assistant.document(citation.document_id).text
                assert text[citation.start : citation.end] == citation.text


def test_the_default_library_answers(first_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`qa.ask` takes the library and the engine of the settings."""
    monkeypatch.setenv("OWNGROUND_DATA", str(first_data))
    monkeypatch.setenv("OWNGROUND_ENGINE", "quotes")
    assert "72 hours" in qa.ask("How long is an unsigned draft kept?").answer


def test_a_closed_assistant_gives_the_library_free(first_data: Path) -> None:
    """The next one can open it at once, also after a failure to find the engine."""
    with pytest.raises(qa.EngineError):
        qa.open(first_data, engine="ollama")
    with qa.open(first_data, engine="quotes") as assistant:
        assert assistant.documents()


@pytest.mark.filterwarnings("default")
def test_llamaindex_retrieves_and_queries(assistant: qa.Assistant) -> None:
    """Evidence comes as nodes with their place, an answer with its citations as sources."""
    with assistant:
        question = "How long is an unsigned draft kept?"
        best = assistant.as_retriever(top=3).retrieve(question)[0]
        assert best.node.metadata["document"] == "hospital-discharge-notes.md"
        response = assistant.as_query_engine().query(question)
        assert "72 hours" in str(response)
        assert response.source_nodes[0].node.metadata["document"] == "hospital-discharge-notes.md"


@pytest.mark.filterwarnings("default")
def test_a_refusal_has_no_sources_in_llamaindex(assistant: qa.Assistant) -> None:
    """The metadata still holds the whole answer."""
    with assistant:
        response = assistant.as_query_engine().query("Who won the football match in Lisbon?")
    assert str(response) == "The documents do not say."
    assert response.source_nodes == []
    assert response.metadata is not None
    assert response.metadata["refused"]


@pytest.mark.parametrize(
    ("question", "history"),
    [
        (None, []),
        ("Who?", "x"),
        ("Who?", 5),
        ("Who?", [1]),
        ("Who?", [{"role": "user"}]),
        ("Who?", [{"role": "user", "content": None}]),
        ("Who?", {"role": "user", "content": "x"}),
    ],
)
def test_a_question_or_a_history_of_another_shape_is_told(
    assistant: qa.Assistant, question: Any, history: Any
) -> None:
    """As an error of the project's own, not as one of Python."""
    with assistant, pytest.raises(qa.QuestionError):
        assistant.ask(question, history)


def test_an_empty_path_is_not_the_current_folder(assistant: qa.Assistant) -> None:
    """An unset variable in a script must not add all that lies around."""
    with assistant, pytest.raises(qa.OwngroundError, match="path is empty"):
        assistant.add("")


def test_importing_takes_none_of_the_large_libraries() -> None:
    """They cost seconds: each is imported where it is used, so that a script starts at once."""
    large = ("chromadb", "llama_index", "numpy", "pypdfium2", "psutil", "httpx", "gradio")
    code = f"import qa, qa.cli, sys; print([name for name in {large} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_follow_up_tells_how_it_was_understood(assistant: qa.Assistant) -> None:
    """The question stays as it was asked, and is searched with what was talked about."""
    history: list[qa.Turn] = [
        {"role": "user", "content": "영문 답변에는 동해를 어떻게 적나요?"},
        {"role": "assistant", "content": "'East Sea'라고 적습니다. [1]"},
    ]
    with assistant:
        alone = assistant.ask("영문 답변에는 동해를 어떻게 적나요?", history)
        follow_up = assistant.ask("그럼 서해는요?", history)
        found = assistant.search("그럼 서해는요?", history=history)
    assert alone.understood is None
    assert follow_up.question == "그럼 서해는요?"
    assert follow_up.understood is not None
    assert "동해" in follow_up.understood
    assert "Yellow Sea" in follow_up.answer
    assert found[0].text == follow_up.citations[0].text


def test_a_courtesy_is_answered_without_searching(assistant: qa.Assistant) -> None:
    """In its language, with nothing cited and nothing refused."""
    with assistant:
        events = list(assistant.stream("고마워요!"))
        about = assistant.ask("Which documents do you have?")
    (thanks,) = events
    assert isinstance(thanks, Answer)
    assert (thanks.kind, thanks.answer) == ("talk", "천만에요. 언제든 더 물어보세요.")
    assert (thanks.refused, thanks.citations, thanks.nearest) == (False, (), ())
    assert about.kind == "about"
    assert "11 (credit-union-loan-desk.txt" in about.answer
    assert "neither the documents nor your questions leave it" in about.answer


def test_who_is_told_that_nothing_leaves_is_told_the_truth(
    first_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another machine was set to write the answers, it is named."""
    monkeypatch.setenv("OWNGROUND_OLLAMA_HOST", "http://192.0.2.7:11434")
    with qa.open(first_data, engine="quotes") as assistant:
        assert "192.0.2.7" not in assistant.ask("Are you sending my data anywhere?").answer
    settings = qa.read_settings(data=first_data, engine="auto")
    with qa.Assistant(Library(settings.collection_folder), settings) as assistant:
        assert "192.0.2.7" in assistant.ask("Are you sending my data anywhere?").answer


def test_what_was_answered_can_be_asked_again(assistant: qa.Assistant) -> None:
    """A sentence is no worse an answer for having been one already."""
    history: list[qa.Turn] = [
        {"role": "user", "content": "How long is an unsigned draft kept?"},
        {"role": "assistant", "content": "An unsigned draft is wiped after 72 hours. [1]"},
    ]
    with assistant:
        again = assistant.ask("Really? How long is it kept unsigned?", history)
    assert "72 hours" in again.answer


@pytest.mark.parametrize(
    ("question", "document", "held"),
    [
        ("Summarise hospital-discharge-notes", "hospital-discharge-notes.md", "72 hours"),
        ("방문간호 기록을 요약해 줘", "보건소-방문간호-기록.md", "석 달 동안"),
        ("檔案調閱須知的重點是什麼？", "市政府檔案調閱須知.html", "申請調閱應填具申請書"),
        ("Малчдын банк баримтын товч агуулга", "малчдын-банк.docx", "15 сая төгрөг"),
    ],
)
def test_a_question_for_a_whole_document_is_answered_from_its_parts(
    assistant: qa.Assistant, question: str, document: str, held: str
) -> None:
    """By its sections' first sentences, in its order, quoted and cited; evidence comes first."""
    with assistant:
        *evidence, answer = assistant.stream(question)
        text = assistant.document(answer.citations[0].document_id).text  # type: ignore[union-attr]
    assert isinstance(answer, Answer)
    assert (answer.refused, answer.quoted, answer.nearest) == (False, True, ())
    assert 3 <= len(answer.sentences) <= 5
    assert {citation.document for citation in answer.citations} == {document}
    assert [c.text for c in answer.citations] == [
        found.text for found in evidence if isinstance(found, Evidence)
    ]
    assert [c.start for c in answer.citations] == sorted(c.start for c in answer.citations)
    assert all(text[c.start : c.end] == c.text for c in answer.citations)
    assert held in answer.answer


def test_a_question_for_the_collection_has_a_sentence_of_each_document(
    assistant: qa.Assistant,
) -> None:
    """Of ten at the most, and it is said how many are left."""
    with assistant:
        answer = assistant.ask("What is this collection about?")
        in_korean = assistant.ask("이 모음은 무슨 내용인가요?")
    assert len({citation.document_id for citation in answer.citations}) == 10
    assert len(answer.sentences) == 10
    (warning,) = answer.warnings
    assert warning.startswith("1 of 11 documents")
    assert in_korean.citations == answer.citations


def test_this_document_is_the_one_that_was_talked_about(assistant: qa.Assistant) -> None:
    """Among several, a question that points back is for one of them."""
    history: list[qa.Turn] = [
        {"role": "user", "content": "How long is an unsigned draft kept?"},
        {"role": "assistant", "content": "An unsigned draft is wiped after 72 hours. [1]"},
    ]
    with assistant:
        answer = assistant.ask("What is this document about?", history)
    assert {c.document for c in answer.citations} == {"hospital-discharge-notes.md"}
    assert answer.understood is not None


def test_without_documents_a_question_for_the_whole_is_refused(tmp_path: Path) -> None:
    """As every question is."""
    with qa.open(tmp_path / "data", engine="quotes") as assistant:
        assert assistant.ask("What is this about?").refused
