import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

T = TypeVar("T")
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="Chromium is not installed")

ROOT = Path(__file__).parents[2]
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
    " --disable-dev-shm-usage --window-size=1200,900"
)
HOSTILE = (
    "<img src=x onerror=window.pwned=1> [x](javascript:window.pwned=2) ![](http://evil.example)"
)
DOCUMENTS = {
    "stable.txt": "The stable holds fourteen horses. The grey mare is called Vesper.",
    "정원.txt": "정원에는 오래된 모과나무가 일곱 그루 있습니다. 정원은 오전 열 시에 문을 엽니다.",
    "notes <b>bold<.txt": f"The courier password hint is {HOSTILE} and nothing else.",
}
# The slow engine says one word every tenth of a second, and tells when it is stopped.
CHAT = """
import sys, time
from pathlib import Path
import qa, ui
from store import Library

class Slow(qa.Assistant):
    def stream(self, question, history=()):
        *found, answer = super().stream(question, history)
        if "slowly" not in question:
            yield from (*found, answer)
            return
        yield from found
        try:
            for number in range(300):
                time.sleep(0.1)
                yield f"word{number} "
            yield answer
        except GeneratorExit:
            print("stopped", flush=True)
            raise

settings = qa.read_settings(data=Path(sys.argv[1]), engine="quotes")
with Slow(Library(settings.collection_folder), settings) as assistant:
    assistant.add([Path(sys.argv[2])])
    assistant.prepare()
    ui.launch(
        assistant, "127.0.0.1", int(sys.argv[3]), "A preview.",
        examples=["What is the grey mare called?"],
        ready=lambda address: print(address, flush=True),
    )
    print("closed", flush=True)
"""


class Chat:
    """A chat that runs in a process of its own: its address, and what it has said."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.output = folder / "output"
        given = [str(folder / "data"), str(folder / "documents"), str(port)]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", CHAT, *given],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=os.environ | {"TMPDIR": str(folder)},
            )
        self.address = until(lambda: self.said("http://"), seconds=60)

    def said(self, beginning: str) -> str | None:
        lines = self.output.read_text("utf-8").splitlines()
        return next((line for line in lines if line.startswith(beginning)), None)

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=20)


def until(look: Callable[[], T | None], seconds: float = 20) -> T:
    """What `look` gives as soon as it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := look():
                return found
        except WebDriverException:
            pass
        time.sleep(0.05)
    raise AssertionError(f"nothing came in {seconds} seconds")


