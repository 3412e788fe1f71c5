"""Conversation: what a question means after what was said before it."""

import re
import tomllib
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from qa.citations import take_citations
from qa.errors import QuestionError
from qa.types import Kind, Turn

# Of the conversation this many questions are looked at, and of each turn this many characters.
_QUESTIONS, _TURN = 4, 600
# A question takes along this many characters of what was talked about, an answer's among them.
_TOPIC, _ANSWER = 200, 100
# A question of more characters says itself what it is about.
_LONG = 150
# A question that says less than the first leans; one that says more than the other does not,
# however it begins. Both are counted as `_Words.content` counts.
_LITTLE, _MUCH = 1.5, 4.0
# What is no question for the documents; where several are said, the first is replied to.
_SPOKEN = ("about", "thanks", "hello", "talk")
_QUOTED = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』|\"[^\"]*\"|‘[^’]*’")
_PIECE = re.compile(r"[^.!?…。！？~,，、;；]+[.!?…。！？~,，、;；\s]*")
_EDGES = re.compile(r"^\W+|\W+$")
_UNSPACED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_CHARACTER = re.compile(f"[{_UNSPACED}]")
_WORD = re.compile(rf"[^\W{_UNSPACED}]+(?:['’.,-][^\W{_UNSPACED}]+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<!^)\b[A-Z]\w+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is understood, by rule.

    `kind` says whether it is for the documents at all; if not, `reply` names the reply and
    `language` its language. `leans` says that it cannot be understood without the conversation:
    `says` is then how much it tells by itself, from 0 (“Why?”) to 1, `topic` what was asked about
    before, `answered` what was answered, where the question can mean that, and `earlier` the last
    question with its answer, both shortened. `whole` says that it is for a document as a whole,
    `broad` that it is answered in several places (see `qa.breadth`).
    """

    question: str
    kind: Kind = "question"
    language: str = ""
    reply: str = ""
    leans: bool = False
    says: float = 1.0
    topic: str = ""
    answered: str = ""
    earlier: str = ""
    whole: bool = False
    broad: bool = False

    @property
    def standalone(self) -> str:
        """The question with what it takes along: so it is understood, and searched."""
        return f"{self.question} ({self.taken_along})" if self.leans else self.question

    @property
    def taken_along(self) -> str:
        """What the question lacks."""
        return f"{self.answered} {self.topic}".strip()


def checked_turns(history: object) -> list[Turn]:
    """The history as turns. Raises QuestionError where it is anything else."""
    turns: list[Turn] = []
    for turn in history if isinstance(history, Iterable) else [history]:
        match turn:
            case {"role": "user", "content": str(content)}:
                turns.append(Turn(role="user", content=content))
            case {"role": "assistant", "content": str(content)}:
                turns.append(Turn(role="assistant", content=content))
            case _:
                raise QuestionError(
                    'The history is no list of turns {"role": "user" or "assistant", "content":'
                    f' "…"}} with texts, oldest first: {str(turn)[:60]!r} is none. Leave it out.'
                )
    return turns


def understand(question: str, history: Iterable[Turn] = ()) -> Asked:
    """What the question asks after these earlier turns, oldest first.

    A question that leans takes along what the last ones were about and, where it points back or
    says nothing itself, what was answered: to expand a question by terms of the conversation is
    the strong baseline without a model (Yang et al., TREC 2019, “historical query expansion”).
    Only the last few questions are looked at, so that a conversation may be of any length.
    """
    topic = earlier = answer = ""
    for question_before, answer_to_it in _exchanges(history):
        before = _understand(question_before, topic, answer)
        if before.kind == "question":
            topic = _cut(f"{_words().subject(question_before)} {before.taken_along}", _TOPIC)
            earlier, answer = question_before, answer_to_it
    asked = _understand(question, topic, answer)
    return replace(asked, earlier=_cut(f"{earlier} {answer}", _LONG)) if asked.leans else asked


def _understand(question: str, topic: str, answer: str) -> Asked:
    words = _words()
    pieces = [piece for text in _PIECE.findall(question) if (piece := _folded(text))]
    spoken = [words.spoken[piece] for piece in pieces if piece in words.spoken]
    if spoken and len(spoken) == len(pieces):
        reply, language = min(spoken, key=lambda said: _SPOKEN.index(said[0]))
        return Asked(question, "about" if reply == "about" else "talk", language, reply)
    own = _own(question)
    if not topic or len(own) > _LONG:
        return Asked(question)
    says, points = min(1.0, words.content(own) / _LITTLE), words.points_back(own)
    if not (points or words.continues(own)):
        return Asked(question)
    if _NUMBER.search(question):
        # Another number is asked about now.
        topic = _NUMBER.sub(" ", topic)
    topic = _cut(topic, _TOPIC)
    if not topic:
        return Asked(question)
    answered = answer if points or not says else ""
    return Asked(question, leans=True, says=says, topic=topic, answered=answered)


def _own(question: str) -> str:
    """The question without courtesies before it, quotations in it and marks around it."""
    start = 0
    for piece in _PIECE.finditer(question):
        if _folded(piece.group()) not in _words().spoken:
            start = piece.start()
            break
    return _EDGES.sub("", _QUOTED.sub("“Quotation”", question[start:]))


def _exchanges(history: Iterable[Turn]) -> Sequence[tuple[str, str]]:
    """The last questions, oldest first, each with the beginning of its answer.

    The answer is "" where it cites nothing: then the documents did not give it.
    """
    found: deque[tuple[str, str]] = deque()
    answer = ""
    for turn in reversed(list(history)):
        text = _cut(turn["content"][:_TURN], _TURN)
        if turn["role"] == "assistant":
            said, cited = take_citations(text)
            answer = _cut(said, _ANSWER) if cited else ""
        elif turn["role"] == "user" and text:
            found.appendleft((text, answer))
            answer = ""
        if len(found) == _QUESTIONS:
            break
    return found


def _cut(text: str, length: int) -> str:
    """The text in one line, without the words that do not fit into so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[:length].rsplit(" ", 1)[0]


def _folded(text: str) -> str:
    return " ".join(_EDGES.sub("", unicodedata.normalize("NFKC", text).casefold()).split())


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of conversation.toml, ready to be looked for."""

    spoken: Mapping[str, tuple[str, str]]
    opens: re.Pattern[str]
    points: re.Pattern[str]
    defines: re.Pattern[str]
    asks: re.Pattern[str]
    empty: re.Pattern[str]
    edges: re.Pattern[str]
    pronouns: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]

    def points_back(self, question: str) -> bool:
        """Whether a word of the question means something that was said before it."""
        return bool(self.points.search(question)) or any(
            not bound.search(question[: pronoun.start()])
            for words, bound in self.pronouns
            for pronoun in words.finditer(question)
        )

    def continues(self, question: str) -> bool:
        """Whether the question goes on from the last one, or says too little alone."""
        content = self.content(question)
        if content <= _MUCH and self.opens.search(question):
            return True
        alone = _NAME.search(question) or self.defines.search(question)
        return content <= _LITTLE and not alone

    def content(self, question: str) -> float:
        """How many words tell what it is about; a Han or Kana character counts as half of one."""
        said = self.empty.sub(" ", self.asks.sub(" ", question))
        return len(_WORD.findall(said)) + len(_CHARACTER.findall(said)) / 2

    def subject(self, question: str) -> str:
        """What the question is about: its stretches between question words."""
        parts = (self.edges.sub("", part) for part in self.asks.split(question))
        return " ".join(" ".join(parts).split())


@cache
def _words() -> _Words:
    every = languages().values()

    def pattern(name: str, form: str = "%s") -> re.Pattern[str]:
        found = [one for words in every for one in words.get(name, ())]
        return re.compile(form % "|".join(found), re.IGNORECASE)

    inner = rf"(?<![^\W{_UNSPACED}])(?:%s)(?![^\W{_UNSPACED}])"
    empty = pattern("empty").pattern
    return _Words(
        dict(_utterances()),
        pattern("opens"),
        pattern("points"),
        pattern("defines"),
        pattern("asks", inner),
        pattern("empty", inner),
        re.compile(rf"^(?:\W|(?:{empty})\b)+|(?:\W|\b(?:{empty}))+$", re.IGNORECASE),
        tuple(
            (re.compile(one["words"], re.IGNORECASE), re.compile(one["bound"], re.IGNORECASE))
            for words in every
            for one in words.get("pronouns", ())
        ),
    )


def _utterances() -> Iterator[tuple[str, tuple[str, str]]]:
    # The first language that has an utterance is the one to reply in.
    for language, words in reversed(languages().items()):
        for name in _SPOKEN:
            for said in words[name]:
                yield _folded(said), (name, language)


@cache
def languages() -> dict[str, dict[str, Any]]:
    """The words of conversation.toml, by language."""
    return tomllib.loads(files("qa").joinpath("conversation.toml").read_text(encoding="utf-8"))
