"""The assistant: a question goes in; evidence comes out, then an answer that cites it."""

import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import prompts
from qa import courtesies, engines
from qa.citations import stream_citations
from qa.compose import Reply, compose
from qa.conversation import Asked, understand
from qa.engines import Engine
from qa.errors import EngineError, QuestionError
from qa.retrieval import retrieve
from qa.settings import Settings
from qa.sources import Source, choose_sources
from qa.types import Answer, Findings, Turn
from qa.verify import may_answer
from store import AddReport, Document, DocumentSummary, Evidence, Library, Progress, count_tokens

if TYPE_CHECKING:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.base.llms.types import ChatMessage

# Both begin alike, so that an engine that has read the one knows the beginning of the other.
_PROMPT, _FOLLOW_UP = "answer", "follow-up"
_LONGEST_QUESTION = 4000
_TOP = 10
# An engine's tokenizer may need fewer tokens than tiktoken, but never this few.
_LEAST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """What answers now. While an engine is prepared, `done` and `total` count its bytes."""

    engine: str
    model: str | None
    message: str
    preparing: bool = False
    done: int = 0
    total: int = 0


class Assistant:
    """Answers questions about one collection. Safe to use from several threads.

    It starts with quotes only; `prepare` brings the engine of the settings, in this thread or,
    with `prepare_in_background`, in another while questions are answered already.
    """

    def __init__(self, library: Library, settings: Settings) -> None:
        self.library = library
        self.settings = settings
        self._engine = engines.quotes("no engine is ready yet")
        self._status = EngineStatus("quotes", None, self._engine.reason)
        self._stop = threading.Event()
        self._preparation: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop preparing, end what was started, and give the library free."""
        self._stop.set()
        if self._preparation is not None:
            self._preparation.join()
        self._engine.close()
        self.library.close()

    # Engine

    @property
    def status(self) -> EngineStatus:
        """Which engine and model answer now, or how far preparing them has come."""
        return self._status

    def prepare(self) -> None:
        """Load the engine of the settings and warm it. Raises EngineError or WeightsError."""

        def progress(done: int, total: int, what: str) -> None:
            self._status = EngineStatus("quotes", None, what, True, done, total)

        progress(0, 0, "looking for an engine")
        engine = engines.choose(self.settings, progress, self._stop, _warm)
        self._engine = engine
        self._status = EngineStatus(engine.name, engine.model, engine.reason)

    def prepare_in_background(self) -> None:
        """`prepare` in another thread; a failure is told by `status`, and quotes go on."""

        def run() -> None:
            try:
                self.prepare()
            except Exception as error:
                self._status = EngineStatus("quotes", None, f"quotes only: {error}")

        self._preparation = threading.Thread(target=run, name="prepare-engine")
        self._preparation.start()

    # Library

    def add(
        self,
        paths: str | Path | Iterable[str | Path],
        *,
        base: Path | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> AddReport:
        """Add files and folders; see `Library.add`."""
        given = [paths] if isinstance(paths, str | Path) else list(paths)
        return self.library.add([Path(path) for path in given], base=base, progress=progress)

    def remove(self, document_id: str) -> None:
        """Take a document away. Raises DocumentNotFoundError."""
        self.library.remove(document_id)

    def documents(self) -> list[DocumentSummary]:
        return self.library.documents()

    def document(self, document_id: str) -> Document:
        """The document with this id. Raises DocumentNotFoundError."""
        return self.library.document(document_id)

    # Questions

    def search(
        self, question: str, top: int = _TOP, history: Iterable[Turn] = ()
    ) -> list[Evidence]:
        """The `top` sentences that bear most on the question. Raises QuestionError."""
        return list(self.find(question, top, history).evidence)

    def find(self, question: str, top: int = _TOP, history: Iterable[Turn] = ()) -> Findings:
        """`search` with its time. Raises QuestionError."""
        started = time.monotonic()
        asked = understand(_checked(question), history)
        evidence = tuple(retrieve(self.library, asked, top))
        return Findings(asked.question, evidence, _since(started))

    def ask(self, question: str, history: Iterable[Turn] = ()) -> Answer:
        """The answer to a question. Raises QuestionError."""
        *_, answer = self.stream(question, history)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self, question: str, history: Iterable[Turn] = ()
    ) -> Generator[Evidence | str | Answer, None, None]:
        """First the evidence, best first; then the model's words, unchecked, as they come; last
        the answer. What needs no document is answered without a search and without a model.
        Closing the generator stops the engine. Raises QuestionError.
        """
        started = time.monotonic()
        asked = understand(_checked(question), history)
        if asked.kind != "question":
            names = [document.name for document in self.documents()]
            yield courtesies.reply(asked, self._engine, self.settings, names, _since(started))
            return
        evidence = retrieve(self.library, asked, _TOP)
        # What was answered before is not among the words that were asked: it may be asked again.
        searched = f"{asked.question} {asked.topic}".strip()
        reply = Reply(asked.question, searched, evidence_ms=_since(started))
        yield from evidence
        sources = choose_sources(evidence, self.settings.evidence_tokens)
        engine = self._engine
        # What the evidence is too far from is refused at once, without waiting for a model.
        if engine.llm is not None and evidence and may_answer(evidence[0], searched):
            reply = yield from self._generate(engine, asked, reply, sources, started)
        answer = compose(reply, engine, evidence, sources, self.settings)
        timings = replace(answer.timings, total_ms=_since(started))
        understood = asked.standalone if asked.leans else None
        yield replace(answer, understood=understood, timings=timings)

    def _generate(
        self,
        engine: Engine,
        asked: Asked,
        reply: Reply,
        sources: Sequence[Source],
        started: float,
    ) -> Generator[str, None, Reply]:
        prompt = prompts.load(_FOLLOW_UP if asked.leans else _PROMPT)
        messages = _messages(prompt, "\n".join(s.render() for s in sources), asked)
        counted = sum(count_tokens(message.content or "") for message in messages)
        reply = replace(reply, prompt_id=prompt.id)
        numbers = {source.number for source in sources}
        usage: dict[str, int] = {}
        pieces: list[str] = []
        try:
            with engine.errors():
                for piece in stream_citations(_deltas(engine, messages, usage), numbers):
                    if not pieces:
                        reply = replace(reply, first_token_ms=_since(started))
                    pieces.append(piece)
                    yield piece
        except EngineError as error:
            return replace(reply, failure=str(error))
        read = usage.get("prompt_tokens")
        reply = replace(reply, draft="".join(pieces).strip(), prompt_tokens=read)
        if read is not None and _was_cut(read, counted, self.settings.context_tokens):
            failure = (
                f"The engine read {read} tokens of a prompt of about {counted}: it was cut, so"
                " its answer is not used. Raise OWNGROUND_CONTEXT_TOKENS."
            )
            return replace(reply, truncated=True, failure=failure)
        return reply

    # LlamaIndex

    def as_retriever(self, top: int = _TOP) -> "BaseRetriever":
        """A LlamaIndex retriever: evidence as nodes, with document, page and offsets."""
        from qa.llamaindex import EvidenceRetriever

        return EvidenceRetriever(self, top)

    def as_query_engine(self) -> "BaseQueryEngine":
        """A LlamaIndex query engine: answers as responses, with their citations as sources."""
        from qa.llamaindex import AnswerQueryEngine

        return AnswerQueryEngine(self)


def _warm(engine: Engine) -> None:
    # The model reads the fixed instructions once, so that the first question finds them cached.
    if engine.llm is not None:
        with engine.errors():
            engine.llm.chat(_messages(prompts.load(_PROMPT), "", Asked("warming up")), max_tokens=1)


def _messages(prompt: prompts.Prompt, sources: str, asked: Asked) -> "list[ChatMessage]":
    from llama_index.core.base.llms.types import ChatMessage

    values = {"sources": sources, "question": asked.question}
    if asked.leans:
        values["earlier"] = asked.earlier
    inert = {name: _inert(value) for name, value in values.items()}
    system, user = prompt.render(refusal=prompts.REFUSAL, **inert)
    return [ChatMessage(role="system", content=system), ChatMessage(role="user", content=user)]


def _inert(text: str) -> str:
    """The text with the marks broken by which models tell one speaker from another."""
    return text.replace("<|", "< |").replace("|>", "| >").replace("[INST]", "[ INST]")


def _deltas(
    engine: Engine, messages: "Sequence[ChatMessage]", usage: dict[str, int]
) -> Iterator[str]:
    assert engine.llm is not None
    for response in engine.llm.stream_chat(messages):
        raw = response.raw if isinstance(response.raw, dict) else {}
        usage.update(raw.get("usage") or {})
        if response.delta:
            yield response.delta


def _was_cut(read: int, counted: int, context: int) -> bool:
    return read < counted * _LEAST_SHARE or read >= context


def _checked(question: str) -> str:
    text = " ".join(question.split())
    if not text:
        raise QuestionError("The question is empty. Ask something about the documents.")
    if len(text) > _LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {len(text):,} characters; {_LONGEST_QUESTION:,} is the limit."
            " Shorten it, or add the long text as a document and ask about it."
        )
    return text


def _since(started: float) -> float:
    return round((time.monotonic() - started) * 1000, 1)
