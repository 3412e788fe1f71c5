"""The vectors of sentences, in a real Chroma."""

from pathlib import Path

import numpy as np

from store.vectors import open_vectors


def test_the_count_follows_every_change(tmp_path: Path) -> None:
    """It is kept between changes, and is never that of before one."""
    vectors = open_vectors(tmp_path / "vectors", "made")
    assert vectors.count() == 0
    vectors.add(["a:0", "a:1", "b:0"], np.eye(3, dtype=np.float32))
    assert vectors.count() == vectors.count() == 3
    vectors.copy_within({"c:0": "a:0", "c:1": "unknown:0"})
    assert vectors.count() == 4
    vectors.remove("a")
    assert vectors.count() == 2
    vectors.close()
