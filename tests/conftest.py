import os
import runpy
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from qa import weights as model_files
from qa.settings import read_settings
from store import Library

GUARD = Path(__file__).parent / "guard"
# From here on, every socket but loopback is refused.
runpy.run_path(str(GUARD / "sitecustomize.py"))

ROOT = Path(__file__).parents[1]
FIRST = ROOT / "evals" / "first" / "documents"
SMALL = "qwen2.5-coder-0.5b-instruct"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="fail if any test was skipped")


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--no-skips") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session", autouse=True)
def _stay_on_this_machine() -> Iterator[None]:
    """Hold child processes to loopback too, and keep settings of the machine out."""
    patch = pytest.MonkeyPatch()
    for name in [n for n in os.environ if n.startswith(("OWNGROUND_", "OLLAMA_"))]:
        patch.delenv(name)
    patch.setenv("PYTHONPATH", str(GUARD))
    # An address where nothing listens: an Ollama of the machine is not the tests' to use.
    patch.setenv("OLLAMA_HOST", f"127.0.0.1:{free_port()}")
    yield
    patch.undo()


def free_port() -> int:
    """A port of loopback that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="session")
def small_weights() -> Path:
    """The file of the smallest model, which `make test` fetches."""
    path = model_files.locate(model_files.find(SMALL), read_settings().weights)
    if path is None:
        pytest.skip(f"the weights {SMALL} are not here: “qa models pull {SMALL}” failed or is due")
    return path


@pytest.fixture(scope="session")
def small_model(small_weights: Path) -> str:
    """The smallest model's name; its weights are here."""
    assert small_weights.is_file()
    return SMALL


@pytest.fixture(scope="session")
def first_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose default collection holds the first set of documents."""
    data = tmp_path_factory.mktemp("first")
    with Library(data / "collections" / "default") as library:
        report = library.add([FIRST])
        library.complete()
    assert not report.failed
    return data


@pytest.fixture
def qa_command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command `qa` as users do, in a process of its own."""

    def run(
        *arguments: str | Path, prefix: Sequence[str] = (), timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        command = [*prefix, Path(sys.executable).with_name("qa"), *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=timeout, cwd=ROOT, check=False
        )

    return run


@pytest.fixture(scope="session")
def ollama(small_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Ollama, started here, that has the smallest model."""
    program = shutil.which("ollama")
    if program is None:
        pytest.skip("Ollama is not installed")
    folder = tmp_path_factory.mktemp("ollama")
    address = f"127.0.0.1:{free_port()}"
    environment = os.environ | {
        "OLLAMA_HOST": address,
        "OLLAMA_MODELS": str(folder / "models"),
        "OLLAMA_NO_CLOUD": "1",
        "HOME": str(folder),
    }
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([program, "serve"], env=environment, stdout=log, stderr=log)
        try:
            _wait_for(address)
            modelfile = folder / "Modelfile"
            modelfile.write_text(f"FROM {small_weights}\n", "utf-8")
            subprocess.run(
                [program, "create", "qwen2.5-coder:0.5b", "-f", modelfile],
                env=environment,
                check=True,
                capture_output=True,
                timeout=120,
            )
            yield f"http://{address}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_for(address: str) -> None:
    host, _, port = address.partition(":")
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"nothing answers at {address}")
