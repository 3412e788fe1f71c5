"""Refuses every connection but to loopback. On PYTHONPATH, it holds in child processes too."""

import ipaddress
import sys


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    name = host.decode() if isinstance(host, bytes) else host
    if name and not _is_loopback(str(name)):
        # Not an OSError: nothing that expects the network to fail may swallow it.
        raise RuntimeError(f"{event} to {name} refused: tests stay on loopback")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


sys.addaudithook(_refuse)
