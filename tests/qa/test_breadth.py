from qa.breadth import completing, is_broad
from store import Evidence


def found(document: str, text: str, passage: str = "") -> Evidence:
    return Evidence(
        document, f"{document}.txt", "", "", None, text, 0, len(text), "", "", 7.0, 0.9, 1.0,
        passage or text,
    )  # fmt: skip


def test_words_of_comparing_and_listing_ask_for_several_places() -> None:
    """In every language of the list; a plain question asks for one."""
    one = [found("a", "The clinic opened in 1998.")]
    assert is_broad("What is the difference between the clinics?", one)
    assert is_broad("두 병원의 차이는 무엇인가요?", one)
    assert is_broad("這兩家診所有哪些？", one)
    assert not is_broad("When did the clinic open?", one)
    for question in (
        "What are the opening hours?",
        "首都有多少人口？",
        "房屋的所有權屬於誰？",
        "차이콥스키는 언제 태어났나요?",
        "오래전부터 있던 건물은 무엇인가요?",
        "間違いを訂正するにはどうしますか？",
        "Монгол Улс хэзээ Бүгд Найрамдах Улс болсон бэ?",
        "Где хранится протокол общего собрания?",
    ):
        assert not is_broad(question, one)


def test_words_that_no_one_document_holds_are_spread() -> None:
    """A question that goes from one document to another holds words of both."""
    question = "In which year was the clinic founded where Doctor Enkh of Darkhan trained?"
    enkh = found("a", "Doctor Enkh of Darkhan trained at the Selenge clinic.")
    clinic = found("b", "The Selenge clinic was founded in the year 1998.")
    assert is_broad(question, [enkh, clinic])
    whole = found("c", "Doctor Enkh of Darkhan trained at the clinic founded in the year 1998.")
    assert not is_broad(question, [whole, enkh, clinic])
    assert not is_broad(question, [])


def test_what_completes_the_best_holds_words_that_were_missing() -> None:
    """What repeats those that it holds, or holds none, completes nothing."""
    question = "Which town has the clinic and who founded the Selenge school?"
    clinic = found("a", "The clinic is in the town of Darkhan.")
    again = found("b", "The town has a clinic.")
    third = found("c", "Many people came to the opening.")
    school = found("d", "The Selenge school was founded by Bat.")
    assert completing(question, [clinic, again, third, school]) == (school,)
    assert completing(question, [clinic]) == ()
    assert completing(question, []) == ()
