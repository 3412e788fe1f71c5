"""The chat's server: document pages, and what a page may load."""

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from qa import Assistant, OwngroundError
from qa.server import Guard
from ui.labels import Labels, choose_labels
from ui.passage import missing_page, passage_page

# The page's own scripts make functions from text; nothing may come from anywhere else.
CHAT_POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none';"
    " base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
DOCUMENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'"
)
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="7" fill="#1d5c47"/>'
    '<path d="M8 11h16M8 21h16" stroke="#fff" stroke-opacity=".55" stroke-width="2.4"/>'
    '<path d="M8 16h11" stroke="#ffd95e" stroke-width="4"/></svg>'
)


def document_app(assistant: Assistant, host: str) -> FastAPI:
    """An app with the document pages, guarded; the chat is mounted on it."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, host=host, policy=CHAT_POLICY)

    @app.get("/document/{document_id}")
    def document(
        request: Request,
        document_id: str,
        start: int | None = None,
        end: int | None = None,
        at: int | None = None,
    ) -> HTMLResponse:
        labels = labels_of(request.headers)
        headers = {"Content-Security-Policy": DOCUMENT_POLICY, "Cache-Control": "no-store"}
        try:
            found = assistant.document(document_id)
        except OwngroundError:
            return HTMLResponse(missing_page(labels), 404, headers)
        content = passage_page(found, labels, start=start, end=end, at=at)
        return HTMLResponse(content, 200, headers)

    @app.get("/favicon.ico")
    def icon() -> Response:
        return Response(_ICON, media_type="image/svg+xml")

    return app


def labels_of(headers: Mapping[str, str]) -> Labels:
    """The labels for the browser that sent these headers."""
    return choose_labels(headers.get("accept-language"))
