import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core import Settings

from evals.starter import PROMPT_ID, declines, main
from tests.evals.test_eval_run import write_pack


@pytest.fixture(autouse=True)
def _event_loop() -> Iterator[None]:
    """Where the thread has no loop, LlamaIndex makes one to count tokens and leaves it open."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "The provided context does not mention who the queen is.",
        "The queen's name is not mentioned in the provided context.",
        "There is no information about a queen.",
        "I'm sorry, but I can't say.",
        "주어진 정보로는 알 수 없습니다.",
        "문서에 언급되어 있지 않습니다.",
        "文中沒有提到女王。",
        "无法确定。",
    ],
)
def test_a_reply_that_declines_is_a_refusal(reply: str) -> None:
    """In the words that models use for it, in each language."""
    assert declines(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "The lighthouse is 34 metres high.",
        "The town did not provide the money.",
        "It is 34 metres high. The context does not mention its colour.",
        "등대는 34미터이다.",
        "燈塔高34公尺。",
    ],
)
def test_a_reply_that_tells_something_is_none(reply: str) -> None:
    """A denial of something else, or a remark after the answer, refuses nothing."""
    assert not declines(reply)


def test_the_starter_answers_and_is_scored_as_we_are(
    small_model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its chunks are evidence, its times and tokens are measured, global settings stay alone."""
    pack, out = write_pack(tmp_path / "town"), tmp_path / "out"
    options = ["--limit", "1", "--engine", "builtin", "--model", small_model, "--out", str(out)]
    assert main([str(pack), *options]) == 0
    assert "first_token_ms" in capsys.readouterr().out
    (record,) = map(json.loads, (out / "answers.jsonl").read_text("utf-8").splitlines())
    assert record["error"] is None
    assert record["prompt_id"] == PROMPT_ID
    assert record["prompt_tokens"] > 50
    assert record["answer"]
    assert 1 <= len(record["found"]) <= 2
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert report["system"] == "LlamaIndex starter"
    assert Settings._llm is None
    assert Settings._embed_model is None


def test_without_a_model_there_is_nothing_to_measure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence says so."""
    pack = write_pack(tmp_path / "town")
    options = ["--limit", "1", "--engine", "quotes", "--out", str(tmp_path / "out")]
    assert main([str(pack), *options]) == 1
    assert "needs a model" in capsys.readouterr().err
