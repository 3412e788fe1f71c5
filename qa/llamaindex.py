"""The assistant's parts for LlamaIndex: a retriever over evidence, a query engine over answers."""

from typing import TYPE_CHECKING

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.prompts.mixin import PromptDictType, PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from qa.types import Citation
from store import Evidence

if TYPE_CHECKING:
    from qa.assistant import Assistant

_REFUSED = "The documents do not say."


class EvidenceRetriever(BaseRetriever):
    """Retrieves sentences: a node's metadata names its document, page and place in the text."""

    def __init__(self, assistant: "Assistant", top: int) -> None:
        super().__init__()
        self._assistant = assistant
        self._top = top

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._assistant.search(query_bundle.query_str, self._top)
        return [NodeWithScore(node=_node(evidence), score=evidence.score) for evidence in found]


class AnswerQueryEngine(BaseQueryEngine):
    """Answers queries: a response's source nodes are its citations, its metadata the Answer."""

    def __init__(self, assistant: "Assistant") -> None:
        super().__init__(callback_manager=None)
        self._assistant = assistant

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _get_prompts(self) -> PromptDictType:
        return {}

    def _update_prompts(self, prompts_dict: PromptDictType) -> None:
        """Prompts are files of this project, and are not replaced from outside."""

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        answer = self._assistant.ask(query_bundle.query_str)
        nodes = [NodeWithScore(node=_node(citation)) for citation in answer.citations]
        told = _REFUSED if answer.refused else answer.answer
        return Response(told, source_nodes=nodes, metadata=answer.to_dict())

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        import asyncio

        return await asyncio.to_thread(self._query, query_bundle)


def _node(found: Evidence | Citation) -> TextNode:
    return TextNode(
        id_=f"{found.document_id}:{found.start}-{found.end}",
        text=found.text,
        metadata={"document": found.document, "page": found.page},
        start_char_idx=found.start,
        end_char_idx=found.end,
    )
