"""The OpenAI-compatible endpoint: for programs that speak to it already."""

import json
import time
from collections.abc import Generator
from contextlib import closing
from itertools import chain
from typing import Annotated, Any
from uuid import uuid4

from anyio import CancelScope
from fastapi import Body, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import Send

from qa.assistant import Assistant
from qa.completions import Reply, error_object, model_object, read_request
from qa.errors import QuestionError, RequestError
from qa.server import Guard
from qa.types import Answer
from store import Evidence, OwngroundError

# While nothing can be said yet, a comment comes this often: who reads knows that it goes on.
_SECONDS_BETWEEN_SIGNS = 5


def api(assistant: Assistant, host: str) -> FastAPI:
    """An app that answers chat completions from the assistant's documents, guarded as the chat."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, host=host, refused=_forbidden)
    app.add_exception_handler(OwngroundError, _failed)
    app.add_exception_handler(HTTPException, _not_served)
    app.add_exception_handler(RequestValidationError, _malformed)
    started = int(time.time())

    @app.get("/v1/models")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [model_object(started)]}

    @app.get("/v1/models/{name:path}")
    def model(name: str) -> dict[str, Any]:
        # Raises for another name.
        read_request({"model": name, "messages": [{"role": "user", "content": "?"}]})
        return model_object(started)

    @app.post("/v1/chat/completions")
    def complete(body: Annotated[Any, Body()] = None) -> Response:
        request = read_request(body)
        if not assistant.documents():
            raise QuestionError("No documents have been added yet. Add some with “qa add PATH”.")
        reply = Reply(f"chatcmpl-{uuid4().hex}", int(time.time()), request)
        if not request.is_stream:
            return JSONResponse(reply.whole(assistant.ask(request.question, request.history)))
        events = assistant.stream(request.question, request.history)
        # What cannot be asked is told before the stream begins.
        first = next(events)
        return EventStream(_stream(first, events, reply))

    return app


def _stream(
    first: Evidence | str | Answer,
    events: Generator[Evidence | str | Answer, None, None],
    reply: Reply,
) -> Generator[str, None, None]:
    """Server-sent events: a beginning at once, and the answer when it is checked."""
    said = time.monotonic()
    try:
        with closing(events):
            yield _event(reply.first())
            for event in chain([first], events):
                if isinstance(event, Answer):
                    yield from map(_event, reply.rest(event))
                elif time.monotonic() - said > _SECONDS_BETWEEN_SIGNS:
                    said = time.monotonic()
                    yield ": reading\n\n"
                else:
                    # Nothing is sent, but who has hung up is noticed: that stops the engine.
                    yield ""
    except OwngroundError as error:
        yield _event(error_object(str(error), "server_error"))
    yield "data: [DONE]\n\n"


class EventStream(StreamingResponse):
    """Server-sent events, whose source is closed as soon as nobody reads them any more."""

    media_type = "text/event-stream"

    def __init__(self, events: Generator[str, None, None]) -> None:
        super().__init__(events)
        self._events = events

    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        finally:
            with CancelScope(shield=True):
                await run_in_threadpool(self._events.close)


def _event(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"


# Refusals, all as OpenAI's error objects


def _forbidden(reason: str) -> Response:
    return JSONResponse(error_object(reason, "permission_error", code="forbidden"), 403)


def _failed(_: Request, error: Exception) -> Response:
    kind = "invalid_request_error"
    if isinstance(error, RequestError):
        said = error_object(str(error), kind, error.param, error.code)
        return JSONResponse(said, error.status)
    if isinstance(error, QuestionError):
        return JSONResponse(error_object(str(error), kind, "messages"), 400)
    return JSONResponse(error_object(str(error), "server_error"), 500)


def _not_served(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 400:
        return _malformed(request, error)
    said = "Only GET /v1/models and POST /v1/chat/completions are served here."
    return JSONResponse(error_object(said, "invalid_request_error", code="unknown_url"), status)


def _malformed(_: Request, __: Exception) -> Response:
    said = "The request's body is no JSON. Send an object with “messages”, as application/json."
    return JSONResponse(error_object(said, "invalid_request_error"), 400)
