"""Roles: who does something to whom, where the words are the same either way."""

import re
from collections.abc import Iterator

from qa.tokens import tokens

# Korean marks roles by particles. A topic (은, 는) may be either, so it counts as a subject only
# beside an object. In a passive, which is left alone, 에게 marks who does.
_SUBJECT = re.compile(r"([가-힣A-Za-z0-9·]+?)(?:께서|[이가은는])(?![가-힣])")
_OBJECT = re.compile(r"([가-힣A-Za-z0-9·]+?)(?:에게|한테|께|[을를])(?![가-힣])")
_PASSIVE = re.compile("[되돼된될됐]|당[하한했]|받[는은았고]")
# Chinese tells them by place: two things of so many characters about a verb.
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_THING, _VERB = range(2, 7), range(1, 5)
# Beside these the two things stand in either order, or the second does what is told.
_EITHER_WAY = frozenset("和与及跟同暨或被由是为叫称任邻接近")


def roles_exchanged(sentence: str, evidence: str) -> bool:
    """Whether two things of the sentence have each other's roles in the evidence."""
    return _by_particle(sentence, evidence) or _by_place(sentence, evidence)


def _by_particle(sentence: str, evidence: str) -> bool:
    if _PASSIVE.search(sentence) or _PASSIVE.search(evidence):
        return False
    does, done = (set(role.findall(sentence)) for role in (_SUBJECT, _OBJECT))
    did, was_done = (set(role.findall(evidence)) for role in (_SUBJECT, _OBJECT))
    return bool((does - did) & was_done) and bool((done - was_done) & did)


def _by_place(sentence: str, evidence: str) -> bool:
    told = "".join(_folded(run) + " " for run in _HAN.findall(evidence))
    return any(
        other + verb + one in told and one + verb + other not in told
        for run in _HAN.findall(sentence)
        for one, verb, other in _triples(_folded(run), told)
    )


def _triples(text: str, told: str) -> Iterator[tuple[str, str, str]]:
    """What stands on either side of what both texts have and may be a verb."""
    for start in range(_THING[0], len(text)):
        for length in _VERB:
            verb = text[start : start + length]
            if verb not in told or not _EITHER_WAY.isdisjoint(verb):
                break
            end = start + length
            for before in _THING:
                for after in _THING:
                    if before <= start and end + after <= len(text):
                        yield text[start - before : start], verb, text[end : end + after]


def _folded(run: str) -> str:
    """In one form of the characters."""
    return "".join(token.text for token in tokens(run))
