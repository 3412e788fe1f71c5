"""The usual LlamaIndex starter, to measure against: its defaults, our embedding, model, documents.

    python -m evals.starter PACK [--limit N] [--documents N] [--seed S] [--engine E] [--model M]
                                 [--data DIR] [--out DIR]

Chunks of 1,024 tokens that overlap by 200 (`SentenceSplitter`), the two nearest by cosine in a
`VectorStoreIndex` (in memory and exact, as its own tutorial has it), its question prompt and the
response mode "compact". LlamaIndex's global `Settings` are neither read for a model nor changed.
It knows no earlier turns and cites nothing. It has no way to refuse either: `declines` says which
of its replies count as a refusal.
"""

import argparse
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from llama_index.core import Document as LlamaDocument
from llama_index.core import PromptHelper, VectorStoreIndex, get_response_synthesizer
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.callbacks import CallbackManager, TokenCountingHandler
from llama_index.core.indices.prompt_helper import ChatPromptHelper
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import NodeWithScore, QueryBundle

import qa
from evals.model import load_engine
from evals.report import summary_lines
from evals.run import run_pack, say
from qa import Answer, Document, DocumentSummary, Evidence, Timings, Turn
from qa.engines import Engine
from qa.settings import EngineName

if TYPE_CHECKING:
    from llama_index.core.base.response.schema import StreamingResponse

NAME = "LlamaIndex starter"
PROMPT_ID = "llama-index text_qa"
TOP = 2

# A reply refuses if its first sentence says that the sources, or whoever writes, do not have it.
_SAYS_NOT = (
    r"mention|provide|contain|specif|state|include|give|indicate|say|discuss|address|have|offer"
)
_DECLINES = re.compile(
    rf"\b(?:context|text|passage|document|information|article|source)s?\b.{{0,80}}\b(?:do|does|did)"
    rf"(?: not|n['’]t) (?:\w+ )?(?:{_SAYS_NOT})"
    r"|\b(?:is|are|was|were)(?: not|n['’]t) (?:\w+ )?(?:mentioned|provided|specified|stated|given"
    r"|available|included|found|known)\b.{0,40}\b(?:context|text|passage|document|information)"
    r"|\b(?:no|not enough|insufficient) (?:\w+ )?(?:information|mention|answer|context)\b"
    r"|\b(?:unable|not able|not possible|impossible) to (?:answer|determine|find|provide|say)"
    r"|\b(?:cannot|can't|could not|can not) (?:be )?(?:answer|determine|find|provide)"
    r"|\bI(?:['’]m sorry| do not know| don['’]t know| apologi[sz]e)"
    r"|알 수 없|(?:언급|제공|명시|포함)되(?:어|지) 있?지? ?않|나와 있지 않|정보가 없|찾을 수 없"
    r"|답할 수 없"
    r"|(?:沒有|没有|未)(?:\S{0,6})(?:提供|提到|提及|說明|说明|資訊|信息|記載|记载)"
    r"|(?:無法|无法|不能)(?:\S{0,4})(?:回答|確定|确定|得知|判斷|判断)|мэдээлэл (?:байхгүй|алга)",
    re.IGNORECASE,
)


def declines(reply: str) -> bool:
    """Whether a reply counts as a refusal: it is empty, or its first sentence declines."""
    text = reply.strip()
    first = next((text[s.start : s.end] for s in qa.split_sentences(text)), "")
    return text in ("", "Empty Response") or bool(_DECLINES.search(first))


@contextmanager
def starter(
    assistant: qa.Assistant, *, engine: EngineName | None, model: str | None
) -> Iterator["Starter"]:
    """The starter over the assistant's documents. Raises PackError where no model can be had."""
    chosen = load_engine(qa.read_settings(engine=engine, model=model))
    try:
        yield Starter(assistant, chosen)
    finally:
        chosen.close()


