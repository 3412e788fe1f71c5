from dataclasses import replace

import pytest

from qa.support import check
from qa.types import Reason
from store import Evidence


def evidence(text: str, *, before: str = "", after: str = "", title: str = "") -> Evidence:
    return Evidence("d", "d.txt", title, "", None, text, 0, len(text), before, after, 1.0, 0.9, 1.0)


def passes(sentence: str, found: Evidence, question: str = "") -> bool:
    return check(sentence, question, found).support == "supported"


LOANS = evidence("The Harbour Credit Union granted 1,240 small loans in 2024.")
KOREAN = evidence("항만신용협동조합은 2024년에 소액 대출 1,240건을 승인하였다.")
CHINESE = evidence("港灣信用合作社於2024年在北部批准了1,240筆小額貸款，沒有增加利率。")
WIPED = evidence("An unsigned draft is wiped after 72 hours.")
DOSE = evidence("Give 1,5 mg of the drug at night.")
COLD = evidence("The store must stay at -5 degrees.")
BERTH = evidence("Боомтын зөвшөөрлийг захирал Дулмаа 45 хоногийн дотор олгоно.")


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("It granted 1240 small loans in 2024.", LOANS),
        ("2024년에 소액 대출 1,240건을 승인했다.", KOREAN),
        ("港灣信用合作社在2024年批准了1,240筆小額貸款。", CHINESE),
        ("港湾信用合作社在2024年批准了1240笔小额贷款。", CHINESE),
        ("Захирал Дулмаа зөвшөөрлийг 45 хоногийн дотор олгоно.", BERTH),
    ],
)
def test_what_a_source_says_is_supported(sentence: str, cited: Evidence) -> None:
    """Endings, particles and both forms of Chinese characters may differ."""
    assert check(sentence, "", cited).reason is None
    assert passes(sentence, cited)


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("An unsigned draft is wiped after 72 days.", WIPED),
        ("An unsigned draft is never wiped after 72 hours.", WIPED),
        ("An unsigned draft is not wiped after 72 hours.", WIPED),
        ("An unsigned draft isn't wiped after 72 hours.", WIPED),
        ("The Saltmarsh Credit Union granted 1,240 small loans in 2024.", LOANS),
        ("Give 15 mg of the drug at night.", DOSE),
        ("The store must stay at 5 degrees.", COLD),
        ("2024년에 소액 대출 1,240건을 승인하지 않았다.", KOREAN),
        ("It granted 1,250 small loans in 2024.", LOANS),
        ("The mayor opened a swimming pool on Sunday.", LOANS),
        ("Roughly speaking, the union seems to have granted 1,240 of them.", LOANS),
    ],
)
def test_one_wrong_word_makes_a_sentence_unsupported(sentence: str, found: Evidence) -> None:
    """A unit, a negation, a name, a decimal point, a sign: each is enough."""
    assert not passes(sentence, found)


@pytest.mark.parametrize(
    ("sentence", "found", "reason"),
    [
        ("하버 조합은 2024년에 1,240건을 승인했다.", LOANS, "other script"),
        ("2024년에 소액 대출 1,340건을 승인했다.", KOREAN, "number"),
        (
            "2024년에 소액 대출 1,240명을 승인했다.",
            evidence("2024년에 소액 대출 1,240개월을 승인했다."),
            "unit",
        ),
        ("2024년에 소액 융자금 1,240건을 승인했다.", KOREAN, "added words"),
        ("2024년에 소액 대출 1,240건을 거절했다.", KOREAN, "added words"),
        ("港灣信用合作社於2024年在南部批准了1,240筆小額貸款。", CHINESE, "opposite"),
        ("港灣信用合作社於2024年在北部批准了1,240筆長期貸款。", CHINESE, "added words"),
        ("港灣信用合作社於2024年批准貸款，有增加利率。", CHINESE, "negation"),
        ("港灣信用合作社於2023年批准了1,240筆小額貸款。", CHINESE, "number"),
        ("Захирал Болд зөвшөөрлийг 45 хоногийн дотор олгоно.", BERTH, "name"),
        ("It is called the “Harbour Loans Union”.", LOANS, "quotation"),
    ],
)
def test_the_reason_says_what_speaks_against_a_sentence(
    sentence: str, found: Evidence, reason: Reason
) -> None:
    """In every script, also where one word is few of a sentence's characters."""
    assert check(sentence, "", found).reason == reason


