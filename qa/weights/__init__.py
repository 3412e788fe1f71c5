"""Model weights for the built-in engine: found on this machine, or downloaded and checked.

Nothing counts as weights until its size and sha256 agree with the catalogue. What came before a
download broke off is kept beside the final name (`.part`, `.parts`), so the next one goes on.
"""

from qa.weights.download import fetch
from qa.weights.entries import Packages, Weights, catalogue, describe, find, is_known, suitable
from qa.weights.local import locate

__all__ = [
    "Packages",
    "Weights",
    "catalogue",
    "describe",
    "fetch",
    "find",
    "is_known",
    "locate",
    "suitable",
]
