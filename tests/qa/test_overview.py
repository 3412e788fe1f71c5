import pytest

from qa.compose import Reply
from qa.overview import choose_documents, summarise
from qa.sources import choose_sources
from store import DocumentSummary, Evidence


def summary(name: str, title: str) -> DocumentSummary:
    return DocumentSummary(name, name, name, title, 1, 0, 1, "")


DOCUMENTS = [
    summary("discharge-notes.md", "Discharge notes: using the assistant"),
    summary("credit-union-loan-desk.txt", "credit-union-loan-desk"),
    summary("town-handbook.pdf", "Open models on ordinary computers"),
    summary("방문간호-기록.md", "방문간호 기록 도우미"),
    summary("檔案調閱須知.html", "檔案調閱須知｜市政府檔案室"),
    summary("малчдын-банк.docx", "Нүүдлийн салбарын журам"),
]


def chosen(question: str) -> list[str]:
    return [one.name for one in choose_documents(question, DOCUMENTS)]


@pytest.mark.parametrize(
    "question",
    [
        "Summarise this document",
        "What is this about?",
        "What's it about?",
        "What are the main points?",
        "Can you give me a short summary, please?",
        "TL;DR",
        "What does this document say?",
        "Which topics does this document cover?",
        "What is in this collection?",
        "요약해 줘",
        "이 문서를 요약해 주세요.",
        "무슨 내용인가요?",
        "핵심만 세 줄로 알려 주세요",
        "전체 내용을 정리해 주세요",
        "這份文件的重點是什麼？",
        "这份文件的重点是什么？",
        "請幫我總結一下",
        "这个文档主要讲什么？",
        "Товч агуулга",
        "Энэ баримт юуны тухай вэ?",
        "Гол санаа нь юу вэ?",
        "この文書を要約してください",
        "О чём этот документ?",
    ],
)
def test_a_question_for_the_whole_is_told(question: str) -> None:
    """In every language; it names no document, so it may be for any."""
    assert len(chosen(question)) == len(DOCUMENTS)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Summarise discharge-notes", "discharge-notes.md"),
        ("Summary of credit-union-loan-desk.txt", "credit-union-loan-desk.txt"),
        ("What are the main points of the discharge notes?", "discharge-notes.md"),
        ("What is “Open models on ordinary computers” about?", "town-handbook.pdf"),
        ("Summarise the handbook", "town-handbook.pdf"),
        ("방문간호 기록을 요약해 줘", "방문간호-기록.md"),
        ("档案调阅须知的重点是什么？", "檔案調閱須知.html"),
        ("Малчдын банк баримтын товч агуулга", "малчдын-банк.docx"),
    ],
)
def test_a_document_is_named_by_its_title_or_file_name(question: str, name: str) -> None:
    """By half of it, in either kind of Chinese characters."""
    assert chosen(question) == [name]


@pytest.mark.parametrize(
    "question",
    [
        "What are the main points of the guarantor rule?",
        "What is the summary form called?",
        "What is the loan limit about?",
        "What is the loan about?",
        "Who writes the summary?",
        "How long is a summary kept?",
        "What does the nurse say?",
        "What is in the yellow folder?",
        "What is this?",
        "Explain that.",
        "Tell me more about it.",
        "Summarise the treaty",
        "요약은 얼마나 보관하나요?",
        "무슨 문서가 필요한가요?",
        "대출 요점은 무엇인가요?",
        "申請方式的重點是什麼？",
        "摘要須經誰核對？",
        "Зээлийн гол нөхцөл юу вэ?",
        "Товчоо хаана байдаг вэ?",
    ],
)
def test_a_question_for_something_in_a_document_is_not_for_the_whole(question: str) -> None:
    """However much its other words sound like a summary."""
    assert chosen(question) == []


def found(number: int, text: str) -> Evidence:
    return Evidence("d", "d.txt", "", "", None, text, 100 * number, 0, "", "", 0, 0, 0, text)


OUTLINE = [
    found(0, "The desk opens at nine on every weekday."),
    found(1, "A loan needs two signatures from the board."),
    found(2, "Every file is kept for eight years in the cellar."),
]
FIRST, SECOND = "The desk opens at nine on weekdays.", "A loan needs two signatures."


def told(draft: str) -> tuple[bool, list[str]]:
    reply = Reply("Summarise it", "Summarise it", "builtin", "m", None, 1.0, draft=draft)
    answer = summarise(reply, OUTLINE, choose_sources(OUTLINE, 700))
    assert not answer.refused
    assert not answer.nearest
    assert [c.number for c in answer.citations] == [s.citations[0] for s in answer.sentences]
    return answer.quoted, [sentence.text for sentence in answer.sentences]


def test_a_sentence_that_was_broken_off_is_left_out() -> None:
    """A reply ends where its length is used up, also in the middle of what is borne out."""
    assert told(f"{FIRST} {SECOND} Every file is kept for eight") == (False, [FIRST, SECOND])


def test_a_models_sentences_that_the_document_bears_out_are_the_answer() -> None:
    """Each once, and without those that it does not bear out."""
    draft = f"{FIRST} [1] {SECOND} [2] {FIRST} [1] Files are burned after three years. [3]"
    assert told(draft) == (False, [FIRST, SECOND])


@pytest.mark.parametrize("draft", ["", f"{FIRST} [1]", f"{FIRST} [1] Files are burned. [3]"])
def test_the_outline_is_quoted_where_too_little_is_borne_out(draft: str) -> None:
    """One sentence tells less of a document than its own leads."""
    assert told(draft) == (True, [one.text for one in OUTLINE])