def test_numbers_count_in_figures_and_in_words() -> None:
    """A source that says five bears out a 5, and no other number."""
    five = evidence("There are five firms in the competition.")
    assert passes("5 firms", five)
    assert passes("Five firms", evidence("There are 5 firms."))
    assert not passes("6 firms", five)


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("이용자는 120,000명이다.", "이용자는 12만 명이다."),
        ("用戶有120000000人。", "用戶有1.2億人。"),
        ("用戶有三十五人。", "用戶有35人。"),
        ("The port has 3,000,000 visitors.", "The port has 3 million visitors."),
        ("The port has about 3 million visitors.", "The port has 2,960,000 visitors."),
    ],
)
def test_a_number_is_its_value_however_it_is_written(sentence: str, text: str) -> None:
    """Scales, Chinese numerals, and rounding where the sentence says that it rounds."""
    assert passes(sentence, evidence(text))


def test_only_a_number_given_as_rounded_may_be_rounded() -> None:
    """And only to fewer figures than its source has."""
    visitors = evidence("The port has 2,960,000 visitors.")
    assert check("The port has 3 million visitors.", "", visitors).reason == "number"
    assert check("The port has about 2,950,000 visitors.", "", visitors).reason == "number"
    assert check("The port has about 4 million visitors.", "", visitors).reason == "number"


def test_a_unit_has_several_names() -> None:
    """5 km are 5 kilometres, and no miles."""
    road = evidence("The harbour road is 5 km long.")
    assert passes("The harbour road is 5 kilometres long.", road)
    assert check("The harbour road is 5 miles long.", "", road).reason == "unit"


def test_an_amount_in_another_currency_is_unsupported() -> None:
    """A currency stands before its number."""
    fee = evidence("The harbour fee is $45 a day.")
    assert passes("The harbour fee is $45.", fee)
    assert check("The harbour fee is €45.", "", fee).reason == "unit"


def test_the_questions_own_words_may_be_other_words_for_the_same() -> None:
    """An answer repeats the question, whose wording need not be the source's."""
    found = evidence("The berth permit is issued by Ines Holm, head of the port office.")
    question = "Who signs and issues the berth permit of the port office?"
    assert passes(
        "Ines Holm signs and issues the berth permit of the port office.", found, question
    )
    assert not passes("Ines Holm signs and issues the berth permit of the port office.", found)


def test_a_question_asked_in_one_form_of_a_verb_is_answered_in_another() -> None:
    """“When did it begin?” is answered with “it began”."""
    found = evidence("The repair works, beginning in March 2021, closed the harbour bridge.")
    question = "When did the repair works begin?"
    assert passes("The repair works began in March 2021.", found, question)


def test_a_name_in_the_words_of_the_question_is_no_support() -> None:
    """That a name stands in the evidence does not make it the answer."""
    said = evidence("The term comes from a chip maker, said Jane Moor of the institute.")
    question = "Who founded Steppe Voice?"
    assert not passes("Jane Moor founded Steppe Voice.", said)
    assert check("Jane Moor founded Steppe Voice.", question, said).reason == "name"


def test_most_of_a_sentence_must_stand_near() -> None:
    """A right kind of answer from a sentence about something else is not borne out."""
    other = evidence("In 1999 the pool of the quarter was painted blue.")
    question = "In which year did the city council raise the annual ferry fare?"
    assert check(
        "The city council raised the annual ferry fare in 1999.", question, other
    ).reason in ("unrelated", "added words")


def test_a_number_of_the_question_must_not_be_contradicted() -> None:
    """It may be told earlier in the document, but not otherwise near."""
    found = evidence("The council then built 12 berths.", title="Harbour council")
    question = "How many berths did the harbour council build in 1998?"
    said = "The harbour council built 12 berths in 1998."
    assert check(said, question, found).reason == "number"
    assert passes(said, replace(found, before="That was in 1998. "), question)


def test_a_number_of_the_next_sentence_is_no_support() -> None:
    """The number must stand in the very sentence that is cited."""
    text = "Its vault holds 4,210 silver coins."
    found = Evidence(
        "d", "d", "", "", None, text, 33, 68, "The bank opened in 1962. ", "", 1.0, 0.9, 1.0
    )
    assert not passes("Its vault holds 1962 silver coins.", found)
    assert passes("The bank vault holds 4,210 silver coins.", found)


