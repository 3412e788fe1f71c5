import pytest

from evals import scoring
from evals.scoring import Gold, contains_answer
from evals.text import Folded, fold
from evals.types import GoldPassage, Question
from qa import Answer, Citation, Evidence, Timings

TEXT = "The moon is far. The sun is farther. Mars is red."


def evidence(text: str, start: int = 0, document: str = "a", page: int | None = None) -> Evidence:
    end = start + len(text)
    return Evidence(document, "a.txt", "", "", page, text, start, end, "", "", 1.0, 1.0, 1.0)


def quote(text: str) -> Evidence:
    return evidence(text, TEXT.index(text))


def answer(text: str, *, refused: bool = False) -> Answer:
    return Answer(
        "?", text, refused, (), (), (), "quotes", None, None, None, None, Timings(1.0, None, 1.0)
    )


def question(*answers: str, tags: tuple[str, ...] = ()) -> Question:
    return Question("1", "?", "en", bool(answers), answers, tags=tags)


def gold(*texts: str, page: int | None = None) -> tuple[Gold, ...]:
    passages = [GoldPassage("a.txt", text, page) for text in texts]
    return scoring.locate_gold(
        passages, lambda name: ("a", fold(TEXT)) if name == "a.txt" else None
    )


def test_rank_counts_from_one_to_the_first_overlap() -> None:
    """Evidence hits where its range overlaps the gold passage's, touching is not enough."""
    found = gold("The sun is  farther.")
    touching = evidence("The moon is far. ", 0)
    assert scoring.rank_of_first_hit([touching, quote("sun is farther. Mars")], found) == 2
    assert scoring.rank_of_first_hit([touching, quote("Mars is red.")], found) is None


def test_evidence_of_another_document_never_hits() -> None:
    """The same range of another document is another text."""
    other = evidence("The moon is far.", 0, document="b")
    assert scoring.rank_of_first_hit([other], gold("The moon is far.")) is None


def test_the_page_decides_where_the_text_is_not_found() -> None:
    """Tables that were extracted in another order are hit by their page."""
    table = gold("far moon The", page=3)
    assert scoring.hits(evidence("The moon", page=3), table[0])
    assert not scoring.hits(evidence("The moon", page=2), table[0])


def test_the_page_does_not_decide_where_the_text_is_found() -> None:
    """Another passage of the right page is no hit."""
    (found,) = gold("Mars is red.", page=1)
    assert not scoring.hits(evidence("The moon is far.", page=1), found)


def test_gold_that_cannot_be_located_is_hit_by_what_it_contains() -> None:
    """Without text and page, a quotation from the gold passage counts, and no other."""
    (lost,) = gold("Pluto is small. Eris too.")
    assert scoring.hits(evidence("Pluto is\nsmall."), lost)
    assert not scoring.hits(evidence("Eris is small."), lost)
    assert not scoring.hits(evidence(" "), lost)


def test_gold_of_a_document_that_is_not_there_is_never_hit() -> None:
    """A document that could not be added cannot be found, whatever other ones say."""
    nothing: dict[str, tuple[str, Folded]] = {}
    (lost,) = scoring.locate_gold([GoldPassage("no.txt", "Mars is red.")], nothing.get)
    assert not scoring.hits(quote("Mars is red."), lost)


def test_all_gold_passages_have_to_be_hit() -> None:
    """For questions of several hops, one passage is not enough."""
    both = gold("The moon is far.", "Mars is red.")
    assert scoring.all_gold_found([quote("Mars is red."), quote("The moon")], both)
    assert not scoring.all_gold_found([quote("Mars is red.")], both)


@pytest.mark.parametrize(
    ("text", "answers", "right"),
    [
        ("It was founded in 1975.", ["5"], False),
        ("It costs 1200 dollars.", ["$1,200"], True),
        ("서울에서 열렸다.", ["서울"], True),
        ("서울대학교에서 열렸다.", ["서울"], False),
        ("最早可以追溯至1930年。", ["1930年"], True),
        ("Нийслэл нь Улаанбаатар хот.", ["Улаанбаатар"], True),
        ("Нийслэл нь Дархан хот.", ["Улаанбаатар", "Эрдэнэт"], False),
    ],
)
def test_any_accepted_answer_is_enough(text: str, answers: list[str], right: bool) -> None:
    """One of the accepted answers has to occur, in whatever script."""
    assert contains_answer(text, answers) is right


