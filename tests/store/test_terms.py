from pathlib import Path

import pytest

from store.database import Database
from store.languages import text_language
from store.terms import question_terms, terms
from store.types import Document, Passage, Sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Loans were granted", ["loan", "were", "grant"]),
        ("１２ 1,200 3.5", ["12", "1200", "3.5"]),
        ("서울특별시", ["서울", "울특", "특별", "별시"]),
        ("臺灣人", ["台湾", "湾人"]),
        ("水", ["水"]),
        ("Монгол банк", ["монгол", "банк"]),
        ("GPT-4", ["gpt", "4"]),
        ("the bank’s vault", ["the", "bank", "vault"]),
        ("हिन्दी भाषा में", ["हिन्दी", "भाषा", "में"]),
        ("தமிழ் மொழி", ["தமிழ்", "மொழி"]),
        ("မြန်မာ", ["မြ", "ြန", "န်", "်မ", "မာ"]),
        ("Straßencafé naïve", ["strassencafé", "naïv"]),
        ("GPT模型", ["gpt", "模型"]),
    ],
)
def test_terms_of_every_script(text: str, expected: list[str]) -> None:
    """Words of spaced scripts, pairs of characters of the others, numbers without separators."""
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ("الْكِتَابُ", "الكتاب"),
        ("كتــــاب", "كتاب"),
        ("İstanbul", "istanbul"),
        ("می\u200cخواهم", "میخواهم"),
        ("Donau\u00addampf", "donaudampf"),
        ("n\u0303", "ñ"),
        ("أحمد إلى مدرسة", "احمد الي مدرسه"),
        ("臺灣的圖書館", "台湾的图书馆"),
    ],
)
def test_spellings_of_one_word_give_the_same_terms(written: str, otherwise: str) -> None:
    """Signs that may be left out, and Traditional and Simplified, make no other word."""
    assert terms(written) == terms(otherwise)


@pytest.mark.parametrize(
    ("language", "written", "otherwise"),
    [
        ("de", "Die Schlüssel der Archive", "der Schlüssel die Archiven"),
        ("tr", "arşivler", "arşivlerin"),
        ("ru", "архивами", "архиву"),
        ("el", "αρχείων", "αρχείο"),
        ("ar", "الكتاب", "كتاب"),
    ],
)
def test_forms_of_one_word_give_the_same_term(language: str, written: str, otherwise: str) -> None:
    assert sorted(terms(written, language)) == sorted(terms(otherwise, language))
    assert sorted(terms(written)) != sorted(terms(otherwise))


def test_names_in_another_script_keep_their_term() -> None:
    """A name in Latin letters is the same word in a Russian text and in an English one."""
    assert terms("Normans", "ru") == terms("Normans")
    assert terms("номын", "mn") == ["номын"]


@pytest.mark.parametrize(
    "text",
    ["हिन्दी भाषा", "தமிழ் மொழி", "မြန်မာစာ", "ภาษาไทย", "العربية", "עִבְרִית", "Ελλάδα", "臺灣", "한글"],
)
def test_the_lexical_index_finds_every_script(tmp_path: Path, text: str) -> None:
    """SQLite's tokenizer takes each term as it is."""
    database = Database(tmp_path / "library.sqlite3")
    passage = Passage(0, len(text), "", (Sentence(0, len(text)),))
    database.put(Document("id", "name", "path", "title", text), [passage])
    for term in terms(text, text_language(text)):
        assert database.lexical([term], 1)
        assert database.document_frequencies([term]) == {term: 1}
    database.close()


def test_a_particle_does_not_hide_a_korean_word() -> None:
    """The noun is found whatever is joined to it."""
    assert set(terms("은행")) <= set(terms("은행에서"))


def test_function_words_are_not_what_a_question_is_about() -> None:
    """They are left out, unless nothing else is there."""
    assert question_terms("What is the loan of the bank?") == ["loan", "bank"]
    assert question_terms("What is it?") == ["what", "is", "it"]
