"""The web server of every door: where it listens, and whom it answers."""

import errno
import ipaddress
import socket
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import uvicorn
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.errors import PortError

_SECONDS_TO_CLOSE = 1
_LAST_PORT = 65_535


class Guard:
    """Refuses requests made for another host or by another site's page, and sets the policy.

    `policy` says what a page that sets none of its own may load; `refused` makes the reply to who
    is refused, of the reason.

    A page of another site can reach a server on loopback by giving its own name this machine's
    address; then the Host header holds that name.
    """

    def __init__(
        self,
        app: ASGIApp,
        host: str,
        policy: str = "default-src 'none'",
        refused: Callable[[str], Response] = lambda reason: Response(reason, 403),
    ) -> None:
        self.app = app
        self.host = host
        self.policy = policy
        self.refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = refuse(Headers(scope=scope), self.host)
        if refusal:
            await self.refused(refusal)(scope, receive, send)
            return
        await self.app(scope, receive, _protected(send, self.policy))


def refuse(headers: Mapping[str, str], host: str) -> str | None:
    """Why a server bound to `host` refuses a request with these headers; None if it does not."""
    asked = headers.get("host", "")
    if not is_own_host(asked, host):
        return "This address is not this server's own. Open the address that the command printed."
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != asked:
        return "Another site's page asked for this. Open the address in its own tab."
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


def serve(app: ASGIApp, listening: socket.socket, ready: Callable[[str], None]) -> None:
    """Serve until Ctrl-C; `ready` is called with the address once the server answers."""
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


def _protected(send: Send, policy: str) -> Send:
    async def send_with_policy(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Content-Security-Policy", policy)
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Referrer-Policy", "no-referrer")
        await send(message)

    return send_with_policy