def test_all_answers_required_needs_each() -> None:
    """A list with one missing is not right."""
    tags = ("all-answers-required",)
    assert contains_answer("阿根廷队和法国队", ["法国", "阿根廷"], tags)
    assert not contains_answer("阿根廷队", ["法国", "阿根廷"], tags)


def test_the_first_verdict_decides() -> None:
    """Of yes, no and maybe the first one is the answer, and a text with none decides nothing."""
    tags = ("yes-no-maybe",)
    assert contains_answer("Yes: there is no doubt.", ["yes"], tags)
    assert not contains_answer("Maybe, yes.", ["yes"], tags)
    assert not contains_answer("The eyes are small.", ["yes"], tags)


def test_yes_and_no_are_verdicts_without_a_tag() -> None:
    """An accepted "no" is not found in every sentence that has the word later on."""
    assert not contains_answer("Yes, and there is no other.", ["no"])


def test_long_answers_need_half_of_the_content_words() -> None:
    """Function words do not count, and the best of several references does."""
    tags = ("long-answer",)
    reference = "The ferry crosses the northern strait"
    assert contains_answer("A ferry over the strait", [reference, "Trains run daily"], tags)
    assert not contains_answer("It is the ferry that was on the way", [reference], tags)


def test_token_overlap_gives_recall_and_f1() -> None:
    """Recall ignores what an answer says besides; F1 does not, and citation marks are no words."""
    scores = scoring.token_overlap("red green blue white [1]", ["red green"])
    assert list(scores) == pytest.approx([1, 2 / 3])


def test_right_means_refused_where_the_documents_do_not_answer() -> None:
    """Refusing is right for the unanswerable, wrong for the answerable even if words match."""
    assert scoring.is_right(answer("No.", refused=True), question())
    assert not scoring.is_right(answer("Paris"), question())
    assert scoring.is_right(answer("Paris [1]"), question("Paris"))
    assert not scoring.is_right(answer("Paris", refused=True), question("Paris"))


def test_a_citation_mark_is_not_an_answer() -> None:
    """The number of a citation does not answer "how many?"."""
    assert not scoring.is_right(answer("Several of them [1, 3]."), question("3"))


def test_the_answer_may_stand_beside_the_evidence() -> None:
    """Neighbours of the best five pieces count, a sixth piece does not."""
    filler = [evidence("Nothing.")] * 4
    beside = Evidence("a", "a.txt", "", "", None, "It.", 0, 3, "", "In Oslo.", 1.0, 1.0, 1.0)
    assert scoring.evidence_contains_answer([*filler, beside], ["Oslo"])
    assert not scoring.evidence_contains_answer([*filler, filler[0], beside], ["Oslo"])
    assert scoring.evidence_contains_answer([beside], ["yes"], ("yes-no-maybe",)) is None


def test_citation_precision_and_recall() -> None:
    """Precision is the share of good citations, recall the share of gold passages cited."""
    cited = [
        Citation.of(1, quote("The moon is far.")),
        Citation.of(2, quote("The sun is farther.")),
    ]
    both = gold("The moon is far.", "Mars is red.")
    assert scoring.citation_precision(cited, both, question("Mars")) == 0.5
    assert scoring.citation_recall(cited, both) == 0.5


def test_a_citation_that_gives_the_answer_is_good_wherever_it_stands() -> None:
    """Precision accepts another place that says the same; with nothing cited there is none."""
    cited = [Citation.of(1, evidence("They saw Oslo.", 0, document="b"))]
    assert scoring.citation_precision(cited, gold("Mars is red."), question("Oslo")) == 1.0
    assert scoring.citation_precision([], gold("Mars is red."), question("Oslo")) is None
