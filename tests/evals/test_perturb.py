from random import Random

import pytest

from evals.exchanges import HELD_OUT
from evals.perturb import PERTURBATIONS, Surroundings, wrong_answers
from qa.language import language

HARBOUR = "The harbour was opened by Oyuna Bold in 1911 and all 34 boats must leave before noon."
NEARBY = "It was closed in 1987 by Anna Kim."
GIVEN = Surroundings(HARBOUR, NEARBY, ("Maria Lopez", "1911", "12"), ("Bread is baked at dawn.",))

# Kinds for which HARBOUR offers nothing; they have examples of their own.
ELSEWHERE = {"quoted", "unit", "roles"} | {f"{kind}, held out" for kind in HELD_OUT}


def twin(kind: str, statement: str, given: Surroundings | None = None) -> str | None:
    given = given or Surroundings(statement, "", (), ())
    return PERTURBATIONS[kind](statement, given, Random("seed"))


@pytest.mark.parametrize("kind", PERTURBATIONS.keys() - ELSEWHERE)
def test_a_false_twin_differs_in_its_kind_and_is_the_same_for_the_same_seed(kind: str) -> None:
    """One thing is changed, and a second run changes the same."""
    changed = twin(kind, HARBOUR, GIVEN)
    assert changed is not None
    assert changed != HARBOUR
    assert changed == twin(kind, HARBOUR, GIVEN)


@pytest.mark.parametrize("kind", PERTURBATIONS)
def test_nothing_to_change_gives_nothing(kind: str) -> None:
    """A twin that would be no twin is not made."""
    assert twin(kind, "Birds sing.") is None


def test_a_number_is_none_that_stands_nearby_and_no_date() -> None:
    """34 changes and 1911 does not; what the neighbours say would be another kind."""
    changed = twin("number", HARBOUR, GIVEN)
    assert changed is not None
    assert "1911" in changed
    assert "34" not in changed


def test_what_stands_nearby_is_a_kind_of_its_own() -> None:
    """Models take the neighbouring year and name: these must be caught too."""
    assert "in 1987" in (twin("number nearby", HARBOUR, GIVEN) or "")
    assert "Kim" in (twin("name nearby", HARBOUR, GIVEN) or "")


@pytest.mark.parametrize(
    ("kind", "statement", "false"),
    [
        ("negation", "The gate is open.", "The gate is not open."),
        ("negation", "The gate is not open.", "The gate is open."),
        ("negation", "문은 열려 있다.", "문은 열려 있지 않다."),
        ("negation", "그는 출발하지 않았다.", "그는 출발했다."),
        ("negation", "這是紅色的。", "這不是紅色的。"),
        ("negation", "这不是红色的。", "这是红色的。"),
        ("unit", "It is 5 km long.", "It is 5 m long."),
        ("unit", "길이는 5미터였다.", "길이는 5킬로미터였다."),
        ("unit", "長5公里。", "長5公尺。"),
        ("quantifier", "You must sign.", "You may sign."),
        ("quantifier", "모든 문이 닫혔다.", "일부 문이 닫혔다."),
        ("quantifier", "所有門都關了。", "部分門都關了。"),
        ("opposite", "The northern gate.", "The southern gate."),
        ("opposite", "10명 이상이다.", "10명 이하이다."),
        ("opposite", "戰爭之前。", "戰爭之後。"),
        ("negation, held out", "The gate is open.", "The gate is hardly open."),
        ("unit, held out", "面積5公頃。", "面積5英畝。"),
        ("quantifier, held out", "매년 열린다.", "매월 열린다."),
        ("opposite, held out", "His father left.", "His mother left."),
    ],
)
def test_words_are_exchanged_in_each_language(kind: str, statement: str, false: str) -> None:
    """Denials, units, quantifiers and opposites have their own forms in each."""
    assert twin(kind, statement) == false


@pytest.mark.parametrize(
    ("kind", "statement"),
    [("number", "十三個門"), ("number", "두 개의 문"), ("number", "five doors"), ("date", "3월에")],
)
def test_numbers_are_found_in_their_local_forms(kind: str, statement: str) -> None:
    """Han and Korean numerals, spelt numbers and months are numbers too."""
    changed = twin(kind, statement)
    assert changed is not None
    assert changed != statement


def test_quoted_words_are_changed_inside_their_marks() -> None:
    """The marks stay, the words are a name of the pack."""
    given = Surroundings("他寫了《長城之歌》。", "", ("黃河之歌",), ())
    assert twin("quoted", given.evidence, given) == "他寫了《黃河之歌》。"


def test_wrong_answers_have_the_form_of_the_right_one() -> None:
    """A name for a name, a number for a number, and nothing that the evidence says."""
    assert wrong_answers("Oyuna Bold", GIVEN) == ["Maria Lopez"]
    assert wrong_answers("34", GIVEN) == ["12"]


def test_held_out_words_are_in_no_list_of_the_check() -> None:
    """What the check gets right with them, it does not get right by knowing them."""
    lists = [language().negation, *(side for pair in language().opposites for side in pair)]
    exchanged = [
        word
        for kind in ("unit", "quantifier", "opposite")
        for _, word in HELD_OUT[kind]  # each pair stands there both ways
    ]
    for word in [*exchanged, "hardly", "하는 데 실패했다", "絕非", "難以"]:
        assert not any(words.search(word) for words in lists), word
        assert not {word, word.removesuffix("s")} & language().units.keys(), word


@pytest.mark.parametrize(
    ("statement", "names", "false"),
    [
        ("Anna Kim paid Oyuna Bold in May.", (), "Oyuna Bold paid Anna Kim in May."),
        ("철수가 영희를 도왔다.", (), "영희가 철수를 도왔다."),
        ("민준은 영희에게 책을 주었다.", (), "영희는 민준에게 책을 주었다."),
        ("林女士擊敗了王先生。", ("林女士", "王先生"), "王先生擊敗了林女士。"),
    ],
)
def test_names_change_roles(statement: str, names: tuple[str, ...], false: str) -> None:
    """Who did it and whom it was done to, with the particles that Korean then needs."""
    assert twin("roles", statement, Surroundings(statement, "", names, ())) == false


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("Anna Kim and Oyuna Bold paid.", ()),
        ("Anna Kim met Oyuna Bold.", ()),
        ("林女士和王先生到了。", ("林女士", "王先生")),
    ],
)
def test_names_in_a_row_have_the_same_role(statement: str, names: tuple[str, ...]) -> None:
    """Exchanged, they would say the same: no false twin."""
    assert twin("roles", statement, Surroundings(statement, "", names, ())) is None
