"""`qa serve` as programs meet it: over HTTP on loopback, by OpenAI's interface."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

QUESTION = "How long is an unsigned draft kept?"
ROOT = Path(__file__).parents[2]
SERVE = [str(Path(sys.executable).with_name("qa")), "serve", "--port", "0"]


@contextmanager
def served(data: Path, *options: str) -> Iterator[httpx.Client]:
    """A client of the command, run in a process of its own until it says that it is ready."""
    with subprocess.Popen(
        [*SERVE, "--data", str(data), *options], stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stderr is not None
        try:
            lines = iter(process.stderr.readline, "")
            address = next(line for line in lines if "http://" in line).split()[4]
            next(line for line in lines if line.startswith("Engine: "))
            with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
                yield client
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=20) == 0


@pytest.fixture(scope="module")
def client(first_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    # A copy: as long as it is served, nobody else may use it.
    data = shutil.copytree(first_data, tmp_path_factory.mktemp("served") / "data")
    with served(data, "--engine", "quotes") as opened:
        yield opened


def messages(*turns: str) -> list[dict[str, str]]:
    """A conversation that the user begins."""
    return [{"role": "assistant" if n % 2 else "user", "content": t} for n, t in enumerate(turns)]


def complete(client: httpx.Client, *turns: str, **more: Any) -> dict[str, Any]:
    body = {"model": "ownground", "messages": messages(*turns), **more}
    response = client.post("/chat/completions", json=body)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def streamed(client: httpx.Client, **more: Any) -> list[str]:
    """The events' data, from a stream that has nothing but events and comments."""
    body = {"model": "ownground", "messages": messages(QUESTION), "stream": True, **more}
    with client.stream("POST", "/chat/completions", json=body) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        text = response.read().decode()
    assert text.endswith("\n\n")
    events = [event for event in text.removesuffix("\n\n").split("\n\n") if event[:1] != ":"]
    assert all(event.startswith("data: ") and "\n" not in event for event in events)
    return [event.removeprefix("data: ") for event in events]


def test_a_question_is_answered_with_its_sources(client: httpx.Client) -> None:
    """The shape is OpenAI's; the text cites by number and ends with what is cited."""
    reply = complete(client, QUESTION)
    assert reply["object"] == "chat.completion"
    assert reply["model"] == "ownground"
    (choice,) = reply["choices"]
    assert (choice["finish_reason"], choice["message"]["role"]) == ("stop", "assistant")
    told, sources = choice["message"]["content"].split("\n\n")
    assert told == "> An unsigned draft is wiped after 72 hours. [1]"
    source = "“An unsigned draft is wiped after 72 hours.”"
    assert sources == f"[1] hospital-discharge-notes.md: {source}"
    assert reply["usage"] == {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    assert reply["ownground"]["citations"][0]["document"] == "hospital-discharge-notes.md"
    assert reply["ownground"]["ignored"] == []


def test_a_stream_has_openais_form(client: httpx.Client) -> None:
    """Chunks of one id: the role, the text in pieces, the reason of the end, then [DONE]."""
    *chunks, done = streamed(client)
    assert done == "[DONE]"
    found = [json.loads(chunk) for chunk in chunks]
    assert {chunk["object"] for chunk in found} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in found}) == 1
    choices = [chunk["choices"][0] for chunk in found]
    assert choices[0]["delta"] == {"role": "assistant", "content": ""}
    assert [choice["finish_reason"] for choice in choices] == [None] * (len(choices) - 1) + ["stop"]
    text = "".join(choice["delta"].get("content", "") for choice in choices)
    assert text == complete(client, QUESTION)["choices"][0]["message"]["content"]
    assert found[-1]["ownground"]["answer"]
    assert all("usage" not in chunk for chunk in found)


def test_a_stream_counts_tokens_when_asked(client: httpx.Client) -> None:
    """The last chunk has no choice and the count; the others have none."""
    *chunks, last, _ = streamed(client, stream_options={"include_usage": True})
    assert json.loads(last)["choices"] == []
    assert json.loads(last)["usage"]["total_tokens"] == 0
    assert all(json.loads(chunk)["usage"] is None for chunk in chunks)


def test_earlier_messages_are_what_a_question_leans_on(client: httpx.Client) -> None:
    """A follow-up is understood by the conversation; what ends an answer is not part of it."""
    first = complete(client, QUESTION)["choices"][0]["message"]["content"]
    reply = complete(client, QUESTION, first, "Who signs it?")["ownground"]
    assert "draft" in reply["understood"]
    assert "hospital-discharge-notes.md" not in reply["understood"]
    assert ">" not in reply["understood"]


@pytest.mark.parametrize(
    ("question", "said", "nearest"),
    [
        ("Who won the chess olympiad of 1974?", "do not answer this", "Nearest passages:"),
        ("1974년 체스 올림피아드에서 누가 우승했나요?", "답이 없습니다", "가장 가까운 부분:"),
        ("1974年西洋棋奧林匹亞的冠軍是誰？", "沒有這個問題的答案", "最接近的段落："),
    ],
)
def test_a_refusal_is_told_in_the_questions_language(
    client: httpx.Client, question: str, said: str, nearest: str
) -> None:
    """With the nearest passages, and as an answer like any other."""
    reply = complete(client, question)
    text = reply["choices"][0]["message"]["content"]
    assert reply["ownground"]["refused"]
    assert said in text
    assert nearest in text


