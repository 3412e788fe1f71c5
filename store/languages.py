"""Which language a text is in, for what depends on more than its script. The one file that meets
py3langid.
"""

from copy import copy
from functools import cache
from typing import TYPE_CHECKING

from store.sentences import script_language

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# Languages that share a script, by the one for which `script_language` takes it. Others of the
# Latin script are left out: the more there are, the more short texts are taken for one of them.
_SHARING = {
    "en": (
        *("en", "da", "de", "es", "fi", "fr", "hu", "id", "it"),
        *("nl", "no", "pl", "pt", "ro", "sv", "tr", "vi"),
    ),
    "ru": ("ru", "bg", "kk", "ky", "mk", "mn", "sr", "uk"),
    "ar": ("ar", "fa", "ur"),
    "hi": ("hi", "mr", "ne"),
}
# So many characters tell a language: of XQuAD's paragraphs in twelve languages 0.99 and more are
# told right, and of its questions 0.97 and more.
_SAMPLE = 400
# Three of these, which no other of the languages has, tell English in a tenth of the time.
_ENGLISH = frozenset(("the", "and", "that", "with", "by", "from", "which", "this", "their"))


def text_language(text: str) -> str:
    """The ISO 639-1 code of the language that a text is in, as its script and its words tell it."""
    sample = text[:_SAMPLE]
    script = "en" if sample.isascii() else script_language(sample)
    if script not in _SHARING or not any(map(str.isalpha, sample)):
        return script
    if script == "en" and len(_ENGLISH.intersection(sample.lower().split())) >= 3:
        return "en"
    told: str = _identifier(script).classify(sample)[0]
    return told


@cache
def _identifier(script: str) -> "LanguageIdentifier":
    identifier = copy(_model())
    identifier.set_languages(_SHARING[script])
    return identifier


@cache
def _model() -> "LanguageIdentifier":
    """The model of all languages, which takes half a second to unpack."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)
