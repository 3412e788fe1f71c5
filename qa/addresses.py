"""Addresses of servers: written in one way, and whether they are this machine."""

import ipaddress
from urllib.parse import urlsplit

_OLLAMA_PORT = 11434


def server_address(given: str) -> str:
    """An Ollama's address as `scheme://host:port`, from any of the ways in which people give it.

    Raises ValueError where no address can be read from it.
    """
    parts = urlsplit(given if "://" in given else f"http://{given}")
    host = parts.hostname or "127.0.0.1"
    # A server's “every interface” is this machine to its clients.
    host = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}:{parts.port or _OLLAMA_PORT}"


def is_loopback(address: str) -> bool:
    """Whether the host of a `scheme://host:port` is this machine's loopback."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
