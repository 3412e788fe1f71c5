import pytest

from evals.text import fold, locate, words


def contains(text: str, answer: str) -> bool:
    return words(text).contains(words(answer))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("It was the Privy Council.", "a privy council"),
        ("a multi-cultural city", "multicultural"),
        ("sold by the U.S. government", "US"),
        ("Baltimore-Washington", "Baltimore"),
        ("about $1,200 a month", "1200"),
        ("about 1\u00a0200 a month", "1,200"),
        ("56,2 Prozent", "56.2"),
        ("exactly $5,409.00", "5409"),
        ("am 10.12.1999 geboren", "1999"),
        ("１２００ 円", "1200"),
        ("١٢٠٠ دينار", "1200"),
        ("ＡＩ model", "AI"),
        ("Straße", "STRASSE"),
        ("Who else but Vitamin A is needed?", "vitamin A"),
        ("Улаанбаатар хот", "улаанбаатар"),
        ("Монгол улсын хүн ам 3,5 сая болов.", "3.5 сая"),
        ("Ankara'da doğdu", "Ankara"),
        ("लेकिन 1850 के बाद अपने", "1850 के बाद"),
        ("กรุงเทพมหานครเป็นเมืองหลวง", "กรุงเทพมหานคร"),
        ("サン＝テグジュペリは東京に", "東京"),
        ("\uff76\uff9e", "\u30ac"),
        ("便利商店始於1930年，在美國", "1930年"),
        ("一、二、三", "二"),
        ("中国 科学院", "中国科学院"),
        ("국회 환경 노동 위원회에서", "환경노동위원회"),
        ("수도는 서울이다.", "서울"),
        ("그는 서울에서부터 걸었다.", "서울"),
        ("모두 6층입니다", "6층"),
        ("모두 6층입니다", "6"),
        ("새 AI는 빠르다", "AI"),
    ],
)
def test_finds_an_answer_however_it_is_spelt(text: str, answer: str) -> None:
    """Case, width, punctuation, spacing, digits and Korean particles do not hide an answer."""
    assert contains(text, answer)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("in 1975", "5"),
        ("in 1975", "197"),
        ("between 5 and 10", "510"),
        ("between 5-10", "510"),
        ("about 1,200", "200"),
        ("1.5 litres", "1"),
        ("1.5 litres", "15"),
        ("minus: -5 degrees", "5"),
        ("the 1960s", "1960"),
        ("the art of war", "arto"),
        ("Romania", "Roman"),
        ("Vitamin C is needed", "vitamin A"),
        ("Улаанбаатарчууд", "Улаанбаатар"),
        ("มีนา", "ม"),
        ("1930年", "930年"),
        ("十三人", "三人"),
        ("十三人", "十"),
        ("5萬人", "5"),
        ("法国", "法國"),
        ("상수도", "수도"),
        ("서울대학교", "서울"),
        ("5천 명", "5"),
        ("16층", "6층"),
        ("하고", "고"),
    ],
)
def test_does_not_find_an_answer_in_a_part_of_a_word_or_number(text: str, answer: str) -> None:
    """A piece of a longer word, name or figure is another answer."""
    assert not contains(text, answer)


def test_an_answer_without_words_is_never_contained() -> None:
    """Punctuation alone does not match everything."""
    assert not contains("anything", "?!")


def test_locates_a_passage_whatever_the_layout() -> None:
    """Line breaks, wide letters and soft hyphens differ, and offsets are those of the document."""
    document = "Before. The\n  Ｐrivy Coun\u00adcil\tsat. After."
    (span,) = locate(fold(document), "The Privy Council sat.")
    assert document[slice(*span)] == "The\n  Ｐrivy Coun\u00adcil\tsat."


def test_locates_composed_and_decomposed_letters_alike() -> None:
    """A passage in composed Hangul is found in a text whose letters are decomposed."""
    document = "앞 \u1112\u1161\u11ab\u1100\u116e\u11a8 뒤"
    (span,) = locate(fold(document), "한국")
    assert document[slice(*span)] == "\u1112\u1161\u11ab\u1100\u116e\u11a8"


def test_locates_every_occurrence() -> None:
    """A passage that a document repeats is found each time, and an absent or empty one never."""
    assert locate(fold("ab c, a bc"), "abc") == ((0, 4), (6, 10))
    assert locate(fold("ab c"), "x") == ()
    assert locate(fold("ab c"), " ") == ()
