import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import qa
from qa import Assistant, read_settings
from qa.errors import PortError
from qa.server import address_of, is_own_host, listen
from store import Library
from ui.server import document_app

TEXT = "The archive opens at nine. A reader's card costs four crowns."


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("library")
    (folder / "archive.txt").write_text(TEXT, encoding="utf-8")
    settings = read_settings(data=folder / "data", engine="quotes")
    with Assistant(Library(settings.collection_folder), settings) as opened:
        opened.add(folder / "archive.txt")
        yield opened


@pytest.fixture
def client(assistant: Assistant) -> TestClient:
    return TestClient(document_app(assistant, "127.0.0.1"), base_url="http://127.0.0.1:7860")


def test_a_citation_opens_its_sentence(client: TestClient, assistant: Assistant) -> None:
    """The address of evidence gives a page on which its sentence is marked."""
    found = assistant.search("What does a reader's card cost?")[0]
    response = client.get(
        f"/document/{found.document_id}", params={"start": found.start, "end": found.end}
    )
    assert response.status_code == 200
    assert '<mark id="cited">A reader&#x27;s card costs four crowns.</mark>' in response.text


def test_a_document_page_may_load_nothing(client: TestClient, assistant: Assistant) -> None:
    """The browser is told to run no script and fetch nothing on a document's page."""
    page = client.get(f"/document/{assistant.documents()[0].id}")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "frame-ancestors 'self'" in policy


def test_an_unknown_document_is_a_sentence_in_the_readers_language(client: TestClient) -> None:
    """An id that is not in the collection gives 404 and says what to do."""
    response = client.get("/document/none", headers={"Accept-Language": "ko"})
    assert response.status_code == 404
    assert "더 이상 모음에 없습니다" in response.text
    assert '<html lang="ko">' in response.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:7860"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": ""},
        {"Host": "[bad"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "null"},
    ],
)
def test_other_sites_are_refused(client: TestClient, headers: dict[str, str]) -> None:
    """A request by another name or from another site's page is refused, with the reason."""
    response = client.get("/favicon.ico", headers=headers)
    assert response.status_code == 403
    assert "Open the" in response.text


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:7860", "[::1]:7860", "LOCALHOST"])
def test_loopback_names_are_answered(client: TestClient, host: str) -> None:
    """Every name of this machine on loopback is its own, also as an origin."""
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert client.get("/favicon.ico", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("asked", "bound", "own"),
    [
        ("192.168.1.5:80", "192.168.1.5", True),
        ("192.168.1.6:80", "192.168.1.5", False),
        ("192.168.1.5:80", "0.0.0.0", True),
        ("office-server:80", "office-server", True),
        ("evil.example:80", "0.0.0.0", False),
        ("192.168.1.5:80", "127.0.0.1", False),
        ("[fd00::1]:80", "::", True),
    ],
)
def test_a_bound_address_is_its_own_name(asked: str, bound: str, own: bool) -> None:
    """A server on another address answers to that, and one on all addresses to any of them."""
    assert is_own_host(asked, bound) is own


def test_everything_else_gets_the_chats_policy(client: TestClient) -> None:
    """Pages that set no policy of their own get one that names this origin alone."""
    policy = client.get("/favicon.ico").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy


def test_a_taken_port_is_a_sentence() -> None:
    """Two servers cannot have one port; the second is told how to take another."""
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(
            PortError, match=f"Port {port} is taken; choose another with --port."
        ) as caught:
            listen("127.0.0.1", port)
    assert isinstance(caught.value, qa.OwngroundError)


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("127.0.0.1", 99_999)])
def test_an_address_that_cannot_be_had_is_a_sentence(host: str, port: int) -> None:
    """A host that is not this machine's, or a port that does not exist, is refused with advice."""
    with pytest.raises(PortError, match="choose one"):
        listen(host, port)


def test_the_address_is_one_that_a_browser_can_open() -> None:
    """A server on all addresses is opened by loopback."""
    with listen("0.0.0.0", 0) as everywhere:
        assert address_of(everywhere) == f"http://127.0.0.1:{everywhere.getsockname()[1]}/"


def test_the_package_is_light() -> None:
    """Importing the package brings no web framework."""
    code = "import sys, ui; print('gradio' in sys.modules, 'uvicorn' in sys.modules)"
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True
    )
    assert done.stdout.split() == ["False", "False"]
