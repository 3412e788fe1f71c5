"""Token counts, offline: the one encoding that is bundled with an installed library."""

import importlib.util
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken

ENCODING = "cl100k_base"


def count_tokens(text: str) -> int:
    """The number of `cl100k_base` tokens of `text`; marks of special tokens count as plain text."""
    return len(_encoding().encode_ordinary(text))


@cache
def _encoding() -> "tiktoken.Encoding":
    # tiktoken downloads an encoding that its cache folder lacks; LlamaIndex ships this one.
    spec = importlib.util.find_spec("llama_index.core")
    if spec is not None and spec.submodule_search_locations:
        bundled = Path(spec.submodule_search_locations[0], "_static", "tiktoken_cache")
        os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(bundled))
    import tiktoken

    return tiktoken.get_encoding(ENCODING)
