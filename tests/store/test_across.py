from pathlib import Path

from store import Library

ENGLISH = """The harbour office opens at nine in the morning.
Boats must be registered before the first of May.
A lost permit is replaced for twelve dollars.
Dogs are kept on a lead on the pier.
The lighthouse was built in 1931.
Nets are dried behind the market hall.
Visitors park their cars at the school.
The ferry leaves every forty minutes.
"""
KOREAN = """마을 도서관은 월요일에 쉽니다.
책은 한 번에 다섯 권까지 빌릴 수 있습니다.
열람실 의자는 모두 마흔 개입니다.
어린이 독서 모임은 토요일 오전에 열립니다.
복사는 한 장에 50원입니다.
지난해에 새 책 300권을 샀습니다.
창문은 작년에 모두 바꾸었습니다.
정원에는 감나무가 두 그루 있습니다.
"""


def library_of(folder: Path, **texts: str) -> Library:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    library = Library(folder / "library")
    assert not library.add([folder / f"{name}.txt" for name in texts]).failed
    library.complete()
    return library


def test_a_sentence_in_another_language_is_found(tmp_path: Path) -> None:
    """By what it says; sentences in the question's own language are not among them."""
    with library_of(tmp_path, harbour=ENGLISH, books=KOREAN) as library:
        copies = library.search_across("How many books can I borrow at once?", 3)
        assert copies[0].text == "책은 한 번에 다섯 권까지 빌릴 수 있습니다."
        assert {found.document for found in copies} == {"books.txt"}
        [ferry] = library.search_across("배는 얼마나 자주 떠나나요?", 1)
        assert ferry.text == "The ferry leaves every forty minutes."


def test_one_language_alone_has_no_other(tmp_path: Path) -> None:
    """Nor can what sets a language apart be known that the collection does not hold."""
    with library_of(tmp_path, harbour=ENGLISH) as library:
        assert library.search_across("How often does the ferry leave?") == []
        assert library.search_across("배는 얼마나 자주 떠나나요?") == []


def test_what_was_added_and_removed_later_counts(tmp_path: Path) -> None:
    """The means are those of what is there."""
    with library_of(tmp_path, harbour=ENGLISH) as library:
        question = "How many books can I borrow at once?"
        assert library.search_across(question) == []
        (tmp_path / "books.txt").write_text(KOREAN, encoding="utf-8")
        library.add([tmp_path / "books.txt"])
        library.complete()
        assert library.search_across(question, 1)[0].document == "books.txt"
        books = next(one.id for one in library.documents() if one.name == "books.txt")
        library.remove(books)
        assert library.search_across(question) == []


def test_another_language_in_place_of_one_counts_too(tmp_path: Path) -> None:
    """With as many sentences as there were: what is kept of languages is not kept by count."""
    russian = """Библиотека закрыта в понедельник.
Можно взять сразу пять книг.
В зале сорок стульев.
Кружок собирается в субботу утром.
Копия стоит пятьдесят монет.
В прошлом году купили триста книг.
Окна сменили в прошлом году.
В саду растут две хурмы.
"""
    with library_of(tmp_path, harbour=ENGLISH, books=KOREAN) as library:
        question = "How many books can I borrow at once?"
        assert "다섯 권" in library.search_across(question, 1)[0].text
        (tmp_path / "books.txt").write_text(russian, encoding="utf-8")
        library.add([tmp_path / "books.txt"])
        library.complete()
        assert "пять книг" in library.search_across(question, 1)[0].text
