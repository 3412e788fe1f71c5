"""Statements made false: one number, date, name, unit, word or denial is another.

Each function takes a statement and what it may draw on, and gives a false twin, or None where the
statement offers nothing to change. The kinds follow what models get wrong, and FactCC (Kryściński
et al. 2020), in the forms of English, Korean and Chinese.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, islice
from random import Random

from evals.exchanges import HELD_OUT, NEGATIONS, OPPOSITES, QUANTIFIERS, UNITS
from evals.text import Words, words


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a false twin may be made from, and what must not make it true again by chance.

    `evidence` is the sentence that bears the statement out, `around` its neighbours. `names` are
    of the same document and, after them, of the pack; `sentences` of other documents.
    """

    evidence: str
    around: str
    names: tuple[str, ...]
    sentences: tuple[str, ...]


Perturbation = Callable[[str, Surroundings, Random], str | None]

_MONTHS = "January February March April May June July August September October November December"
_DATE = re.compile(
    rf"\b(?:1\d{{3}}|20[0-4]\d)\b(?!,\d)|\d{{1,4}}(?=\s?[년월일年月日])|\b(?:{'|'.join(_MONTHS.split())})\b"
)
_SPELT = "two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
_HAN = "二三四五六七八九"
_KOREAN = ("두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열")
_NUMBER = re.compile(
    rf"\d+(?:[.,]\d+)*|\b(?:{'|'.join(_SPELT)})\b"
    rf"|[{_HAN}](?=[十百千萬万億亿]?[{_HAN}]?[個个名次位種种座世歲岁人條条部家所項项億亿萬万層层])"
    rf"|(?<![가-힣])(?:{'|'.join(_KOREAN)})(?= [가-힣])",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][a-zé]+)(?: [A-Z][a-zé]+)*")
# The first word may be capital for being the first: two or more are a name.
_FIRST_NAME = re.compile(
    r"(?!(?:The|An?|In|On|At|By|From|After|Before|When|While|His|Her)\b)"
    r"[A-Z][a-zé]+(?: [A-Z][a-zé]+)+"
)
_BOTH_WAYS = re.compile(
    r"^\W*(?:(?:and|or|nor|of|the|on|in|at|for|to|de|la|van|von|für)\b\W*)*$|\b(?:and|or|met|meets|married|with|versus|vs|between|near)\b"
    r"|[、,，]|^[와과랑]|^하고 |및|[和與与及同跟或]"
)
_KOREAN_ROLES = re.compile(
    r"(?<![가-힣])([가-힣]+[가-힣](?<![하되있없지시르러]))(?:[이가은는]) [^,]*?"
    r"(?<![가-힣])([가-힣]{2,})(?:[을를](?= )|에게|보다)"
)
# After a consonant, after a vowel.
_PARTICLES = ("은는", "이가", "을를", "과와")
_QUOTED = re.compile(
    r"(?<=[“「『《〈‘])[^”」』》〉’]{2,40}(?=[”」』》〉’])|(?<=\")[^\"]{2,40}(?=\")"
)


def number(statement: str, given: Surroundings, rng: Random) -> str | None:
    """Another number, written the same way, that stands nowhere near."""
    dates = [match.span() for match in _DATE.finditer(statement)]
    found = [match for match in _NUMBER.finditer(statement) if not _inside(match.span(), dates)]
    return _swap(statement, found, lambda text: _other_number(text, rng), given, rng)


def date(statement: str, given: Surroundings, rng: Random) -> str | None:
    """Another year, month or day that stands nowhere near."""

    def other(text: str) -> str:
        months = _MONTHS.split()
        if text in months:
            return rng.choice([month for month in months if month != text])
        if len(text) < 3:
            return str(rng.choice([day for day in range(1, 13) if day != int(text)]))
        return str(int(text) + rng.choice((-11, -3, -2, -1, 1, 2, 4, 12)))

    return _swap(statement, list(_DATE.finditer(statement)), other, given, rng)


