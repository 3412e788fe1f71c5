from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.conversation import understand
from qa.retrieval import retrieve
from qa.types import Turn
from store import Library


@pytest.fixture(scope="module")
def library(first_data: Path) -> Iterator[Library]:
    with Library(first_data / "collections" / "default") as library:
        yield library


def history(question: str, answer: str) -> list[Turn]:
    return [Turn(role="user", content=question), Turn(role="assistant", content=f"{answer} [1]")]


FOLLOW_UPS = [
    (
        "Where does it go at closing time?",
        history(
            "How many pages of lending rules does the Rule Finder at Saltmarsh Credit Union hold?",
            "It holds all 212 pages of the lending rules.",
        ),
        "locked in the drawer",
    ),
    (
        "그럼 서해는요?",
        history(
            "해강시 지침에 따르면 영문 답변에는 동해를 어떻게 적나요?",
            "영문 답변에는 'East Sea'라고 적습니다.",
        ),
        "Yellow Sea",
    ),
    (
        "多久一次？",
        history("雲嶺鄉農會信用部的使用紀錄由誰來抽查？", "稽核人員抽查。"),
        "每季",
    ),
]


@pytest.mark.parametrize(("question", "earlier", "expected"), FOLLOW_UPS)
def test_a_follow_up_finds_its_own_answer_first(
    library: Library, question: str, earlier: list[Turn], expected: str
) -> None:
    """Not the sentence that answered the question before it, nor another document's."""
    best, *_ = retrieve(library, understand(question, earlier), 10)
    assert expected in best.text


def test_the_evidence_of_the_answer_before_stays_in_reach(library: Library) -> None:
    """A follow-up that only asks on still finds the passage that was talked about."""
    earlier = history(
        "How long is an unsigned draft kept at Wexcombe District Hospital?",
        "An unsigned draft is wiped after 72 hours.",
    )
    for question in ("Why?", "Are you sure?", "Who signs it?"):
        found = retrieve(library, understand(question, earlier), 10)
        assert "An unsigned draft is wiped after 72 hours." in [one.text for one in found]


def test_a_question_that_stands_alone_is_searched_alone(library: Library) -> None:
    """Whatever was said before, the same question finds the same evidence in the same order."""
    question = "How many beds does Larch Ward have?"
    earlier = history("What is the longest sentence allowed in a letter?", "18 words.")
    assert retrieve(library, understand(question, earlier), 5) == library.search(question, 5)


def test_no_more_is_given_than_was_asked_for(library: Library) -> None:
    """Each sentence comes once, best first."""
    asked = understand("Who signs it?", history("What is a draft?", "A letter."))
    found = retrieve(library, asked, 7)
    assert len({(one.document_id, one.start) for one in found}) == 7
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How much does a black and white photocopy cost at the city archive?", "黑白影印每張"),
        ("How many hours does the battery of the nurses' laptops last?", "배터리는"),
        ("瀾川市 정부 기록실은 검색 기록을 얼마 동안 보관하나요?", "六個月"),
        ("依照 Northmere 圖書館聯盟的手冊，30 至 40 億參數的模型需要多少記憶體？", "16 GB"),
    ],
)
def test_what_only_another_language_tells_comes_first(
    library: Library, question: str, words: str
) -> None:
    """Though the sentences in the question's own language are nearer to it by their language."""
    found = retrieve(library, understand(question), 10)
    assert words in found[0].text
    assert library.search(question, 1)[0].text != found[0].text


def test_what_no_language_tells_stays_as_it_is(library: Library) -> None:
    """A question about something else is not answered with another language's nearest."""
    question = "打一場標準的籃球賽，每隊上場幾人？"
    found = retrieve(library, understand(question), 10)
    assert [one.text for one in found] == [one.text for one in library.search(question, 10)]
