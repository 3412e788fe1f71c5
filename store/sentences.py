"""Where sentences end, in any script. The one file that meets sentencex."""

import re
from collections.abc import Iterator
from itertools import pairwise

import sentencex

from store.types import Sentence

CLOSERS = r"[\"'”’»)\]）」』】》〉]"
SENTENCE_END = re.compile(rf"[.!?。！？…؟।॥]{CLOSERS}*$")
LETTER = re.compile(r"[^\W_]")
# Beyond so many characters the segmenter is quadratic.
_WINDOW = 4_000
# So many characters tell what script a text is in.
_SAMPLE = 2_000
_SCRIPTS = {
    "ko": re.compile(r"[\u1100-\u11ff\uac00-\ud7a3]"),
    "ja": re.compile(r"[\u3041-\u30ff]"),
    "zh": re.compile(r"[\u3400-\u9fff\uf900-\ufaff]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "en": re.compile(r"[A-Za-z\u00c0-\u024f]"),
}
UNCASED = ("ko", "ja", "zh", "th", "ar", "hi")
_ABBREVIATION = re.compile(r"\b(?:e\.\s?g|i\.\s?e|cf|vs|viz)\.$", re.IGNORECASE)
_BEFORE_NUMBER = re.compile(
    r"\b(?:nos?|arts?|figs?|secs?|approx|pp?|vol|ch|ca|nr|abs|стр|гл|ст|рис|табл|изд|ок)\.$",
    re.IGNORECASE,
)
_MONTH = re.compile(
    r"(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b"
)
# A digit right behind such a stop begins a sentence: a full-width stop is no decimal point, nor is
# the one behind a Korean verb. A short number that stands alone there is a footnote's mark.
_DIGIT_BEHIND_STOP = re.compile(
    r"(?:(?<=[。！？])[」』”’）)]*|(?<=[가-힣][다요까죠][.!?])[\"'”’」』)]*)"
    r"\d(?!\d{0,2}(?:[)）\]\s]|$))"
)
# What belongs to a sentence although it stands behind its stop: marks of references, brackets.
_TAIL = re.compile(r"(?:[)\]）」』】》〉’”»]|\[[^\]]{1,60}\]|:\d[\d:–-]*)+(?=\s|$)")
_CLOSING = re.compile(r"[)\]）」』】》〉’”»]")
_NUMBERING = re.compile(r"\(?(?:\d{1,4}|[A-Za-z]|[IVX]{1,4}|[가-하])[.)]$")
_SHORT_WORD = re.compile(r"(?:^|[\s.])[^\W\d_]{1,3}\.$")
_TITLE_END = re.compile(r"[!?！？…][》〉]$")
_QUOTATION_END = re.compile(r"[.!?。！？…][\"'”’」』]$")
_OPENERS = "\"'“‘「『"


def split_sentences(text: str) -> list[Sentence]:
    """The sentences of a short text that has no structure but lines, such as an answer."""
    found: list[Sentence] = []
    for line in re.finditer(r"[^\n]+", text):
        for start, end in pairwise([0, *sentence_stops(line.group())]):
            part = line.group()[start:end]
            if LETTER.search(part):
                left = line.start() + start + len(part) - len(part.lstrip())
                found.append(Sentence(left, line.start() + start + len(part.rstrip())))
    return found


def script_language(text: str) -> str:
    """The ISO 639-1 code of a language that punctuates as the text's dominant script does."""
    if text[:_SAMPLE].isascii():
        return "en"
    counts = {code: len(script.findall(text[:_SAMPLE])) for code, script in _SCRIPTS.items()}
    if counts["ja"] * 10 > counts["zh"]:
        counts["ja"] += counts["zh"]
    language = max(counts, key=counts.__getitem__)
    return language if counts[language] else "en"


def sentence_stops(block: str) -> Iterator[int]:
    """The offsets at which the block's sentences end."""
    language = script_language(block)
    pieces = list(_segments(block, language))
    stop = 0
    for piece, following in pairwise([*pieces, ""]):
        stop += len(piece)
        tail = None if piece[-1].isspace() else _TAIL.match(following)
        if tail and tail[0] != following.rstrip():
            yield stop + len(tail[0])
        elif not following or not (tail or _belongs(piece, following, language)):
            yield stop


def _segments(block: str, language: str) -> Iterator[str]:
    # The segmenter never stops before a digit: it is shown a letter there.
    shown = _DIGIT_BEHIND_STOP.sub(lambda found: found[0][:-1] + "一", block)
    at, size = 0, _WINDOW
    while at < len(block):
        pieces = sentencex.segment(language, shown[at : at + size])
        if at + size < len(block):
            # The last piece may go on behind the window.
            pieces = pieces[:-1]
        for piece in pieces:
            yield block[at : at + len(piece)]
            at += len(piece)
        size = _WINDOW if pieces else 2 * size


def _belongs(left: str, right: str, language: str) -> bool:
    """Whether a piece goes on with the sentence that the one before it began."""
    before, after = left.strip(), right.strip()
    if not LETTER.search(after) or _CLOSING.match(after) or _TITLE_END.search(left):
        return True
    if _ABBREVIATION.search(before) or _NUMBERING.fullmatch(before):
        return True
    if before[-2:-1].isdigit() and before.endswith((".", "．")):
        return bool(_MONTH.match(after)) or (language in UNCASED and after[0].isdigit())
    if after[0].isdigit():
        return bool(_BEFORE_NUMBER.search(before))
    if after[0].islower():
        return bool(_SHORT_WORD.search(before) or _QUOTATION_END.search(before))
    if left[-1].isspace() or right[0].isspace() or not _QUOTATION_END.search(before):
        return False
    if language == "ko" or (language == "ja" and "ぁ" <= after[0] <= "ん"):
        return True
    return language in ("zh", "ja") and before[0] in _OPENERS and after[0] not in _OPENERS