def number_nearby(statement: str, given: Surroundings, rng: Random) -> str | None:
    """A number or year of a neighbouring sentence in the place of the statement's own."""
    near = re.findall(r"\d+(?:[.,]\d+)*", given.around)
    places = [
        (match, text)
        for match in re.finditer(r"\d+(?:[.,]\d+)*", statement)
        for text in near
        if len(text) == len(match[0]) and text not in given.evidence
    ]
    if not places:
        return None
    match, text = rng.choice(places)
    return _put(statement, match, text)


def name(statement: str, given: Surroundings, rng: Random) -> str | None:
    """Another name of the document, or else of the pack, that stands nowhere near."""
    found: list[re.Match[str]] = list(_NAME.finditer(statement))
    for known in given.names:
        if not known.isascii():
            found += re.finditer(rf"(?<![가-힣]){re.escape(known)}", statement)
    if not found:
        return None
    match = rng.choice(found)
    # The first come from the same document: they are what a model mixes up.
    fitting = wrong_answers(match[0], given)
    return _put(statement, match, rng.choice(fitting)) if fitting else None


def name_nearby(statement: str, given: Surroundings, rng: Random) -> str | None:
    """A name of a neighbouring sentence in the place of the statement's own (Latin script)."""
    near = [one for one in _NAME.findall(given.around) if one not in given.evidence]
    found = list(_NAME.finditer(statement))
    return _put(statement, rng.choice(found), rng.choice(near)) if found and near else None


def negation(statement: str, given: Surroundings, rng: Random) -> str | None:  # noqa: ARG001
    """The denial taken away where there is one, and put in where there is none."""
    for pattern, replacement in NEGATIONS:
        changed, count = re.subn(pattern, replacement, statement, count=1)
        if count:
            return changed
    return None


def unit(statement: str, given: Surroundings, rng: Random) -> str | None:  # noqa: ARG001
    """An amount in another unit or of another magnitude."""
    return _exchange(statement, UNITS, rng)


def quoted(statement: str, given: Surroundings, rng: Random) -> str | None:
    """Another name between the quotation marks."""
    found = list(_QUOTED.finditer(statement))
    if not found:
        return None
    match = rng.choice(found)
    fitting = wrong_answers(match[0], given)
    return _put(statement, match, rng.choice(fitting)) if fitting else None


def quantifier(statement: str, given: Surroundings, rng: Random) -> str | None:  # noqa: ARG001
    """All becomes some, must becomes may, and so on."""
    return _exchange(statement, QUANTIFIERS, rng)


def opposite(statement: str, given: Surroundings, rng: Random) -> str | None:  # noqa: ARG001
    """Before becomes after, largest smallest, north south, and so on."""
    return _exchange(statement, OPPOSITES, rng)


def roles(statement: str, given: Surroundings, rng: Random) -> str | None:
    """Two names of the statement in each other's place: who paid is paid.

    Names in a row (“A and B”), and of what is the same both ways (“A met B”), stay.
    """
    found = [match.span() for match in _NAME.finditer(statement)]
    found += [match.span() for match in [_FIRST_NAME.match(statement)] if match]
    for known in given.names:
        if not known.isascii() and not any(map(str.isdigit, known)):
            matches = re.finditer(rf"(?<![가-힣]){re.escape(known)}", statement)
            found += [match.span() for match in matches]
    pairs = [
        (one, other)
        for one, other in combinations(sorted(set(found)), 2)
        if one[1] < other[0]
        and not _BOTH_WAYS.search(statement[one[1] : other[0]])
        and _exchangeable(statement[slice(*one)], statement[slice(*other)])
    ]
    pairs += [(match.span(1), match.span(2)) for match in _KOREAN_ROLES.finditer(statement)]
    if not pairs:
        return None
    (start, end), (later, last) = rng.choice(pairs)
    one, other = statement[start:end], statement[later:last]
    middle, rest = _particle(other, statement[end:later]), _particle(one, statement[last:])
    return statement[:start] + other + middle + one + rest