class Page:
    """The chat in a browser."""

    def __init__(self, folder: Path, address: str, language: str = "en-US") -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = str(CHROMIUM)
        for flag in (*FLAGS.split(), f"--user-data-dir={folder}", f"--accept-lang={language}"):
            options.add_argument(flag)
        options.add_experimental_option("prefs", {"intl.accept_languages": language})
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        self.driver = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
        self.address = address
        self.driver.get(address)
        self.one("#listing .documents")

    def all(self, selector: str) -> list[Any]:
        return list(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def one(self, selector: str) -> Any:
        return until(lambda: next((e for e in self.all(selector) if e.is_displayed()), None))

    def text(self, selector: str) -> str:
        return "\n".join(e.text for e in self.all(selector))

    def focused(self) -> Any:
        return self.driver.switch_to.active_element

    def ask(self, question: str) -> None:
        box = self.one("#box textarea")
        box.send_keys(question)
        box.send_keys(Keys.ENTER)

    def answer(self, question: str) -> str:
        """Ask, and wait for the answer."""
        before = len(self.all("#chat .origin"))
        self.ask(question)
        until(lambda: len(self.all("#chat .origin")) > before)
        return str(self.all("#chat .answer")[-1].text)

    def requested(self) -> set[str]:
        """Every address on a network that was asked for since the last look."""
        log: list[dict[str, str]] = self.driver.get_log("performance")  # type: ignore[no-untyped-call]
        events = [json.loads(entry["message"])["message"] for entry in log]
        sent = (e for e in events if e["method"] == "Network.requestWillBeSent")
        urls = {e["params"]["request"]["url"] for e in sent}
        return {url for url in urls if urlsplit(url).scheme in ("http", "https", "ws", "wss")}


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    folder = tmp_path_factory.mktemp("chat")
    (folder / "documents").mkdir()
    for name, text in DOCUMENTS.items():
        (folder / "documents" / name).write_text(text, encoding="utf-8")
    started = Chat(folder)
    yield started
    if started.process.poll() is None:
        started.interrupt()


@pytest.fixture
def open_page(chat: Chat, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    pages: list[Page] = []

    def open_one(language: str = "en-US") -> Page:
        pages.append(Page(tmp_path / f"browser{len(pages)}", chat.address, language))
        return pages[-1]

    yield open_one
    for page in pages:
        page.driver.quit()


def test_a_question_is_answered_and_its_citation_opens_the_sentence(
    open_page: Callable[..., Page], chat: Chat
) -> None:
    """A citation opens its document beside the chat with the sentence marked and in view, and
    nothing on the way is asked of any other host.
    """
    page = open_page()
    assert "Vesper" in page.answer("What is the grey mare called?")
    assert "Quoted word for word" in page.text("#chat .kind")
    page.one("#chat a.cite").click()
    page.driver.switch_to.frame(page.one("#passage iframe"))
    mark = page.one("#cited")
    assert mark.text == "The grey mare is called Vesper."
    assert page.driver.execute_script(
        "const r = arguments[0].getBoundingClientRect();"
        " return r.top >= 0 && r.bottom <= window.innerHeight",
        mark,
    )
    assert "stable.txt" in page.text("h1")
    page.driver.switch_to.default_content()
    page.one("#passage .close").click()
    assert not page.all("#passage iframe")[0].is_displayed()
    own = urlsplit(chat.address).netloc
    requested = page.requested()
    assert any("/document/" in url for url in requested)
    assert {urlsplit(url).netloc for url in requested} == {own}


def test_an_example_is_asked_when_it_is_pressed(open_page: Callable[..., Page]) -> None:
    """The questions that the caller offers are asked by a click; a new chat brings them back."""
    page = open_page()
    assert "A preview." in page.text("#brand")
    page.one("#chat .example").click()
    until(lambda: "Vesper" in page.text("#chat .answer"))
    page.one("#new-chat").click()
    page.one("#chat .example")
    assert not page.all("#chat .answer")


def test_the_page_speaks_the_readers_language(open_page: Callable[..., Page]) -> None:
    """A Korean browser gets Korean words, an answer from a Korean document, and the right lang."""
    page = open_page("ko-KR")
    until(lambda: page.one("#send").text == "질문하기")
    assert page.driver.execute_script("return document.documentElement.lang") == "ko"
    assert "일곱 그루" in page.answer("정원에 모과나무가 몇 그루 있습니까?")
    assert "근거" in page.text("#chat .origin")


def test_two_browsers_do_not_see_each_others_chat(open_page: Callable[..., Page]) -> None:
    """What one browser asks is on its own page alone, also after the other asks."""
    one, other = open_page(), open_page()
    one.answer("What is the grey mare called?")
    assert not other.all("#chat .answer")
    other.answer("How many horses does the stable hold?")
    assert "Vesper" not in other.text("#chat .user-row")
    assert "fourteen" not in one.text("#chat .answer")
    assert len(one.all("#chat .user-row")) == len(other.all("#chat .user-row")) == 1


def test_a_reload_brings_the_conversation_back(open_page: Callable[..., Page]) -> None:
    """Shown as it was, and a question that leans on what was said is understood as before."""
    page = open_page()
    page.answer("What is the grey mare called?")
    before = page.text("#chat .bot.message")
    page.driver.refresh()
    until(lambda: page.text("#chat .bot.message") == before)
    page.answer("Why is it called that?")
    assert "grey mare" in page.text("#chat .understood")


def test_an_earlier_conversation_is_opened_and_removed(open_page: Callable[..., Page]) -> None:
    """Each is called by its first question. Removed, after a confirmation, it is gone for good."""
    page = open_page()
    page.answer("What is the grey mare called?")
    page.one("#new-chat").click()
    until(lambda: not page.all("#chat .answer"))
    page.answer("How many horses does the stable hold?")
    until(lambda: len(page.all("#talks .open")) == 2)
    assert "How many horses" in page.text("#talks [aria-current]")
    page.all("#talks .open")[1].click()
    until(lambda: "Vesper" in page.text("#chat .answer"))
    assert "fourteen" not in page.text("#chat .answer")
    remove = "#talks button[aria-label='Remove “What is the grey mare called?”']"
    page.one(remove).click()
    assert "What is the grey mare called?" in page.one("#confirm").text
    page.one("#remove").click()
    until(lambda: not page.all(remove))
    assert not page.all("#chat .answer")
    page.driver.refresh()
    until(lambda: len(page.all("#talks .open")) == 1)
    assert not page.all("#chat .answer")


def test_two_tabs_lose_none_of_each_others_questions(open_page: Callable[..., Page]) -> None:
    """The same conversation in two tabs: what is asked in each is kept."""
    page = open_page()
    page.answer("What is the grey mare called?")
    first = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    page.driver.get(page.address)
    until(lambda: "Vesper" in page.text("#chat .answer"))
    page.answer("How many horses does the stable hold?")
    page.driver.switch_to.window(first)
    page.answer("What is the courier password hint?")
    page.driver.refresh()
    until(lambda: len(page.all("#chat .user-row")) == 3)


def test_a_restart_brings_the_conversation_back(tmp_path: Path) -> None:
    """The browser keeps two ids and nothing else; the collection keeps what was said."""
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "stable.txt").write_text(DOCUMENTS["stable.txt"], "utf-8")
    chat = Chat(tmp_path)
    try:
        page = Page(tmp_path / "browser", chat.address)
        try:
            page.answer("What is the grey mare called?")
            chat.interrupt()
            chat = Chat(tmp_path, port=urlsplit(chat.address).port or 0)
            page.driver.get(chat.address)
            until(lambda: "Vesper" in page.text("#chat .answer"))
            kept = page.driver.execute_script("return JSON.stringify(localStorage)")
            assert "Vesper" not in kept
            assert "grey" not in kept
        finally:
            page.driver.quit()
    finally:
        chat.interrupt()


def test_stop_ends_the_engine_and_keeps_what_is_there(
    open_page: Callable[..., Page], chat: Chat
) -> None:
    """While a draft is written it can be stopped: evidence and draft stay, and one can ask on."""
    page = open_page()
    page.ask("Tell slowly what the grey mare is called.")
    page.one("#chat a.source")
    until(lambda: "word3" in page.text("#chat .draft"))
    page.one("#stop").click()
    until(lambda: "Stopped" in page.text("#chat .note"))
    assert chat.said("stopped") or until(lambda: chat.said("stopped"))
    assert "word3" in page.text("#chat .draft")
    assert page.all("#chat a.source")
    assert "Vesper" in page.answer("What is the grey mare called?")
    assert "word3" in page.text("#chat .draft")


def test_hostile_text_is_only_shown(open_page: Callable[..., Page], chat: Chat) -> None:
    """Markup in a document, its name and a question runs nothing, loads nothing, links nowhere."""
    page = open_page()
    page.answer(f"What is the courier password hint? {HOSTILE}")
    assert HOSTILE in page.text("#chat .answer")
    assert HOSTILE in page.text("#chat .user-row")
    assert "notes <b>bold<.txt" in page.text("#listing")
    assert not page.all("#chat img")
    links = [e.get_attribute("href") for e in page.all("#chat a")]
    assert links
    assert all(link.startswith(f"{chat.address}document/") for link in links)
    page.one("#chat a.cite").click()
    page.driver.switch_to.frame(page.one("#passage iframe"))
    assert HOSTILE in page.one("main").text
    assert not page.all("img")
    page.driver.switch_to.default_content()
    assert page.driver.execute_script("return window.pwned") is None
    assert not any("evil.example" in url for url in page.requested())


def test_an_uploaded_file_is_found_and_can_be_removed(
    open_page: Callable[..., Page], chat: Chat, tmp_path: Path
) -> None:
    """A file added on the page answers questions; removed, after a confirmation, it is gone; and
    no copy of it is left among the uploads.
    """
    path = tmp_path / "lighthouse.txt"
    path.write_text("The lighthouse keeper feeds a pelican called Bartholomew.", "utf-8")
    page = open_page()
    page.all("#documents input[type=file]")[0].send_keys(str(path))
    until(lambda: "Added lighthouse.txt." in page.text("#notice"))
    assert "lighthouse.txt" in page.text("#listing")
    question = "What is the pelican of the lighthouse keeper called?"
    assert "Bartholomew" in page.answer(question)
    assert not list(chat.output.parent.glob("ownground-*/**/lighthouse.txt"))
    remove = "#listing button[aria-label='Remove lighthouse.txt']"
    page.one(remove).click()
    assert "lighthouse.txt" in page.one("#confirm").text
    page.one("#keep").click()
    until(lambda: not page.all("#confirm [role=alert]"))
    assert page.all(remove)
    page.one(remove).send_keys(Keys.ENTER)
    # Keys alone reach the question: its gentler answer has the focus.
    until(lambda: page.focused() == page.one("#keep"))
    page.one("#remove").send_keys(Keys.ENTER)
    until(lambda: not page.all(remove))
    assert "Removed lighthouse.txt." in page.text("#notice")
    until(lambda: "has been removed or replaced" in page.text("#chat .note"))
    assert "Bartholomew" not in page.text("#chat")
    assert "Bartholomew" not in page.answer(question)


def test_keys_alone_open_and_close_the_documents(open_page: Callable[..., Page]) -> None:
    """On a narrow screen they cover the page: the focus goes there, and comes back with Escape."""
    page = open_page()
    page.driver.set_window_size(500, 800)
    button = page.one("#open-documents button")
    button.send_keys(Keys.ENTER)
    assert page.focused() == page.one("#documents .close")
    page.focused().send_keys(Keys.ESCAPE)
    assert page.focused() == button
    assert not any(e.is_displayed() for e in page.all("#documents"))


def test_on_a_narrow_screen_the_reason_for_the_engine_covers_nothing(
    open_page: Callable[..., Page],
) -> None:
    """Opened, it makes room for itself above the conversation."""
    page = open_page()
    page.driver.set_window_size(500, 800)
    page.one("details.status summary").click()
    detail, work = page.one("details.status > p").rect, page.one("#work").rect
    assert detail["y"] + detail["height"] <= work["y"]
    assert page.driver.execute_script("return document.documentElement.scrollWidth") <= 500


def test_an_interrupt_ends_the_chat(chat: Chat, open_page: Callable[..., Page]) -> None:
    """Ctrl-C ends the chat soon though a page is open, and nothing but its address was printed."""
    open_page()
    assert chat.interrupt() == 0
    assert chat.said("closed")
    said = chat.output.read_text("utf-8").splitlines()
    assert set(said) <= {chat.address, "stopped", "closed"}
