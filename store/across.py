"""Search across languages: a question moved to where the sentences of another language are.

A multilingual embedding puts sentences of one language nearer to one another than to those of
another that say the same. What a language's sentences have in common is their mean: with the
question's exchanged for theirs, cosines compare what is said (Libovický, Rosa and Fraser, 2020,
“On the Language Neutrality of Pre-trained Multilingual Representations”). Languages are told by
their scripts.
"""

from collections.abc import Mapping
from itertools import islice

from store.database import Database, StoredPassage
from store.embedding import Vectors
from store.search import score_passages
from store.sentences import script_language
from store.types import Evidence, sentence_id
from store.vectors import SentenceVectors

# The mean of so many sentences stands for a language; of fewer than the least it would be theirs.
_SAMPLE, _LEAST = 200, 8
# So many sentences of each other language are looked at.
_CANDIDATES = 20


def language_means(database: Database, vectors: SentenceVectors) -> dict[str, Vectors]:
    """The mean vector of a sample of each language's sentences, by language."""
    names: dict[str, list[str]] = {}
    for passage in database.sample():
        for name, language in _sentences(passage):
            names.setdefault(language, []).append(name)
    samples = {
        language: vectors.vectors_of(list(islice(listed, _SAMPLE)))[1]
        for language, listed in names.items()
        if len(listed) >= _LEAST
    }
    return {language: sample.mean(axis=0) for language, sample in samples.items() if len(sample)}


def search_across(
    question: str,
    vector: Vectors,
    means: Mapping[str, Vectors],
    database: Database,
    vectors: SentenceVectors,
    top: int,
) -> list[Evidence]:
    """The `top` sentences in other languages that bear most on the question, best first.

    None where the question's own language is not among the `means`: nothing could be exchanged.
    """
    asked = script_language(question)
    found: list[Evidence] = []
    for language in means.keys() - {asked} if asked in means else ():
        nearest = vectors.nearest(_moved(vector, means[asked], means[language]), _CANDIDATES)
        passages = database.passages(database.passage_keys(list(nearest)))
        scored = score_passages(question, nearest, passages, database)
        found += [one for one in scored if one.similarity and script_language(one.text) == language]
    return sorted(found, key=lambda one: -one.score)[:top]


def _moved(vector: Vectors, here: Vectors, there: Vectors) -> Vectors:
    import numpy as np

    moved = vector - here + there
    return np.asarray(moved / np.linalg.norm(moved), dtype=np.float32)


def _sentences(passage: StoredPassage) -> list[tuple[str, str]]:
    """The passage's sentences by id, each with its language."""
    numbered = zip(passage.ordinals, passage.sentences, strict=True)
    return [
        (
            sentence_id(passage.document_id, ordinal),
            script_language(passage.sentence_text(sentence)),
        )
        for ordinal, sentence in numbered
    ]