def _held_out(kind: str) -> Perturbation:
    """The exchange of a kind with words that are in no list of the check."""

    def perturb(statement: str, given: Surroundings, rng: Random) -> str | None:  # noqa: ARG001
        return _exchange(statement, HELD_OUT[kind], rng)

    return perturb


def other_sentence(statement: str, given: Surroundings, rng: Random) -> str | None:  # noqa: ARG001
    """A sentence of another document."""
    return rng.choice(given.sentences) if given.sentences else None


PERTURBATIONS: Mapping[str, Perturbation] = {
    "number": number,
    "number nearby": number_nearby,
    "date": date,
    "name": name,
    "name nearby": name_nearby,
    "negation": negation,
    "unit": unit,
    "quoted": quoted,
    "quantifier": quantifier,
    "opposite": opposite,
    "roles": roles,
    **{f"{kind}, held out": _held_out(kind) for kind in HELD_OUT},
    "other sentence": other_sentence,
}


def wrong_answers(answer: str, given: Surroundings) -> list[str]:
    """The first few names and numbers that could be the answer by their form, and are not."""
    fitting = (one for one in given.names if _alike(one, answer) and not _near(one, given))
    return list(islice(fitting, 8))


def _swap(
    statement: str,
    found: Sequence[re.Match[str]],
    other: Callable[[str], str],
    given: Surroundings,
    rng: Random,
) -> str | None:
    if not found:
        return None
    match = rng.choice(found)
    for _ in range(20):
        text = other(match[0])
        if not _near(text, given):
            return _put(statement, match, text)
    return None


def _put(statement: str, match: re.Match[str], text: str) -> str:
    return statement[: match.start()] + text + statement[match.end() :]


def _other_number(text: str, rng: Random) -> str:
    for row in (_SPELT, _HAN, _KOREAN):
        if text.casefold() in row:
            return rng.choice([one for one in row if one != text.casefold()])
    place = rng.choice([at for at, char in enumerate(text) if char.isdigit()])
    digit = rng.choice([one for one in "123456789" if one != text[place]])
    return text[:place] + digit + text[place + 1 :]


def _exchange(statement: str, pairs: Sequence[tuple[str, str]], rng: Random) -> str | None:
    changed = [
        statement[: match.start()] + match.expand(replacement) + statement[match.end() :]
        for pattern, replacement in pairs
        for match in re.finditer(pattern, statement)
    ]
    return rng.choice(changed) if changed else None


def _exchangeable(one: str, other: str) -> bool:
    """Whether each is a name in the other's script, none is a month, and none holds the other."""
    apart = one not in other and other not in one
    return apart and one.isascii() == other.isascii() and not {one, other} & set(_MONTHS.split())


def _particle(before: str, rest: str) -> str:
    """The rest of a Korean sentence with its first particle in the form that the word needs."""
    if not "가" <= before[-1] <= "힣":
        return rest
    vowel = (ord(before[-1]) - 0xAC00) % 28 == 0
    for forms in _PARTICLES:
        if re.match(rf"[{forms}](?![가-힣])", rest):
            return forms[vowel] + rest[1:]
    return rest


def _near(text: str, given: Surroundings) -> bool:
    wanted = _words(text)
    return any(_words(one).contains(wanted) for one in (given.evidence, given.around))


@lru_cache(maxsize=4096)
def _words(text: str) -> Words:
    return words(text)


def _inside(span: tuple[int, int], spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in spans)


def _alike(one: str, other: str) -> bool:
    same_kind = any(map(str.isdigit, one)) == any(map(str.isdigit, other))
    same_script = one.isascii() == other.isascii()
    lengths = sorted((len(one), len(other)))
    return same_kind and same_script and lengths[1] <= 2 * lengths[0] and _same_ending(one, other)


def _same_ending(one: str, other: str) -> bool:
    # A Korean particle depends on whether the word before it ends in a consonant.
    ends = [(ord(text[-1]) - 0xAC00) % 28 > 0 for text in (one, other) if "가" <= text[-1] <= "힣"]
    return len(set(ends)) <= 1