def test_what_has_no_effect_is_ignored_and_named(client: httpx.Client) -> None:
    """Programs send more than is needed: they are answered, and told what did nothing."""
    given = messages(QUESTION)
    body = {
        "messages": [{"role": "system", "content": "Talk like a pirate."}, *given],
        "temperature": 0.2,
        "max_tokens": 5,
        "tools": [{"type": "function", "function": {"name": "f"}}],
        "tool_choice": "auto",
        "stop": None,
        "n": 1,
        "response_format": {"type": "text"},
    }
    reply = client.post("/chat/completions", json=body).json()
    assert "72 hours" in reply["choices"][0]["message"]["content"]
    assert {"temperature", "max_tokens", "tools", "messages of the role system"} <= set(
        reply["ownground"]["ignored"]
    )


def test_texts_in_parts_are_read(client: httpx.Client) -> None:
    """A message may be a list of texts, as newer clients send it."""
    parts = [{"type": "text", "text": QUESTION}]
    body = {"messages": [{"role": "user", "content": parts}]}
    reply = client.post("/chat/completions", json=body).json()
    assert "72 hours" in reply["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    ("change", "status", "param", "said"),
    [
        ({"model": "gpt-4o"}, 404, "model", "Ask “ownground”"),
        ({"messages": []}, 400, "messages", "Send “messages”"),
        ({"messages": "hello"}, 400, "messages", "Send “messages”"),
        ({"messages": messages("a", "b")}, 400, "messages", "End “messages” with the question"),
        ({"messages": [{"role": "poet", "content": "x"}]}, 400, "messages[0]", "no role"),
        ({"messages": messages("   ")}, 400, "messages", "The question is empty"),
        ({"messages": messages("x" * 5000)}, 400, "messages", "Shorten it"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400,
         "messages[0].content", "Add images and files as documents"),
        ({"n": 2}, 400, "n", "one answer"),
        ({"response_format": {"type": "json_object"}}, 400, "response_format", "plain text"),
        ({"tool_choice": "required"}, 400, "tool_choice", "Leave it out"),
        ({"logprobs": True}, 400, "logprobs", "Leave it out"),
        ({"stop": ["."]}, 400, "stop", "Leave it out"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("stream", [False, True])
def test_what_cannot_be_answered_is_an_error_object(
    client: httpx.Client,
    change: dict[str, Any],
    status: int,
    param: str,
    said: str,
    stream: bool,
) -> None:
    """OpenAI's: a sentence that says what to do, the parameter, and no stream."""
    body = {"model": "ownground", "messages": messages(QUESTION), "stream": stream, **change}
    response = client.post("/chat/completions", json=body)
    assert response.status_code == status
    error = response.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"
    assert error["param"] == param
    assert said in error["message"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_a_body_that_is_no_request_is_an_error_object(client: httpx.Client, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    response = client.post("/chat/completions", content=content, headers=headers)
    assert response.status_code == 400
    assert "“messages”" in response.json()["error"]["message"]


def test_models_are_listed(client: httpx.Client) -> None:
    """One: whatever engine answers, the documents do."""
    listed = client.get("/models").json()
    assert listed["object"] == "list"
    (model,) = listed["data"]
    assert (model["id"], model["object"]) == ("ownground", "model")
    assert isinstance(model["created"], int)
    assert client.get("/models/ownground").json() == model
    assert client.get("/models/gpt-4o").status_code == 404
    unknown = client.post("/embeddings", json={})
    assert unknown.status_code == 404
    assert "POST /v1/chat/completions" in unknown.json()["error"]["message"]


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}]
)
def test_other_sites_are_refused(client: httpx.Client, headers: dict[str, str]) -> None:
    """The same guard as the chat's, with the reason as an error object."""
    body = {"messages": messages(QUESTION)}
    response = client.post("/chat/completions", json=body, headers=headers)
    assert response.status_code == 403
    assert "Open the address" in response.json()["error"]["message"]


def test_a_model_answers(first_data: Path, small_model: str) -> None:
    """With a real open model: only checked text comes, and its tokens are counted."""
    with served(first_data, "--engine", "builtin", "--model", small_model) as client:
        reply = complete(client, QUESTION)
        *chunks, last, _ = streamed(client, stream_options={"include_usage": True})
    assert "72 hours" in reply["choices"][0]["message"]["content"]
    assert reply["ownground"]["engine"] == "builtin"
    assert reply["usage"]["prompt_tokens"] > 100
    assert reply["usage"]["completion_tokens"] > 0
    assert json.loads(last)["usage"]["prompt_tokens"] > 100
    assert any("72 hours" in chunk for chunk in chunks)


def test_without_documents_it_does_not_begin(tmp_path: Path) -> None:
    command = [*SERVE, "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 1
    assert "Add some with “qa add PATH”" in done.stderr


SLOW = """
import sys, time
from pathlib import Path
import qa
from qa.api import api
from qa.server import listen, serve
from store import Library

class Slow(qa.Assistant):
    def stream(self, question, history=()):
        *found, answer = super().stream(question, history)
        yield from found
        print("writing", flush=True)
        try:
            for _ in range(600):
                time.sleep(0.1)
                yield "word "
            yield answer
        except GeneratorExit:
            print("stopped", flush=True)
            raise

settings = qa.read_settings(data=Path(sys.argv[1]), engine="quotes")
with Slow(Library(settings.collection_folder), settings) as assistant:
    serve(api(assistant, "127.0.0.1"), listen("127.0.0.1", 0), lambda a: print(a, flush=True))
"""


def test_who_hangs_up_stops_the_engine(first_data: Path) -> None:
    """A program that leaves in the middle of a stream costs nothing more."""
    command = [sys.executable, "-c", SLOW, str(first_data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            body = {"messages": messages(QUESTION), "stream": True}
            url = f"{address}v1/chat/completions"
            with httpx.stream("POST", url, json=body, trust_env=False) as response:
                # Kept: an iterator that is let go of hangs up.
                pieces = response.iter_text()
                assert "assistant" in next(pieces)
                assert process.stdout.readline() == "writing\n"
            assert process.stdout.readline() == "stopped\n"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)
