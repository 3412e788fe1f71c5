import pytest

from qa.conversation import Asked, understand
from qa.types import Turn
from store import question_terms

HISTORY = [
    Turn(role="user", content="How long is an unsigned draft kept at Wexcombe?"),
    Turn(role="assistant", content="An unsigned draft is wiped after 72 hours. [1]"),
]


def said(*questions: str) -> list[Turn]:
    return [Turn(role="user", content=question) for question in questions]


# What leans


@pytest.mark.parametrize(
    "question",
    [
        "Who signs it?",
        "And who keeps it?",
        "Why?",
        "And in 2024?",
        "What about the second one?",
        "Who wrote that?",
        "Who else?",
        "How many?",
        "Who works there?",
        "Is that document signed?",
        "Where do they keep those?",
        "When was he born?",
        "What does she do when she is ill?",
        "Thanks! And who checks it?",
        "그건 누가 관리하나요?",
        "그럼 확인된 요약은?",
        "왜요?",
        "누가 그랬나요?",
        "2024년은요?",
        "두 번째는요?",
        "그 문서는 누가 서명하나요?",
        "얼마나 보관하나요?",
        "那第二個呢？",
        "為什麼？",
        "那它的期限呢？",
        "誰簽字？",
        "彩色的呢？",
        "这些记录保存多久？",
        "Яагаад вэ?",
        "Тэгээд хэн хийдэг вэ?",
        "Түүний нэр хэн бэ?",
        "Харин 2025 онд?",
        "それは誰が決めますか？",
        "では、料金は？",
        "Кто её подписал?",
        "А в 2024 году?",
    ],
)
def test_a_question_that_points_back_or_says_too_little_leans(question: str) -> None:
    """It takes the topic of the conversation along, and keeps all its own words."""
    asked = understand(question, HISTORY)
    assert asked.leans
    assert asked.standalone.startswith(question)
    assert "unsigned draft" in asked.standalone
    assert "Wexcombe" in asked.standalone


@pytest.mark.parametrize(
    "question",
    [
        "How is it that banks fail?",
        "Who wrote that there is no graphics card in the desktop?",
        "Which one rule has the language model been told?",
        "How many visits were counted this year at the Tolbury branch?",
        "Who founded Egune AI?",
        "Is it true that the assistant keeps copies of letters?",
        "Where does the hospital keep its records?",
        "How do readers know when they should stop the machine?",
        "What did Marie Curie do after she left Warsaw?",
        "If the bank is closed, who opens it?",
        "And how many branches does the Harbour Credit Union have in Busan?",
        "When is the second Wednesday meeting of the credit committee?",
        "Who runs IT?",
        "What is photosynthesis?",
        'What does "this one" mean in the handbook?',
        "How do people write their names?",
        "세종대왕은 누구인가요?",
        "이번 달 상담 기록은 며칠 보관하나요?",
        "그림 파일은 어디에 저장하나요?",
        "대출 심사는 몇 사람이 하나요?",
        "孔子是誰？",
        "為什麼天空是藍色的呢？",
        "其他機關的文件可以複製嗎？",
        "這個月閱覽室哪幾天開放？",
        "Энэ жил мал тооллого хэзээ болох вэ?",
        "Чингис хаан хэн бэ?",
        "東京タワーの高さは何メートルですか？",
        "Кто такой Пушкин?",
    ],
)
def test_a_question_that_stands_alone_stays_as_it_is(question: str) -> None:
    """A new subject is not mixed with the earlier one, though it has “it”, “one” or “this year”."""
    assert understand(question, HISTORY) == Asked(question)


def test_without_history_nothing_is_added() -> None:
    """The first question of a conversation is searched as it is."""
    assert understand("Why?") == Asked("Why?")


# What is taken along


def test_a_follow_up_does_not_ask_the_earlier_question_again() -> None:
    """What was asked for (“how long”) stays behind; what it was about comes along."""
    terms = question_terms(understand("Who signs it?", HISTORY).standalone)
    assert "long" not in terms
    assert {"sign", "unsign", "draft", "wexcomb"} <= set(terms)


def test_a_question_may_mean_what_was_answered() -> None:
    """The answer comes along where the question points back, without its citation marks."""
    history = [
        Turn(role="user", content="Who founded the bank?"),
        Turn(role="assistant", content="Dorji Bat founded the bank. [1][2]"),
    ]
    asked = understand("When was he born?", history)
    assert asked.answered == "Dorji Bat founded the bank."
    assert asked.standalone == "When was he born? (Dorji Bat founded the bank. founded the bank)"
    assert understand("And the school?", history).answered == ""
    history += said("When was he born?")
    assert "Dorji Bat" in understand("And where?", history).standalone


