"""The web server: document pages, who may ask for them, and what a page may load."""

import errno
import ipaddress
import socket
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa import Assistant, OwngroundError
from ui.errors import PortError
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
_SECONDS_TO_CLOSE = 1
_LAST_PORT = 65_535


def document_app(assistant: Assistant, host: str) -> FastAPI:
    """An app with the document pages, guarded; the chat is mounted on it."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, host=host)

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


class Guard:
    """Refuses requests made for another host or by another site's page, and sets the policy.

    A page of another site can reach a server on loopback by giving its own name this machine's
    address; then the Host header holds that name.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self.app = app
        self.host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = refuse(Headers(scope=scope), self.host)
        if refusal:
            await Response(refusal, 403, media_type="text/plain")(scope, receive, send)
            return
        await self.app(scope, receive, _protected(send))


def refuse(headers: Mapping[str, str], host: str) -> str | None:
    """Why a server bound to `host` refuses a request with these headers; None if it does not."""
    asked = headers.get("host", "")
    if not is_own_host(asked, host):
        return "This address is not the chat's own. Open the address that the command printed."
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != asked:
        return "Another site's page asked for this. Open the chat in its own tab."
    return None


def is_own_host(asked: str, bound: str) -> bool:
    """Whether a Host header names this machine as it is bound: no foreign name can.

    A server on loopback answers loopback; one on another address answers that; one on all
    addresses answers any address, and this machine's name.
    """
    try:
        name = urlsplit(f"//{asked}").hostname or ""
    except ValueError:
        return False
    if name == bound.strip("[]").lower() or name == "localhost":
        return True
    address, listening = _address(name), _address(bound)
    if address is None:
        return _unspecified(listening) and name in (socket.gethostname().lower(), "localhost")
    return address.is_loopback or _unspecified(listening)


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to host and port. Raises PortError when that cannot be had."""
    if not 0 <= port <= _LAST_PORT:
        raise PortError(f"Port {port} does not exist; choose one up to {_LAST_PORT} with --port.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host.strip("[]"), port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            said = f"Port {port} is taken; choose another with --port."
        elif error.errno == errno.EACCES:
            said = f"Port {port} is not open to this user; choose one above 1023 with --port."
        else:
            said = f"The host {host} is not an address of this machine; choose one with --host."
        raise PortError(said) from error


def address_of(listening: socket.socket) -> str:
    """The address to open in a browser on this machine."""
    host, port = listening.getsockname()[:2]
    bound = _address(host)
    if bound is not None and bound.is_unspecified:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def serve(app: FastAPI, listening: socket.socket, ready: Callable[[str], None]) -> None:
    """Serve until Ctrl-C; `ready` is called with the address once the page answers."""
    config = uvicorn.Config(
        app, log_level="critical", timeout_graceful_shutdown=_SECONDS_TO_CLOSE, lifespan="on"
    )

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready(address_of(listening))

    try:
        Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        return
    finally:
        listening.close()


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return None


def _unspecified(address: ipaddress.IPv4Address | ipaddress.IPv6Address | None) -> bool:
    return address is not None and address.is_unspecified


def _protected(send: Send) -> Send:
    async def send_with_policy(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Content-Security-Policy", CHAT_POLICY)
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Referrer-Policy", "no-referrer")
        await send(message)

    return send_with_policy
