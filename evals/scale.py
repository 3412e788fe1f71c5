"""How the library behaves as it grows.

    python -m evals.scale [--sentences N…] [--seed S] [--data DIR] [--out DIR]

Documents of 200 sentences are added until there are so many; at each size a new process opens the
library and asks 100 questions. Prints Markdown, a row a size; `--out` gets `scale.json` and a
chart.

The text is made: words of a vocabulary of 50,000, as frequent as Zipf's law has it, 18 a sentence
and between them what English has; a question is six words of one of the sentences. So are the
vectors: the mean of its words' random directions, of 384 dimensions as the built-in embedding's
are. Embedding itself is left out, since it takes as long for every sentence; what is measured is
all that depends on how many there are.
"""

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import psutil

import qa
from evals.chart import Series, chart
from evals.report import writing
from evals.run import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIZES = (1_000, 10_000, 100_000)
_VOCABULARY, _WORDS, _SENTENCES, _ASKED, _QUESTIONS = 50_000, 18, 200, 6, 100
_DIMENSIONS = 384
_CONSONANTS = "bcdfghjklmnpqrtvwxz"


@dataclass(frozen=True, slots=True)
class Point:
    """What was measured at a size.

    `words` and `vectors` are sentences a second as they were added; times are in milliseconds but
    for `open_seconds`; `memory` is what a process has that has answered the questions, `disk` what
    the folder takes, in bytes; `first` is the share of questions whose sentence comes first.
    """

    sentences: int
    words: float
    vectors: float
    open_seconds: float
    median: float
    p95: float
    first: float
    memory: int
    disk: int


