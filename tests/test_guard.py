import socket
import subprocess
import sys

import pytest


def test_a_socket_beyond_loopback_is_refused() -> None:
    """No test can reach a network, not even by accident."""
    with socket.socket() as connection, pytest.raises(RuntimeError, match="loopback"):
        connection.connect(("192.0.2.1", 80))
    with pytest.raises(RuntimeError, match="loopback"):
        socket.getaddrinfo("example.org", 80)


def test_child_processes_are_held_too() -> None:
    """The command, run as users run it, is under the same guard."""
    code = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    child = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert child.returncode == 1
    assert "tests stay on loopback" in child.stderr