def test_a_name_of_the_next_sentence_does_not_take_a_names_place() -> None:
    """It may take that of a pronoun, which stands for it."""
    found = evidence(
        "The annual report was signed by Ines Holm in spring.", after=" Per Dahl was absent."
    )
    assert check("The annual report was signed by Per Dahl in spring.", "", found).reason == "name"
    meant = evidence("She signed the annual report in spring.", before="Ines Holm came back. ")
    assert passes("Ines Holm signed the annual report in spring.", meant)


def test_denials_count_in_the_clauses_that_are_repeated() -> None:
    """What another clause of the evidence denies says nothing of this one."""
    found = evidence("The fee is paid in March, but late members do not lose their vote.")
    assert passes("The fee is paid in March.", found)
    assert check("Late members lose their vote.", "", found).reason == "negation"


@pytest.mark.parametrize(
    "text",
    [
        "조합은 대출뿐만 아니라 저축도 맡는다.",
        "信用合作社不僅批准貸款，也接受存款。",
        "The union grants not only loans but also savings plans.",
    ],
)
def test_not_only_is_no_denial(text: str) -> None:
    """A sentence as its source has it passes, whatever words of denial its idioms hold."""
    assert passes(text, evidence(text))


def test_a_denial_of_the_question_alone_is_no_support() -> None:
    """A question may deny what its evidence does not."""
    found = evidence("The ferry had trouble with its engine in the spring of 1999.")
    question = "What trouble did the ferry not have in 1999?"
    assert check("The ferry did not have engine trouble in 1999.", question, found).reason == (
        "negation"
    )


def test_quoted_words_stand_word_for_word() -> None:
    """Also where each of the words stands somewhere."""
    rule = evidence("보고서는 “모든 선박은 신고한다”라고 적는다.")
    assert passes("보고서는 “모든 선박은 신고한다”라고 적는다.", rule)
    assert check("보고서는 “선박은 모든 신고한다”라고 적는다.", "", rule).reason == "quotation"


def test_a_latin_name_does_not_make_a_chinese_sentence_english() -> None:
    """The script is that of most words, however long the others are."""
    found = evidence("球隊的主場位於 Konstantynowska 大街。")
    assert passes("球隊的主場在Konstantynowska大街。", found)


def test_a_long_quotation_stands_word_for_word_too() -> None:
    """However long it is, and in whatever marks."""
    rule = "the board may lower the fee after the treasurer has told every member of it in writing"
    wrong = "the treasurer may lower the fee after the board has told every member of it in writing"
    found = evidence(f"The rule says: {rule}.")
    for left, right in ("“”", "„“", "«»", '""'):
        assert passes(f"The rule says: {left}{rule}{right}.", found)
        assert check(f"The rule says: {left}{wrong}{right}.", "", found).reason == "quotation"


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("Tea lowers the pressure.", "We asked whether tea lowers the pressure."),
        ("Tea lowers the pressure of nurses.", "Tea may lower the pressure of nurses."),
        ("차는 혈압을 낮춘다.", "차는 아마 혈압을 낮춘다."),
        ("喝茶會降低血壓。", "喝茶可能會降低血壓。"),
        ("Чай снижает давление.", "Чай может снижает давление."),
        ("お茶は血圧を下げる。", "お茶は血圧を下げるかもしれない。"),
        ("In May tea lowers the pressure.", "In May tea may lower the pressure."),
    ],
)
def test_what_is_held_possible_is_not_told(sentence: str, text: str) -> None:
    """A study's question is not its result; said with the same doubt it is the source's own."""
    assert check(sentence, "", evidence(text)).reason == "modality"
    assert check(text, "", evidence(text)).support == "supported"


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("The clinic opened in 2020.", "The clinic opened in May 2020."),
        ("Visitors can borrow five books.", "Visitors may borrow five books."),
        ("팀은 2019년에 3승을 거두었다.", "아마추어 팀은 2019년에 3승을 거두었다."),
        ("市場九點開門。", "無論是否下雨，市場九點開門。"),
    ],
)
def test_a_month_a_permission_and_other_words_are_no_doubt(sentence: str, text: str) -> None:
    """Words of doubt stand in other words, and “may” permits too."""
    assert check(sentence, "", evidence(text)).support == "supported"