class Made:
    """Documents that are made, their questions and their vectors, all by a seed."""

    identity = "made/384"

    def __init__(self, seed: int) -> None:
        import numpy as np

        self._seed = seed
        self._words = [_word(number) for number in range(_VOCABULARY)]
        self._numbers = {word: number for number, word in enumerate(self._words)}
        rank = np.arange(1, _VOCABULARY + 1)
        self._frequency = (1 / rank) / (1 / rank).sum()
        directions = np.random.default_rng(seed).standard_normal((_VOCABULARY, _DIMENSIONS))
        self._directions = directions.astype(np.float32)

    def sentences(self, document: int) -> list[str]:
        """The sentences of a document, by its number."""
        import numpy as np

        drawn = np.random.default_rng((self._seed, document)).choice(
            _VOCABULARY, size=(_SENTENCES, _WORDS), p=self._frequency
        )
        return [self._sentence(row) for row in drawn.tolist()]

    def asked(self, documents: int) -> list[tuple[str, str]]:
        """Questions, each with the sentence that it is about."""
        import numpy as np

        dice = np.random.default_rng((self._seed, documents, 1))
        found = []
        for _ in range(_QUESTIONS):
            sentence = self.sentences(int(dice.integers(documents)))[int(dice.integers(_SENTENCES))]
            words = dice.choice(self._known(sentence), size=_ASKED, replace=False)
            found.append((" ".join(words) + "?", sentence))
        return found

    def question(self, text: str) -> "NDArray[np.float32]":
        vector: NDArray[np.float32] = self.passages([text])[0]
        return vector

    def passages(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        import numpy as np

        numbered = ([self._numbers[word] for word in self._known(text)] for text in texts)
        vectors = np.stack([self._directions[numbers].mean(axis=0) for numbers in numbered])
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def _sentence(self, numbers: Sequence[int]) -> str:
        words = [self._words[number] for number in numbers]
        first, second, third = (" ".join(words[part::3]) for part in range(3))
        return f"The {first} and {second} with {third}."

    def _known(self, text: str) -> list[str]:
        """Its words without what English has between them."""
        return [word for word in text.strip(".?").split() if word in self._numbers]


def grow(data: Path, sizes: Sequence[int], seed: int) -> Iterator[Point]:
    """A library grown to each of the sizes, and measured there."""
    made = Made(seed)
    texts = data / "texts"
    texts.mkdir(parents=True)
    written = 0
    for size in sorted(sizes):
        start = time.perf_counter()
        with qa.Library(data / "library", made) as library:
            new = range(written, size // _SENTENCES)
            for number in new:
                path = texts / f"{number}.txt"
                path.write_text("\n\n".join(made.sentences(number)), encoding="utf-8")
            added = time.perf_counter()
            library.add([texts / f"{number}.txt" for number in new])
            embedded = time.perf_counter()
            library.complete()
            done = time.perf_counter()
        say(f"{size} sentences: made in {added - start:.0f} s, in after {done - added:.0f} s")
        count, written = len(new) * _SENTENCES, size // _SENTENCES
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=spawn) as pool:
            measured = pool.submit(_measure, data / "library", seed, written).result()
        yield Point(
            sentences=size,
            words=count / (embedded - added),
            vectors=count / (done - embedded),
            disk=sum(one.stat().st_size for one in (data / "library").rglob("*") if one.is_file()),
            **measured,
        )


def table(points: Sequence[Point]) -> str:
    """The points as a Markdown table."""
    head = "| sentences | words in a s | vectors in a s | open, s | evidence, ms | p95 | first"
    rows = [f"{head} | memory, MB | disk, MB |", "|---:" * 9 + "|"]
    rows += [
        f"| {one.sentences:,} | {one.words:,.0f} | {one.vectors:,.0f} | {one.open_seconds:.1f}"
        f" | {one.median:.0f} | {one.p95:.0f} | {one.first:.2f} | {one.memory / 1e6:,.0f}"
        f" | {one.disk / 1e6:,.0f} |"
        for one in points
    ]
    return "\n".join(rows) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        with ExitStack() as stack:
            data = options.data or Path(
                stack.enter_context(TemporaryDirectory(prefix="ownground-scale-"))
            )
            points = list(grow(data, options.sentences, options.seed))
        if options.out is not None:
            with writing(options.out):
                _write(options.out, points)
    except qa.OwngroundError as error:
        sys.stderr.write(f"scale: {error}\n")
        return 1
    sys.stdout.write(table(points))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals.scale")
    parser.add_argument("--sentences", type=int, nargs="+", metavar="N", default=SIZES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, metavar="DIR", help="an empty folder to grow it in")
    parser.add_argument("--out", type=Path, metavar="DIR", help="for scale.json and scale.svg")
    return parser


def _measure(folder: Path, seed: int, documents: int) -> dict[str, Any]:
    """In a process of its own: what has been there before would count as the library's."""
    made = Made(seed)
    asked = made.asked(documents)
    before = psutil.Process().memory_info().rss
    start = time.perf_counter()
    with qa.Library(folder, made) as library:
        library.search(asked[0][0])
        opened = time.perf_counter() - start
        times, first = [], 0
        for question, sentence in asked:
            start = time.perf_counter()
            found = library.search(question)
            times.append((time.perf_counter() - start) * 1000)
            first += found[0].text == sentence
        memory = psutil.Process().memory_info().rss - before
    times.sort()
    return {
        "open_seconds": opened,
        "median": times[len(times) // 2],
        "p95": times[len(times) * 95 // 100],
        "first": first / len(asked),
        "memory": memory,
    }


def _write(out: Path, points: Sequence[Point]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(point) for point in points], indent=2)
    (out / "scale.json").write_text(text + "\n", encoding="utf-8")
    series = [
        Series("evidence, ms", tuple((one.sentences, one.median) for one in points)),
        Series("evidence p95, ms", tuple((one.sentences, one.p95) for one in points)),
        Series("memory, MB", tuple((one.sentences, one.memory / 1e6) for one in points)),
        Series("disk, MB", tuple((one.sentences, one.disk / 1e6) for one in points)),
        Series("words, sentences a s", tuple((one.sentences, one.words) for one in points)),
        Series("vectors, sentences a s", tuple((one.sentences, one.vectors) for one in points)),
        Series("open, ms", tuple((one.sentences, one.open_seconds * 1000) for one in points)),
    ]
    (out / "scale.svg").write_text(chart(series, "sentences"), encoding="utf-8")


def _word(number: int) -> str:
    """A word that stands for a number: no two are alike, nor have the same stem."""
    letters = ""
    while number or not letters:
        number, letter = divmod(number, len(_CONSONANTS))
        letters += _CONSONANTS[letter] + "a"
    return letters + "k"


if __name__ == "__main__":
    sys.exit(main())
