"""Sentences and passages."""

import re
from collections.abc import Sequence

import pytest

from store.sentences import script_language, split_sentences
from store.splitting import SENTENCE_TOKENS, split
from store.tokens import count_tokens
from store.types import Passage

HANDBOOK = """# Handbook

## Leave

Staff get 15 days of leave a year. It is paid.

### Sick leave

- Ask a doctor. Tell us.
- Rest at home
  until you are well.
1. Come back

| Days | Paid |
|------|------|
| 1-3  | yes  |

```sh
# not a heading
make leave
```

## Expenses
"""


def _split(text: str, *, pages: Sequence[int] = (), passage_tokens: int = 200) -> list[Passage]:
    return split(text, count_tokens=count_tokens, pages=pages, passage_tokens=passage_tokens)


def _sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for p in _split(text) for s in p.sentences]


@pytest.mark.parametrize(
    "sentences",
    [
        ["Dr. Kim of the U.S. Army paid $3.5 for No. 5, e.g. Annex A.", "He left."],
        ["See https://a.example.org/x?y=1.2 for more.", "Wait ... for it.", "Done!"],
        ['"It works."', "He left."],
        ["“Is it?” he asked.", "It is.[2]", "Then, it is not.[citation needed]", "So it is."],
        ["그는 “좋다.”고 말했다.", "2024. 3. 1. 시행한다.", "3.5점이다.", "끝났어요!", "정말?"],
        ["В рис. 3, табл. 4 и изд. 5 указано ок. 300 человек.", "Да!"],
        ["2024 оны 3 дугаар сарын 1-нд болсон.", "Д. Сүхбаатар 1893 онд төрсөн."],
        ["Он живёт в г. Москва, т. е. в столице.", "Население 13,1 млн.", "Да!"],
        ["هل هذا صحيح؟", "نعم."],
        ["यह है।", "वह है।"],
        ["Es galt bis zum 31. Dezember 1999.", "Dann nicht mehr."],
    ],
)
def test_sentences_of_spaced_scripts(sentences: list[str]) -> None:
    """Abbreviations, numbers, dates, addresses and quotations do not end a sentence."""
    assert _sentences(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["「這很好。」他說。", "他說：「很好。」", "她走了。", "為什麼？", "因為他累了！"],
        ["彼は「良い。」と言った。", "次の文です。", "『本』を読む。"],
        ["这是第一句。", "价格是3.5元。", "（见附件。）"],
        [
            "獲得季軍。",
            "1982年，奪冠。",
            "真的？",
            "3天後走了！",
            "他說：「很好。」",
            "2000年，他走了。",
        ],
        ["《第三部！》は第３．５条だ。", "1982年に終わる。", "次だ。12) 次の文だ。"],
        ["우승했다.", "1982년에는 졌다.", "제3조.1982년 제정이지요?", "3.5점이다.12) 그렇다."],
    ],
)
def test_sentences_of_unspaced_scripts(sentences: list[str]) -> None:
    """A sentence ends at its full stop, and a closing quotation mark never starts one."""
    assert _sentences("".join(sentences)) == sentences


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("서울 Seoul 서울특별시", "ko"),
        ("東京は首都である", "ja"),
        ("臺北市是首都", "zh"),
        ("Улаанбаатар", "ru"),
        ("مرحبا", "ar"),
        ("สวัสดี", "th"),
        ("नमस्ते", "hi"),
        ("Straße", "en"),
        ("1, 2, 3", "en"),
    ],
)
def test_language_of_the_dominant_script(text: str, language: str) -> None:
    """The script with the most characters decides how text is punctuated."""
    assert script_language(text) == language


def test_structure_of_marked_text() -> None:
    """Headings and columns' names head passages, items and rows are sentences, without marks."""
    found = [
        (passage.heading, [HANDBOOK[s.start : s.end] for s in passage.sentences])
        for passage in _split(HANDBOOK)
    ]
    assert found == [
        ("Handbook › Leave", ["Staff get 15 days of leave a year.", "It is paid."]),
        (
            "Handbook › Leave › Sick leave",
            [
                *("Ask a doctor.", "Tell us.", "Rest at home\n  until you are well."),
                "1. Come back",
            ],
        ),
        ("Handbook › Leave › Sick leave › Days | Paid", ["1-3  | yes"]),
        ("Handbook › Leave › Sick leave", ["# not a heading", "make leave"]),
        ("Handbook", ["Expenses"]),
    ]


def test_headings_without_marks() -> None:
    """A short line above longer prose is its heading; one above nothing is a sentence."""
    text = (
        "Opening hours\n\nWe open at nine and close at six on every working day.\n"
        "1. Holidays\nOn public holidays the office stays closed all day.\n"
        "Phone: 02 123\nGoodbye"
    )
    found = [(p.heading, [text[s.start : s.end] for s in p.sentences]) for p in _split(text)]
    assert found == [
        ("Opening hours", ["We open at nine and close at six on every working day."]),
        (
            "1. Holidays",
            ["On public holidays the office stays closed all day.", "Phone: 02 123", "Goodbye"],
        ),
    ]


