import ipaddress
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_CONNECT = re.compile(r'connect\(.*?sin6?_addr.*?"([0-9a-f.:]+)"')


def _reached(trace: Path) -> set[str]:
    return set(_CONNECT.findall(trace.read_text("utf-8", "replace")))


@pytest.fixture
def strace() -> str:
    program = shutil.which("strace")
    if program is None:
        pytest.skip("strace is not installed")
    return program


def test_a_connection_is_seen(strace: str, tmp_path: Path) -> None:
    """The proof below would notice: a connection to loopback shows in the trace."""
    code = "import socket; socket.socket().connect_ex(('127.0.0.9', 9))"
    command = [strace, "-f", "-e", "trace=connect", "-o", str(tmp_path / "trace")]
    subprocess.run([*command, sys.executable, "-c", code], check=True)
    assert "127.0.0.9" in _reached(tmp_path / "trace")


def test_asking_reaches_nothing_but_loopback(
    strace: str, first_data: Path, small_model: str, tmp_path: Path
) -> None:
    """Native code is watched too: every connect of every thread of `qa ask`, seen by the kernel."""
    command = [strace, "-f", "-qq", "-e", "trace=connect", "-o", str(tmp_path / "trace")]
    qa = Path(sys.executable).with_name("qa")
    words = ["ask", "How long is an unsigned draft kept?", "--data", first_data, "--engine"]
    done = subprocess.run(
        [*command, str(qa), *map(str, words), "builtin", "--model", small_model],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    reached = _reached(tmp_path / "trace")
    assert all(ipaddress.ip_address(address).is_loopback for address in reached), reached
