import ipaddress
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# AF_INET: sin_addr=inet_addr("…"); AF_INET6: inet_pton(AF_INET6, "…", &sin6_addr).
_ADDRESS = re.compile(r'inet_(?:addr\(|pton\(AF_INET6?, )"([0-9a-f.:]+)"')
_CALLS = "trace=connect,sendto,sendmsg"


def _reached(trace: Path) -> set[str]:
    return set(_ADDRESS.findall(trace.read_text("utf-8", "replace")))


@pytest.fixture
def strace() -> str:
    program = shutil.which("strace")
    if program is None:
        pytest.skip("strace is not installed")
    return program


def test_a_connection_is_seen(strace: str, tmp_path: Path) -> None:
    """The proof below would notice: connections of both families show in the trace."""
    code = (
        "import socket; socket.socket().connect_ex(('127.0.0.9', 9));"
        "socket.socket(socket.AF_INET6).connect_ex(('::1', 9))"
    )
    command = [strace, "-f", "-e", _CALLS, "-o", str(tmp_path / "trace")]
    subprocess.run([*command, sys.executable, "-c", code], check=True)
    assert {"127.0.0.9", "::1"} <= _reached(tmp_path / "trace")


def test_asking_reaches_nothing_but_loopback(
    strace: str, first_data: Path, small_model: str, tmp_path: Path
) -> None:
    """Native code is watched too: every connection of every thread, as the kernel sees it."""
    command = [strace, "-f", "-qq", "-e", _CALLS, "-o", str(tmp_path / "trace")]
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
