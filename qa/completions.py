"""OpenAI's chat completions: a program's request read, and the objects of the reply.

The shapes are those of https://platform.openai.com/docs/api-reference/chat.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa.errors import RequestError
from qa.plain import plain_text, without_sources
from qa.types import Answer, Turn
from store import count_tokens

MODEL = "ownground"
# What the reply honours, what names it, and what asks for no more than is given anyway.
_READ = {"model", "messages", "stream", "stream_options", "user", "metadata", "store", "n"}


@dataclass(frozen=True, slots=True)
class Completion:
    """What a request asks for. `ignored` names what of it has no effect here."""

    question: str
    history: tuple[Turn, ...]
    is_stream: bool
    with_usage: bool
    ignored: tuple[str, ...]


def read_request(body: object) -> Completion:
    """What a program asks for. Raises RequestError where it is malformed, or asks for what would
    change the answer's meaning and cannot be had.
    """
    if not isinstance(body, Mapping):
        raise RequestError("The request is no JSON object. Send one with “messages”.")
    _refuse(body)
    turns, ignored = _turns(body.get("messages"))
    if not turns or turns[-1]["role"] != "user":
        raise RequestError(
            "The last message is not the user's. End “messages” with the question.",
            param="messages",
        )
    ignored |= {name for name, value in body.items() if name not in _READ and value is not None}
    options = body.get("stream_options")
    return Completion(
        turns[-1]["content"],
        tuple(turns[:-1]),
        bool(body.get("stream")),
        isinstance(options, Mapping) and bool(options.get("include_usage")),
        tuple(sorted(ignored)),
    )


def _refuse(body: Mapping[str, Any]) -> None:
    """Raise RequestError for what an answer from documents cannot be."""
    model = body.get("model", MODEL)
    if model != MODEL:
        raise RequestError(
            f"There is no model “{model}” here. Ask “{MODEL}”.",
            param="model",
            code="model_not_found",
            status=404,
        )
    form = body.get("response_format")
    kind = form.get("type", "text") if isinstance(form, Mapping) else "text"
    wrong = {
        "n": body.get("n") not in (None, 1),
        "response_format": kind != "text",
        "tool_choice": body.get("tool_choice") not in (None, "auto", "none"),
        "logprobs": bool(body.get("logprobs")),
        "modalities": body.get("modalities") not in (None, ["text"]),
        "stop": bool(body.get("stop")),
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise RequestError(
                f"“{name}” cannot be {body[name]!r}: there is one answer to a question, whole and"
                " in plain text. Leave it out.",
                param=name,
                code="unsupported_value",
            )


def _turns(messages: object) -> tuple[list[Turn], set[str]]:
    if not isinstance(messages, Sequence) or isinstance(messages, str) or not messages:
        raise RequestError(
            'There are no messages. Send “messages” as a list of {"role": …, "content": …}.',
            param="messages",
        )
    turns: list[Turn] = []
    ignored: set[str] = set()
    for number, message in enumerate(messages):
        match message:
            case {"role": "user", "content": content}:
                turns.append(Turn(role="user", content=_text(content, number)))
            case {"role": "assistant", "content": str() | [*_] as content}:
                said = without_sources(_text(content, number))
                turns.append(Turn(role="assistant", content=said))
            case {"role": "system" | "developer" | "tool" | "function" | "assistant" as role}:
                # How answers are made is not for a message to say; what tools say is no document.
                ignored.add(f"messages of the role {role}")
            case _:
                raise RequestError(
                    f"Message {number} has no role that is known here. Send “user”, “assistant”"
                    " or “system”.",
                    param=f"messages[{number}]",
                )
    return turns, ignored


def _text(content: object, number: int) -> str:
    """A message's content, which is a text or a list of texts."""
    match content:
        case str():
            return content
        case [*parts]:
            texts = [part.get("text") for part in parts if isinstance(part, Mapping)]
            if len(texts) == len(parts) and all(isinstance(text, str) for text in texts):
                return "\n".join(map(str, texts))
    raise RequestError(
        f"Message {number} holds something else than text. Add images and files as documents, and"
        " ask about them.",
        param=f"messages[{number}].content",
    )


# Replies


@dataclass(frozen=True, slots=True)
class Reply:
    """The objects of one reply, which share an id and a time."""

    id: str
    created: int
    request: Completion

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The reply that is given at once."""
        message = {"role": "assistant", "content": plain_text(answer), "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            **self._head("chat.completion"),
            "choices": [choice],
            "usage": _usage(answer),
            "ownground": self._own(answer),
        }

    def first(self) -> dict[str, Any]:
        """The chunk that begins a stream."""
        return self._chunk({"role": "assistant", "content": ""})

    def rest(self, answer: Answer) -> list[dict[str, Any]]:
        """The chunks with the checked answer, a block each, and its end."""
        blocks = plain_text(answer).split("\n\n")
        texts = [*(f"{block}\n\n" for block in blocks[:-1]), blocks[-1]]
        chunks = [self._chunk({"content": text}) for text in texts]
        chunks.append(self._chunk({}, "stop") | {"ownground": self._own(answer)})
        if self.request.with_usage:
            end = {"choices": [], "usage": _usage(answer)}
            chunks.append(self._head("chat.completion.chunk") | end)
        return chunks

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        # As OpenAI has it: where tokens are counted, every chunk but the last says null.
        usage = {"usage": None} if self.request.with_usage else {}
        return {**self._head("chat.completion.chunk"), "choices": [choice], **usage}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": MODEL}

    def _own(self, answer: Answer) -> dict[str, Any]:
        return {**answer.to_dict(), "ignored": list(self.request.ignored)}


def _usage(answer: Answer) -> dict[str, int]:
    """What the engine read and wrote; nothing where no model wrote."""
    read, written = answer.prompt_tokens or 0, count_tokens(answer.draft)
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def model_object(created: int) -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": created, "owned_by": "ownground"}


def error_object(
    message: str, kind: str, param: str | None = None, code: str | None = None
) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
