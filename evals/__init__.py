"""How good the answers are: question packs, scores, and reports of them.

`run_pack` does all of `qa eval`; `evaluate` asks any assistant that searches and answers.
"""

from evals.errors import PackError
from evals.packs import choose, load_pack, needed_documents
from evals.report import summary_lines, write_report
from evals.run import Answering, evaluate, run_pack
from evals.types import Evaluation, GoldPassage, Metric, Pack, Question, Record, Stage

__all__ = [
    "Answering",
    "Evaluation",
    "GoldPassage",
    "Metric",
    "Pack",
    "PackError",
    "Question",
    "Record",
    "Stage",
    "choose",
    "evaluate",
    "load_pack",
    "needed_documents",
    "run_pack",
    "summary_lines",
    "write_report",
]
