"""Retrieval beside its two halves: the words alone (BM25) and the vectors alone.

    python -m evals.retrieval PACK… [--limit N] [--documents N] [--seed S] [--data DIR] [--out DIR]

Prints Markdown: for each pack a row a system. `hit@k` is how often one of the first k is from a
gold passage, `all gold@10` how often each gold passage of a multi-hop question is, and `evidence@5`
how often the first five with their neighbours give the answer. Words alone give one passage after
another, each by its best sentence; all else gives sentences.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import qa
from evals.run import OURS, Answering, run_pack, say
from evals.types import Evaluation
from qa import Answer, Document, DocumentSummary, Evidence, Turn

Search = Callable[[str, int], Sequence[Evidence]]
# Makes what is measured of the assistant that holds the documents.
Opening = Callable[[qa.Assistant], AbstractContextManager[Answering]]

_COLUMNS = {
    "hit@1": "recall@1",
    "hit@5": "recall@5",
    "hit@10": "recall@10",
    "MRR": "mrr@10",
    "all gold@10": "all_gold@10",
    "evidence@5": "evidence_contains_answer@5",
}


@dataclass(frozen=True, slots=True)
class Half:
    """An assistant that searches by one half of what it has."""

    assistant: qa.Assistant
    find: Search

    def search(
        self, question: str, top: int = 10, history: Iterable[Turn] = ()
    ) -> Sequence[Evidence]:
        """What that half finds; earlier turns stand before the question."""
        said = [turn["content"] for turn in history if turn["role"] == "user"]
        return self.find(" ".join([*said[-1:], question]), top)

    def ask(self, question: str, history: Iterable[Turn] = ()) -> Answer:
        raise NotImplementedError

    def documents(self) -> Sequence[DocumentSummary]:
        return self.assistant.documents()

    def document(self, document_id: str) -> Document:
        return self.assistant.document(document_id)


SYSTEMS: Mapping[str, Opening] = {
    OURS: nullcontext,
    "words alone": lambda one: nullcontext(Half(one, one.library.search_words)),
    "vectors alone": lambda one: nullcontext(Half(one, one.library.search_meaning)),
}


def measure(
    pack: Path, *, limit: int | None, documents: int | None, seed: int, data: Path, out: Path
) -> Iterator[Evaluation]:
    """The evaluation of each system on a pack. Raises PackError."""
    for system, opening in SYSTEMS.items():
        yield run_pack(
            pack,
            limit=limit,
            documents=documents,
            seed=seed,
            engine="quotes",
            model=None,
            stage="retrieval",
            data=data,
            out=out / pack.name / system.replace(" ", "-"),
            progress=say,
            system=system,
            opening=opening,
        )


def table(evaluations: Sequence[Evaluation]) -> str:
    """The figures as a Markdown table; a dash where a pack has none."""
    rows = [["pack", "n", "system", *_COLUMNS, "ms"]]
    rows.append(["---"] * len(rows[0]))
    rows += [
        [one.pack, str(len(one.records)), one.system]
        + [_cell(one, name) for name in _COLUMNS.values()]
        + [f"{one.timings['evidence_ms'].median:.0f}"]
        for one in evaluations
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="ownground-retrieval-")))
            found = [
                one
                for pack in options.packs
                for one in measure(
                    pack,
                    limit=options.limit,
                    documents=options.documents,
                    seed=options.seed,
                    data=options.data or folder / "data",
                    out=options.out or folder / "runs",
                )
            ]
    except qa.OwngroundError as error:
        sys.stderr.write(f"retrieval: {error}\n")
        return 1
    sys.stdout.write(table(found))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals.retrieval")
    parser.add_argument("packs", nargs="+", type=Path, metavar="PACK")
    parser.add_argument("--limit", type=int, metavar="N", help="this many questions of each")
    parser.add_argument("--documents", type=int, metavar="N", help="with this many others")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep the libraries there")
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep the reports there")
    return parser


def _cell(evaluation: Evaluation, name: str) -> str:
    metric = evaluation.metrics.get(name)
    return f"{metric.value:.3f}" if metric else "–"


if __name__ == "__main__":
    sys.exit(main())