def test_what_cites_nothing_is_no_answer() -> None:
    """The words of a refusal are not what the conversation is about."""
    history = [*said("Who built the lighthouse?"), Turn(role="assistant", content="Not told here.")]
    assert understand("When was he born?", history).taken_along == "built the lighthouse"


def test_another_number_replaces_the_earlier_one() -> None:
    """“And in 2023?” is not about 2024."""
    history = said("How many complaints about names came in 2024?")
    assert understand("And in 2023?", history).topic == "complaints about names came in"
    assert understand("And 2023?", said("2024?")) == Asked("And 2023?")


def test_a_chain_of_follow_ups_keeps_its_topic() -> None:
    """Each follow-up is understood by those before it; courtesies in between change nothing."""
    history = said("What is the Blue Ledger?", "Who keeps it?", "Thanks!", "And where?")
    assert "Blue Ledger" in understand("Why?", history).topic


def test_a_new_subject_ends_the_old_one() -> None:
    """What was talked about before a question that stands alone is not taken along."""
    history = said("What is the Blue Ledger?", "How high is the lighthouse of Aldermoor?")
    topic = understand("Who built it?", history).topic
    assert "lighthouse of Aldermoor" in topic
    assert "Ledger" not in topic


# Any history


def test_a_long_history_is_bounded_and_its_end_counts() -> None:
    """A thousand turns of ten thousand characters leave a question of a few words short."""
    long = [
        Turn(role=role, content="The draft is kept. " * 526 + "[1]")
        for _ in range(500)
        for role in ("user", "assistant")
    ]
    asked = understand("Who signs it?", [*long, *HISTORY])
    assert "Wexcombe" in asked.topic
    for given in (asked, understand("Who signs it?", long)):
        assert len(given.taken_along) <= 301
        assert len(given.earlier) <= 200


@pytest.mark.parametrize(
    "history",
    [
        [Turn(role="assistant", content="Hello.")],
        [Turn(role="assistant", content="Hello.")] * 3,
        [Turn(role="user", content=""), Turn(role="assistant", content="")],
        [Turn(role="user", content=" \n ")],
        said("???", "…"),
    ],
)
def test_a_history_without_a_question_changes_nothing(history: list[Turn]) -> None:
    """Empty turns, and answers to nothing, are passed over."""
    assert understand("Who signs it?", history) == Asked("Who signs it?")


def test_roles_may_come_in_any_order() -> None:
    """Two questions in a row, or an answer first, are understood as they stand."""
    history = [HISTORY[1], HISTORY[0], HISTORY[0], HISTORY[1], HISTORY[1]]
    assert "Wexcombe" in understand("Who signs it?", history).topic


def test_a_long_question_is_its_own_topic() -> None:
    """Whoever writes so much says what it is about, whatever it points to."""
    question = "The bank of the steppe lends to herders who move with their animals. " * 3
    assert not understand(question + "Who signs it?", HISTORY).leans


# Courtesies, and questions about the assistant


@pytest.mark.parametrize(
    ("utterance", "kind", "language"),
    [
        ("Hello!", "talk", "en"),
        ("Thank you very much.", "talk", "en"),
        ("great, thanks", "talk", "en"),
        ("고마워요!", "talk", "ko"),
        ("謝謝", "talk", "zh-TW"),
        ("谢谢！", "talk", "zh-CN"),
        ("Баярлалаа", "talk", "mn"),
        ("ありがとうございます。", "talk", "ja"),
        ("Спасибо!", "talk", "ru"),
        ("What can you do?", "about", "en"),
        ("Hi! What documents do you have?", "about", "en"),
        ("ＷＨＯ ＡＲＥ ＹＯＵ？", "about", "en"),
        ("내 데이터가 밖으로 나가나요?", "about", "ko"),
        ("你會把我的資料傳出去嗎？", "about", "zh-TW"),
        ("你有哪些文档？", "about", "zh-CN"),
        ("Чи юу хийж чадах вэ?", "about", "mn"),
    ],
)
def test_courtesies_and_questions_about_the_assistant(
    utterance: str, kind: str, language: str
) -> None:
    """They are known in the reader's language, before and within a conversation."""
    for history in ([], HISTORY):
        asked = understand(utterance, history)
        assert (asked.kind, asked.language, asked.leans) == (kind, language, False)


@pytest.mark.parametrize(
    "question",
    [
        "Hello Kitty was created by whom?",
        "Thanks to whom was the bank founded?",
        "Thanks, and who signs?",
        "What can you do with a loan?",
        "What documents do you have to bring?",
        "감사 보고서는 누가 쓰나요?",
        "謝謝卡要寄給誰？",
        "👍",
    ],
)
def test_only_a_whole_utterance_is_a_courtesy(question: str) -> None:
    """A question that begins like one is a question."""
    assert understand(question, HISTORY).kind == "question"
