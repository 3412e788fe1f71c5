import sys
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from store.vectors import SentenceVectors

SECRET = "4f14b1d66ad0342e"


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone fills what it allocates")
def test_an_index_holds_nothing_of_what_was_in_memory_before(tmp_path: Path) -> None:
    """Its file has room for more vectors than there are, and that room is written too."""
    left = []
    for turn in range(30):
        (tmp_path / str(turn)).mkdir()
        ids = [f"{SECRET}:{number}" for number in range(40)] + ["other:0", "other:1"]
        vectors = SentenceVectors(tmp_path / str(turn) / "vectors", "a-model")
        vectors.add(ids, np.eye(len(ids), 384, dtype=np.float32))
        vectors.nearest(np.eye(1, 384, dtype=np.float32)[0], 2)
        vectors.remove(SECRET)
        fresh = vectors.copy(ids[-2:], Event())
        assert fresh is not None
        vectors.close()
        fresh.close()
        files = [path for path in fresh.folder.rglob("*") if path.is_file()]
        left += [path.name for path in files if SECRET.encode() in path.read_bytes()]
    assert left == []