def test_wrapped_lines_are_one_paragraph() -> None:
    """A sentence goes on over the line ends of text that was wrapped at a fixed width."""
    text = (
        "The quick brown fox jumps over the lazy dog and then it\n"
        "runs into the forest where it meets Mrs. Owl, to whom\n"
        "Fox says hello. Then the fox goes home to sleep for the\n"
        "night.\n"
    )
    assert _sentences(text) == [
        "The quick brown fox jumps over the lazy dog and then it\n"
        "runs into the forest where it meets Mrs. Owl, to whom\nFox says hello.",
        "Then the fox goes home to sleep for the\nnight.",
    ]


def test_lines_that_were_not_wrapped_stay_apart() -> None:
    """Entries of one line each are sentences of their own, and so are rows of numbers."""
    lines = [
        "Opening hours of the office in Seoul: nine to six",
        "Opening hours of the office in Busan: nine to five",
        "Net sales 3,393 3,540",
        "Cost of sales (3,115) (2,951)",
        "name\tage",
        "Kim\t30",
    ]
    assert _sentences("\n".join(lines)) == lines


def test_passages_end_with_paragraphs() -> None:
    """A passage takes whole paragraphs while they fit, and cuts only those that never would."""
    short = "One two three four five six seven eight nine ten."
    long = " ".join(f"Sentence number {number} has some words." for number in range(40))
    text = "\n\n".join([short, short, short, long])
    passages = _split(text, passage_tokens=40)
    assert [len(passage.sentences) for passage in passages[:2]] == [3, 4]
    for passage in passages:
        sentences = passage.sentences
        assert (passage.start, passage.end) == (sentences[0].start, sentences[-1].end)
        assert sum(count_tokens(text[s.start : s.end]) for s in sentences) <= 40


def test_passages_stay_on_their_page() -> None:
    """No passage goes beyond a page, while the section's heading does."""
    text = "# Title\n\nFirst page ends here.\n\nSecond page.\n\n\n\nLast page."
    pages = (0, text.index("Second"), text.index("\n\nLast"), text.index("Last"))
    passages = _split(text, pages=pages)
    assert [text[p.start : p.end] for p in passages] == [
        *("First page ends here.", "Second page.", "Last page.")
    ]
    assert {passage.heading for passage in passages} == {"Title"}


@pytest.mark.parametrize(
    "text",
    [
        "; ".join(f"clause number {number} goes on" for number in range(200)),
        "word " * 2_000,
        "好" * 3_000,
        "ภาษาไทย" * 500,
        "a" * 9_000,
        "12  34  " * 500,
        "第一項，" * 500,
    ],
)
def test_no_sentence_is_too_long(text: str) -> None:
    """Text without full stops is cut at clauses or words if it can be, and stays whole."""
    sentences = _sentences(text)
    assert max(map(count_tokens, sentences)) <= SENTENCE_TOKENS
    assert re.sub(r"\s", "", "".join(sentences)) == re.sub(r"\s", "", text)


def test_long_clauses_are_cut_between_clauses() -> None:
    """A cut falls behind a semicolon rather than within a clause."""
    text = "; ".join(f"clause number {number} goes on" for number in range(200)) + "."
    assert all(sentence.endswith((";", ".")) for sentence in _sentences(text))


def test_stops_of_a_long_line_are_all_found() -> None:
    """A line far longer than what is segmented at a time is cut at its full stops alone."""
    sentence = "臺北市是中華民國的首都，位於臺灣北部的臺北盆地。"
    assert _sentences(sentence * 1_000) == [sentence] * 1_000


def test_sentences_of_a_short_text() -> None:
    """A text without sections is cut at its stops and lines, with exact offsets."""
    text = " Fifteen days [1]. 그렇다고 한다.\n\n # Dr. Kim agrees\n...\n"
    found = [text[sentence.start : sentence.end] for sentence in split_sentences(text)]
    assert found == ["Fifteen days [1].", "그렇다고 한다.", "# Dr. Kim agrees"]


@pytest.mark.parametrize("text", ["", " \n\n ", "***\n---\n", "「」。", "|---|\n"])
def test_text_without_words_has_no_passages(text: str) -> None:
    """Nothing but marks and white space is no evidence."""
    assert _split(text) == []


def test_offsets_are_exact_and_nothing_is_lost() -> None:
    """Every letter and digit stands in one sentence or a heading; sentences are in order."""
    text = "\u3000서문  입니다 😀.\r \n\n" + HANDBOOK + "\ta\u0301b. 끝\n\n\n> quoted text\n"
    covered = [False] * len(text)
    last = 0
    headings = ""
    for passage in _split(text, passage_tokens=20):
        headings += passage.heading
        for sentence in passage.sentences:
            part = text[sentence.start : sentence.end]
            assert part
            assert part == part.strip()
            assert sentence.start >= last
            last = sentence.end
            covered[sentence.start : sentence.end] = [True] * len(part)
    left = "".join(c if not seen else " " for c, seen in zip(text, covered, strict=True))
    assert {word for word in re.findall(r"\w+", left) if word not in headings} == {"sh"}


def test_a_heading_ends_where_its_marks_begin() -> None:
    """However much white space is in it: 100,000 of it once took a minute."""
    text = "# A" + " " * 100_000 + "b ##\n\nOne sentence stands here for all to read.\n"
    (passage,) = split(text, count_tokens=len, passage_tokens=10_000)
    assert passage.heading == "A" + " " * 100_000 + "b"
