from dataclasses import replace
from html.parser import HTMLParser

import pytest

from qa import Answer, AnswerSentence, Citation, Evidence, Exchange, Timings
from ui import render
from ui.labels import languages

EN = languages()["en"]
HOSTILE = (
    '<img src=x onerror="alert(1)"> [x](javascript:alert(1)) ![](http://evil.example/p.png)'
    " </div><script>alert(2)</script> 'quoted' \"quoted\" &lt;b&gt;"
)


class Parsed(HTMLParser):
    """The tags, links and text that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def evidence(text: str = "The stove is lit at six.", start: int = 10, **other: object) -> Evidence:
    values: dict[str, object] = {
        "document_id": "d1",
        "document": "stove.txt",
        "title": "Stove",
        "heading": "",
        "page": 3,
        "text": text,
        "start": start,
        "end": start + len(text),
        "before": "",
        "after": "",
        "score": 1.0,
        "similarity": 0.9,
        "coverage": 0.9,
    }
    return Evidence(**(values | other))  # type: ignore[arg-type]


def answer(**other: object) -> Answer:
    values: dict[str, object] = {
        "question": "When?",
        "answer": "At six. [1]",
        "refused": False,
        "sentences": (AnswerSentence("At six.", (1,), "supported"),),
        "citations": (Citation.of(1, evidence()),),
        "nearest": (),
        "engine": "builtin",
        "model": "Small",
        "prompt_id": "p",
        "prompt_tokens": 300,
        "context_tokens": 4096,
        "timings": Timings(81.0, 2810.0, 5230.0),
    }
    return Answer(**(values | other))  # type: ignore[arg-type]


def reply(exchange: Exchange) -> Parsed:
    return Parsed(render.reply(exchange, EN))


def test_an_open_question_shows_numbered_evidence_with_its_place() -> None:
    """Evidence stands in the order it came, five at the most, each a link to its passage."""
    found = tuple(evidence(f"Sentence {n}.", start=n * 20) for n in range(7))
    seen = reply(Exchange("When?", found))
    assert seen.links == [
        f"/document/d1?start={n * 20}&end={n * 20 + 11}#cited" for n in range(render.SHOWN)
    ]
    assert "1Sentence 0.stove.txt, p. 3" in seen.text
    assert EN["reading_evidence"] in seen.text


def test_a_draft_is_named_so_and_has_no_numbers() -> None:
    """A draft says that it is not checked, and its citations wait for the check."""
    seen = reply(Exchange("When?", (evidence(),), draft="At six [1]."))
    assert EN["draft"] in seen.text
    assert "At six." in seen.text
    assert "[1]" not in seen.text


def test_an_answer_links_each_citation_and_says_how_it_came_about() -> None:
    """A number in the answer opens the cited range; engine, model and seconds are told."""
    seen = reply(Exchange("When?", (evidence(),), answer=answer()))
    assert seen.links == ["/document/d1?start=10&end=34#cited"] * 2
    assert "[1]" in seen.text
    assert "Small (built in) · evidence 0.08 s · first word 2.8 s · total 5.2 s" in seen.text
    assert EN["quoted"] not in seen.text


def test_evidence_that_is_not_cited_stays_in_reach() -> None:
    """What was shown before the answer and is not among its sources is listed after them."""
    other = evidence("The stove is black.", start=90)
    seen = reply(Exchange("When?", (evidence(), other), answer=answer()))
    assert "details" in seen.tags
    assert seen.links[-1] == "/document/d1?start=90&end=109#cited"


def test_a_quotation_says_that_it_is_one() -> None:
    """A quoted answer is marked as such and its words stand once, not again among the sources."""
    quoted = answer(
        quoted=True,
        engine="quotes",
        model=None,
        sentences=(AnswerSentence(evidence().text, (1,), "supported", quoted=True),),
        timings=Timings(81.0, None, 90.0),
    )
    seen = reply(Exchange("When?", (evidence(),), answer=quoted))
    assert EN["quoted"] in seen.text
    assert seen.text.count(evidence().text) == 1
    assert "Quotes only · evidence 0.08 s · total 0.09 s" in seen.text


def test_documents_that_differ_are_named_newest_first_each_with_its_link() -> None:
    """The note lists both with their years, and either number opens the sentence it stands for."""
    told = [
        evidence(f"The fee is {fee}.", document_id=f"d{year}", document=f"{HOSTILE} {year}.txt")
        for fee, year in ((18, 2023), (23, 2024))
    ]
    cited = tuple(Citation.of(number, found) for number, found in enumerate(told, start=1))
    html = render.reply(Exchange("?", answer=answer(citations=cited, differing=(1, 2))), EN)
    note = Parsed(html.partition('<div class="answer"')[0])
    assert EN["differing"] in note.text
    assert note.text.index("2024.txt (2024)") < note.text.index("2023.txt (2023)")
    assert [link.partition("?")[0] for link in note.links] == ["/document/d2024", "/document/d2023"]
    assert note.tags == {"div", "strong", "ul", "li", "a"}


def test_a_refusal_says_so_and_lists_the_nearest_passages() -> None:
    """Where the documents do not answer, that is said and the closest passages are links."""
    refused = answer(
        answer="", refused=True, sentences=(), citations=(), nearest=(Citation.of(1, evidence()),)
    )
    seen = reply(Exchange("When?", answer=refused))
    assert EN["refused"] in seen.text
    assert seen.links == ["/document/d1?start=10&end=34#cited"]
    nothing = reply(Exchange("When?", answer=replace(refused, nearest=())))
    assert EN["nothing_near"] in nothing.text


def test_failures_and_warnings_are_sentences_beside_the_answer() -> None:
    """What went wrong is told, and the answer is still there."""
    given = answer(failure="The engine stopped.", warnings=("The model is small.",))
    seen = reply(Exchange("When?", answer=given))
    assert "The engine stopped." in seen.text
    assert "The model is small." in seen.text
    assert "At six." in seen.text


def test_what_is_there_stays_when_it_is_stopped() -> None:
    """A stopped question keeps its evidence and its draft, and says that it was stopped."""
    seen = reply(Exchange("When?", (evidence(),), draft="At", stopped=True))
    assert "At" in seen.text
    assert EN["stopped"] in seen.text
    assert evidence().text in seen.text


@pytest.mark.parametrize(
    "exchange",
    [
        Exchange(HOSTILE, (evidence(HOSTILE, document=HOSTILE, document_id=HOSTILE),)),
        Exchange(HOSTILE, draft=HOSTILE),
        Exchange(HOSTILE, error=HOSTILE),
        Exchange(
            HOSTILE,
            (evidence(HOSTILE, start=500, document=HOSTILE),),
            answer=answer(
                model=HOSTILE,
                failure=HOSTILE,
                warnings=(HOSTILE,),
                sentences=(AnswerSentence(HOSTILE, (1,), "supported"),),
                citations=(Citation.of(1, evidence(HOSTILE, document=HOSTILE)),),
            ),
        ),
    ],
)
def test_text_of_others_is_shown_and_never_obeyed(exchange: Exchange) -> None:
    """Tags, scripts and links in text are only text; every link leads to a document page."""
    for message in render.messages([exchange], EN):
        seen = Parsed(message["content"])
        assert HOSTILE in seen.text
        assert not seen.tags & {"img", "script", "b"}
        assert not {name for name in seen.attributes if name.startswith("on")}
        assert all(link.startswith("/document/") for link in seen.links)


def test_a_follow_up_shows_how_it_was_understood() -> None:
    """Above the answer, or the refusal, and escaped."""
    for refused in (False, True):
        shown = answer(understood="Who signs it? (<b>draft</b>)", refused=refused)
        seen = reply(Exchange("Who signs it?", answer=shown))
        assert "Understood as: Who signs it? (<b>draft</b>)" in seen.text
        assert "b" not in seen.tags
    assert "Understood" not in reply(Exchange("When?", answer=answer())).text


def test_a_courtesy_is_shown_bare() -> None:
    """Without sources, times or an engine: nothing was searched, and no model wrote."""
    thanks = answer(answer="You are welcome.", kind="talk", sentences=(), citations=())
    exchange = Exchange("Thanks!", answer=thanks)
    assert reply(exchange).text == "You are welcome."
    assert render.turns([exchange], EN)[1]["content"] == "You are welcome."


def test_history_is_plain_text_without_questions_that_failed() -> None:
    """The assistant gets earlier turns as they were said, not as they were drawn."""
    refused = answer(answer="", refused=True, sentences=(), citations=())
    told = render.turns(
        [
            Exchange("a < b?", answer=answer()),
            Exchange("Broken?", error="No."),
            Exchange("Who?", answer=refused),
            Exchange("Where?", draft="In the", stopped=True),
        ],
        EN,
    )
    assert told == [
        {"role": "user", "content": "a < b?"},
        {"role": "assistant", "content": "At six. [1]"},
        {"role": "user", "content": "Who?"},
        {"role": "assistant", "content": EN["refused"]},
        {"role": "user", "content": "Where?"},
        {"role": "assistant", "content": "In the"},
    ]


@pytest.mark.parametrize("language", ["en", "ko", "zh-TW", "mn"])
def test_a_reply_says_that_a_document_has_taken_its_words_along(language: str) -> None:
    """In the reader's language; what is left of the reply stands below."""
    labels = languages()[language]
    bare = answer(answer="", sentences=(), citations=())
    for exchange in (
        Exchange("When?", answer=bare, forgotten=True),
        Exchange("When?", answer=replace(bare, refused=True), forgotten=True),
        Exchange("Hello", answer=replace(bare, kind="about"), forgotten=True),
        Exchange("When?", stopped=True, forgotten=True),
    ):
        html = render.reply(exchange, labels)
        assert labels["forgotten"] in html
        assert labels["nothing_near"] not in html
        assert not exchange.open
    assert labels["forgotten"] not in render.reply(Exchange("When?", answer=answer()), labels)
