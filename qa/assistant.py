"""The assistant: a question goes in; evidence comes out, then an answer that cites it."""

import threading
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from qa import courtesies, engines
from qa.breadth import is_broad
from qa.compose import Reply, compose
from qa.conversation import checked_turns, understand
from qa.conversations import Conversations
from qa.dossier import Dossier
from qa.errors import QuestionError
from qa.generation import fitting_sources, generate, warm
from qa.overview import find_overview, summarise
from qa.progress import lacking_warnings
from qa.retrieval import retrieve
from qa.settings import Settings
from qa.sources import Source
from qa.status import EngineStatus, Reason
from qa.types import Answer, Findings, Turn
from qa.verify import may_answer
from store import AddReport, Document, DocumentError, DocumentSummary, Evidence, Library, Progress

if TYPE_CHECKING:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.base_retriever import BaseRetriever

_LONGEST_QUESTION = 4000
_TOP = 10


class Assistant:
    """Answers questions about one collection. Safe to use from several threads.

    It starts with quotes only; `prepare` brings the engine of the settings, in this thread or,
    with `prepare_in_background`, in another while questions are answered already. What the library
    lacks of vectors is made in the background, but not while a question is answered.
    """

    def __init__(self, library: Library, settings: Settings) -> None:
        self.library = library
        self.settings = settings
        self.conversations = Conversations(library)
        self._engine = engines.quotes(Reason("not_ready"))
        self._status = EngineStatus("quotes", None, self._engine.reason)
        self._stop = threading.Event()
        self._preparation: threading.Thread | None = None
        library.complete_in_background()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
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

    def prepare(self, progress: Callable[[EngineStatus], None] = lambda _: None) -> None:
        """Load the engine of the settings and warm it; `progress` hears every new `status`.

        Raises EngineError or WeightsError.
        """

        def tell(status: EngineStatus) -> None:
            self._status = status
            # What was stopped has not failed: there is nothing to tell any more.
            if not self._stop.is_set():
                progress(status)

        def count(done: int, total: int, reason: Reason) -> None:
            tell(EngineStatus("quotes", None, reason, True, done, total))

        tell(EngineStatus("quotes", None, Reason("looking"), preparing=True))
        self._engine = engine = engines.choose(self.settings, count, self._stop, warm)
        tell(EngineStatus(engine.name, engine.model, engine.reason))

    def prepare_in_background(
        self, progress: Callable[[EngineStatus], None] = lambda _: None
    ) -> None:
        """`prepare` in another thread; a failure is told by `status`, and quotes go on."""

        def run() -> None:
            try:
                self.prepare(progress)
            except Exception as error:
                self._status = EngineStatus("quotes", None, Reason("failed", str(error)))
                if not self._stop.is_set():
                    progress(self._status)

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
        """Add files and folders; see `Library.add`. Raises DocumentError for an empty path.

        They are found by their words when this returns.
        """
        given = [paths] if isinstance(paths, str | Path) else list(paths)
        # An empty path would be the current folder, with all that is in it.
        if any(not str(path).strip() for path in given):
            raise DocumentError("A path is empty. Give “.” if the current folder is meant.")
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
        asked = understand(checked_question(question), checked_turns(history))
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
        Closing the generator stops the engine; while the model still reads, empty words come, so
        that this is possible at any moment. Raises QuestionError.
        """
        with self.library.undisturbed():
            dossier = yield from self._investigate(question, history)
        yield dossier.answer

    def investigate(self, question: str, history: Iterable[Turn] = ()) -> Dossier:
        """The answer with all that it comes from. Raises QuestionError."""
        steps = self._investigate(question, history)
        with self.library.undisturbed():
            while True:
                try:
                    next(steps)
                except StopIteration as end:
                    dossier: Dossier = end.value
                    documents = {document.name: document.id for document in self.documents()}
                    return replace(dossier, documents=documents)

    def _investigate(
        self, question: str, history: Iterable[Turn]
    ) -> Generator[Evidence | str, None, Dossier]:
        started = time.monotonic()
        asked = understand(checked_question(question), checked_turns(history))
        engine = self._engine
        if asked.kind != "question":
            names = [document.name for document in self.documents()]
            return Dossier(courtesies.reply(asked, engine, self.settings, names, _since(started)))
        overview = find_overview(self.library, asked)
        evidence = overview.evidence if overview else tuple(retrieve(self.library, asked, _TOP))
        broad = overview is None and not asked.leans and is_broad(asked.question, evidence)
        asked = replace(asked, whole=overview is not None, broad=broad)
        # What was answered before is not among the words that were asked: it may be asked again.
        searched = f"{asked.question} {asked.topic}".strip()
        reply = Reply(
            asked.question,
            searched,
            engine.name,
            engine.model,
            engine.digest,
            _since(started),
            understood=asked.standalone if asked.leans else None,
            names=self.library.names,
            broad=broad,
            warnings=overview.warnings if overview else (),
        )
        yield from evidence
        sources: tuple[Source, ...] = ()
        # What the evidence is too far from is refused at once, without waiting for a model; and
        # of a collection every document's own sentence tells more than a model's three.
        is_near = bool(evidence) and may_answer(evidence[0], searched)
        if not (overview or is_near):
            reply = replace(reply, warnings=lacking_warnings(self.library.embedding_progress()))
        if engine.llm is not None and (overview.of_one if overview else is_near):
            sources, warning = fitting_sources(evidence, asked, self.settings)
            reply = replace(reply, warnings=(*reply.warnings, *filter(None, [warning])))
            if sources:
                context = self.settings.context_tokens
                reply = yield from generate(engine, asked, reply, sources, context, started)
        answer = (summarise if overview else compose)(reply, evidence, sources)
        timings = replace(answer.timings, total_ms=_since(started))
        answer = replace(answer, timings=timings)
        return Dossier(answer, reply, evidence, sources, is_overview=overview is not None)

    # LlamaIndex

    def as_retriever(self, top: int = _TOP) -> "BaseRetriever":
        """A LlamaIndex retriever: evidence as nodes, with document, page and offsets."""
        from qa.llamaindex import EvidenceRetriever

        return EvidenceRetriever(self, top)

    def as_query_engine(self) -> "BaseQueryEngine":
        """A LlamaIndex query engine: answers as responses, with their citations as sources."""
        from qa.llamaindex import AnswerQueryEngine

        return AnswerQueryEngine(self)


def checked_question(question: object) -> str:
    """A question on one line. Raises QuestionError for what is none."""
    if not isinstance(question, str):
        raise QuestionError("The question is no text. Ask in words.")
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
