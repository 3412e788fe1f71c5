"""Conversation: a question that leans on earlier turns becomes one that stands alone."""

import re
from collections.abc import Sequence

from qa.types import Turn
from store import question_terms

# Words that point back: a question with one of them leans on what was said before.
_POINTING = re.compile(
    r"^(?:and|but|so|what about|how about|why|then)\b"
    r"|\b(?:it|its|they|them|their|he|she|his|her|him|this|that|these|those|one|there)\b"
    r"|^(?:그|이|저|그럼|그러면|그런데|그리고|왜)(?:\s|것|건|게|걸|곳|분|들|가|는)"
    r"|^那|^它|^他|^她|^這|^为什么|^為什麼|[它他她]們?的|^(?:тэр|энэ|түүний|яагаад|харин)\b",
    re.IGNORECASE,
)
_FEW_TERMS = 2


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question, led by the last one that was asked if it cannot be understood without it."""
    earlier = [turn["content"] for turn in history if turn["role"] == "user"]
    if not earlier or not leans(question):
        return question
    return f"{earlier[-1]} {question}"


def leans(question: str) -> bool:
    """Whether the question points back, or holds too few terms to be searched alone."""
    return bool(_POINTING.search(question)) or len(question_terms(question)) <= _FEW_TERMS