class Starter:
    """Answers as the starter does, in the shape that `evals.run.Answering` asks for."""

    def __init__(self, assistant: qa.Assistant, engine: Engine) -> None:
        assert engine.llm is not None
        self._assistant, self._engine = assistant, engine
        self._tokens = TokenCountingHandler()
        manager = CallbackManager([self._tokens])
        engine.llm.callback_manager = manager
        index = VectorStoreIndex.from_documents(
            [_llama_document(assistant.document(one.id)) for one in assistant.documents()],
            embed_model=_Embedding(assistant.library.embedder),
            transformations=[SentenceSplitter()],
            callback_manager=manager,
        )
        synthesizer = get_response_synthesizer(
            llm=engine.llm,
            prompt_helper=PromptHelper.from_llm_metadata(engine.llm.metadata),
            chat_prompt_helper=ChatPromptHelper.from_llm_metadata(engine.llm.metadata),
            callback_manager=manager,
            streaming=True,
        )
        self._query_engine = RetrieverQueryEngine(
            index.as_retriever(similarity_top_k=TOP), synthesizer, callback_manager=manager
        )

    def documents(self) -> Sequence[DocumentSummary]:
        return self._assistant.documents()

    def document(self, document_id: str) -> Document:
        return self._assistant.document(document_id)

    def search(
        self,
        question: str,
        top: int = TOP,
        history: Iterable[Turn] = (),  # noqa: ARG002
    ) -> list[Evidence]:
        """The chunks that the prompt would hold: two at the most."""
        nodes = self._query_engine.retrieve(QueryBundle(question))
        return [self._evidence(node) for node in nodes[:top]]

    def ask(self, question: str, history: Iterable[Turn] = ()) -> Answer:  # noqa: ARG002
        started = time.perf_counter()

        def since() -> float:
            return (time.perf_counter() - started) * 1000

        self._tokens.reset_counts()
        first_token_ms, pieces = None, []
        with self._engine.errors():
            query = QueryBundle(question)
            nodes = self._query_engine.retrieve(query)
            evidence_ms = since()
            response = cast("StreamingResponse", self._query_engine.synthesize(query, nodes))
            for piece in response.response_gen:
                if piece and first_token_ms is None:
                    first_token_ms = since()
                pieces.append(piece)
        reply = "".join(pieces).strip()
        return Answer(
            question=question,
            answer=reply,
            refused=declines(reply),
            sentences=(),
            citations=(),
            nearest=(),
            engine=self._engine.name,
            model=self._engine.model,
            prompt_id=PROMPT_ID,
            prompt_tokens=self._tokens.prompt_llm_token_count,
            context_tokens=self._assistant.settings.context_tokens,
            timings=Timings(evidence_ms, first_token_ms, since()),
            draft=reply,
        )

    def _evidence(self, found: NodeWithScore) -> Evidence:
        node: Any = found.node
        document = self._assistant.document(node.ref_doc_id)
        start, end = node.start_char_idx or 0, node.end_char_idx or 0
        score = found.score or 0.0
        place = (document.page_at(start), document.text[start:end], start, end, "", "")
        return Evidence(document.id, document.name, "", "", *place, score, score, 0.0)


class _Embedding(BaseEmbedding):
    """The library's embedding model behind LlamaIndex's interface."""

    _embedder: Any = PrivateAttr()

    def __init__(self, embedder: Any) -> None:
        super().__init__(model_name=embedder.identity, callback_manager=CallbackManager())
        self._embedder = embedder

    def _get_query_embedding(self, query: str) -> list[float]:
        return list(map(float, self._embedder.question(query)))

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [list(map(float, vector)) for vector in self._embedder.passages(texts)]


def _llama_document(document: Document) -> LlamaDocument:
    # Its file reader shows a model the path alone.
    return LlamaDocument(id_=document.id, text=document.text, metadata={"file_path": document.name})


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        evaluation = run_pack(
            options.pack,
            limit=options.limit,
            documents=options.documents,
            seed=options.seed,
            engine="quotes",
            model=None,
            stage="answers",
            data=options.data,
            out=options.out or Path("runs", f"{options.pack.resolve().name}-starter"),
            progress=say,
            system=NAME,
            opening=partial(starter, engine=options.engine, model=options.model),
        )
    except qa.OwngroundError as error:
        sys.stderr.write(f"starter: {error}\n")
        return 1
    sys.stdout.write("\n".join(summary_lines(evaluation)) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals.starter", description=NAME)
    parser.add_argument("pack", type=Path, metavar="PACK")
    parser.add_argument("--limit", type=int, metavar="N", help="this many questions")
    parser.add_argument("--documents", type=int, metavar="N", help="this many other ones")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engine", choices=get_args(EngineName))
    parser.add_argument("--model", metavar="M")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the folder of the collections")
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: runs/PACK-starter")
    return parser


if __name__ == "__main__":
    sys.exit(main())
