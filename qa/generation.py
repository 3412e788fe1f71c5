"""Generation: the model's words about a question, from sources that fit into its context."""

import re
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import prompts
from qa.citations import stream_citations
from qa.compose import Reply
from qa.conversation import Asked
from qa.engines import Engine
from qa.errors import EngineError
from qa.settings import Settings
from qa.sources import Source, choose_sources, tokens_of
from qa.stopping import stoppable
from store import Evidence, count_tokens

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatMessage

# All begin alike, so that an engine that has read the one knows the beginning of the others.
_PROMPT, _FOLLOW_UP, _OVERVIEW = "answer", "follow-up", "overview"
# Evidence from several places may take so many times the usual budget, and where the best is ahead
# of the next by so much of the score, this part of it. Of 206 such questions in three languages 204
# had the answer in a whole prompt and 203 in this; an engine reads half as much before it speaks.
_WIDE, _NARROW, _AHEAD = 2, 0.45, 0.5
# An engine's tokenizer may need fewer tokens than tiktoken, but never this few; and it may need
# more, for which room is kept, as for the marks that tell one speaker from another.
_LEAST_SHARE, _SPARE = 0.5, 1.15

_TURN_MARK = re.compile(
    r"<(?=[/|｜<]|\w+>)|(?<=[|｜])>|\[(?=/?(?:INST|SYS|AVAILABLE_TOOLS|TOOL)\w*\])"
)


def warm(engine: Engine) -> None:
    """Let the model read the fixed instructions once: the first question finds them cached."""
    if engine.llm is not None:
        with engine.errors():
            engine.llm.chat(prompt_messages((), Asked("warming up")), max_tokens=1)


def fitting_sources(
    evidence: Sequence[Evidence], asked: Asked, settings: Settings
) -> tuple[tuple[Source, ...], str | None]:
    """The sources for a prompt, and a sentence on what they had to leave out for the context.

    They keep to the budget for evidence, which is doubled where the answer stands in several places
    or in a whole document and halved where one sentence is far ahead, and to the room that the
    instructions, the question and the reply leave of the engine's context. There are none where not
    even the best has room.
    """
    fixed = sum(count_tokens(message.content or "") for message in prompt_messages((), asked))
    room = int((settings.context_tokens - settings.answer_tokens) / _SPARE) - fixed
    budget = _budget(evidence, asked, settings.evidence_tokens)
    wanted = choose_sources(evidence, budget)
    if tokens_of(wanted) <= room:
        return wanted, None
    sources = choose_sources(evidence, room)
    if tokens_of(sources) <= room:
        return sources, (
            f"A context of {settings.context_tokens} tokens has room for {tokens_of(sources)}"
            f" tokens of evidence instead of {tokens_of(wanted)}. Raise OWNGROUND_CONTEXT_TOKENS"
            " for more."
        )
    return (), (
        f"The question and its evidence do not fit into a context of {settings.context_tokens}"
        " tokens, so no model was asked. Shorten the question, or raise OWNGROUND_CONTEXT_TOKENS."
    )


def _budget(evidence: Sequence[Evidence], asked: Asked, usual: int) -> int:
    if asked.whole or asked.broad:
        return usual * _WIDE
    is_ahead = len(evidence) > 1 and evidence[0].score - evidence[1].score >= _AHEAD
    return int(usual * _NARROW) if is_ahead else usual


def generate(
    engine: Engine,
    asked: Asked,
    reply: Reply,
    sources: Sequence[Source],
    context_tokens: int,
    started: float,
) -> Generator[str, None, Reply]:
    """The model's words as they come; then the reply with all of them, their counts and times.

    A reply to a prompt that the engine cut, or that it broke off, is not used: `failure` says why.
    """
    messages = prompt_messages(sources, asked)
    counted = sum(count_tokens(message.content or "") for message in messages)
    reply = replace(
        reply,
        prompt_id=_prompt(asked).id,
        messages=tuple({"role": m.role.value, "content": m.content or ""} for m in messages),
        counted_tokens=counted,
        context_tokens=context_tokens,
    )
    numbers = {source.number for source in sources}
    usage: dict[str, int] = {}
    pieces: list[str] = []
    try:
        with engine.errors():
            for piece in stream_citations(_deltas(engine, messages, usage), numbers):
                if piece and not reply.first_token_ms:
                    elapsed = (time.monotonic() - started) * 1000
                    reply = replace(reply, first_token_ms=round(elapsed, 1))
                pieces.append(piece)
                yield piece
    except EngineError as error:
        return replace(reply, failure=str(error))
    read = usage.get("prompt_tokens")
    reply = replace(reply, draft="".join(pieces).strip(), prompt_tokens=read)
    if read is not None and _was_cut(read, counted, context_tokens):
        failure = (
            f"The engine read {read} tokens of a prompt of about {counted}: it was cut, so"
            " its answer is not used. Raise OWNGROUND_CONTEXT_TOKENS."
        )
        return replace(reply, truncated=True, failure=failure)
    return reply


def _prompt(asked: Asked) -> prompts.Prompt:
    if asked.whole:
        return prompts.load(_OVERVIEW)
    return prompts.load(_FOLLOW_UP if asked.leans else _PROMPT)


def prompt_messages(sources: Sequence[Source], asked: Asked) -> "list[ChatMessage]":
    """What the model is sent: fixed instructions, then the sources and the question as data."""
    from llama_index.core.base.llms.types import ChatMessage

    rendered = "\n".join(source.render() for source in sources)
    values = {"sources": rendered, "question": asked.question}
    if not asked.whole:
        # A document is always about something: a small model that may refuse would.
        values["refusal"] = prompts.REFUSAL
    if asked.leans and not asked.whole:
        values["earlier"] = asked.earlier
    inert = {name: _inert(value) for name, value in values.items()}
    system, user = _prompt(asked).render(**inert)
    return [ChatMessage(role="system", content=system), ChatMessage(role="user", content=user)]


def _inert(text: str) -> str:
    """The text with the marks broken by which models tell one speaker from another.

    Each family has its own: <|im_start|>, <start_of_turn>, [INST], <<SYS>>, </s>, <｜User｜>.
    """
    return _TURN_MARK.sub(lambda mark: f"{mark[0][0]} {mark[0][1:]}", text)


def _deltas(
    engine: Engine, messages: "Sequence[ChatMessage]", usage: dict[str, int]
) -> Iterator[str]:
    """The model's words, and an empty one wherever none has come for a moment."""
    assert engine.llm is not None
    for response in stoppable(partial(engine.llm.stream_chat, messages)):
        if response is None:
            yield ""
            continue
        raw = response.raw if isinstance(response.raw, dict) else {}
        usage.update(raw.get("usage") or {})
        yield response.delta or ""


def _was_cut(read: int, counted: int, context: int) -> bool:
    return read < counted * _LEAST_SHARE or read >= context
