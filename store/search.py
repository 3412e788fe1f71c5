"""Hybrid search: passages by fused ranks, then the sentences in them that bear on the question."""

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from itertools import chain
from typing import TypeVar

from store.database import Database, StoredPassage
from store.embedding import Embedder, Vectors
from store.expected import expected, tells
from store.terms import question_terms, terms
from store.types import Evidence, page_at, sentence_id
from store.vectors import SentenceVectors

Key = TypeVar("Key", bound=Hashable)

# Each ranking gives this many candidates; this many passages have their sentences scored.
_CANDIDATES = 50
_PASSAGES = 16
# So many sentences that have no vector yet are embedded for a question, at 40 ms each on 2 busy
# cores. Measured on 80 questions each in English and Korean among documents without any vector: the
# best sentence is right as often with 4 of them as with all vectors.
_EMBEDDED = 4
# The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009).
_RRF = 60
# How far a sentence is judged by its own meaning, its terms, its neighbours', its passage's rank.
_SIMILARITY, _OWN_TERMS, _NEAR_TERMS, _PASSAGE = 6.0, 1.0, 1.0, 1.0
# A collection of fewer passages tells little of how rare a term is: of one passage, nothing. Of
# questions to one document alone 0.96 were let through at 1, 0.99 at 100, and as many others.
_KNOWN_PASSAGES = 100
# What a sentence gains that tells the number or the time that the question asks for.
_EXPECTED = 0.5
# A sentence that asks does not answer: in lists of questions and answers it stands before the one
# that does.
_ASKS = 2.0


def fuse(rankings: Iterable[Sequence[Key]]) -> dict[Key, float]:
    """Reciprocal rank fusion: every key's score, best first."""
    scores: dict[Key, float] = {}
    for ranking in rankings:
        for rank, key in enumerate(ranking, start=1):
            scores[key] = scores.get(key, 0.0) + 1 / (_RRF + rank)
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def rarity(
    wanted: Sequence[str], frequencies: Mapping[str, int], passages: int
) -> dict[str, float]:
    """Each term's weight: BM25's inverse document frequency; unseen terms weigh the most."""
    known = max(passages, _KNOWN_PASSAGES)
    return {
        term: math.log(1 + (known - seen + 0.5) / (seen + 0.5))
        for term in wanted
        for seen in (min(frequencies.get(term, 0), known),)
    }


def coverage(weights: Mapping[str, float], held: Set[str]) -> float:
    """The share of the terms, by weight, that are among those `held`: 0 to 1."""
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0


def search_words(question: str, database: Database, top: int) -> list[Evidence]:
    """The passages that BM25 alone puts first, each by the sentence that holds most of its terms.

    `coverage` is that sentence's, with its neighbours; there is no similarity.
    """
    query = _Query(question, database)
    passages = database.passages(database.lexical(query.wanted(), top))
    scored = (list(_score(query, {}, passage, 0.0)) for passage in passages)
    return [max(found, key=lambda one: one.score) for found in scored if found]


def search_meaning(
    question: str, vector: Vectors, database: Database, vectors: SentenceVectors, top: int
) -> list[Evidence]:
    """The sentences that the embedding alone puts first: those nearest to the question."""
    near = vectors.nearest(vector, top)
    passages = database.passages(database.passage_keys(list(near)))
    scored = score_passages(question, near, passages, database)
    return sorted((one for one in scored if one.similarity), key=lambda one: -one.similarity)


def search(
    question: str,
    embedder: Embedder,
    database: Database,
    vectors: SentenceVectors,
    top: int,
) -> list[Evidence]:
    """The `top` sentences that bear most on the question, best first.

    Of those that have no vector yet a few, by their terms, are embedded now; the others count as
    near as the farthest of all that have one. Their passages are ranked by terms alone.
    """
    vector = embedder.question(question)
    query = _Query(question, database)
    by_terms = database.lexical(query.wanted(), _CANDIDATES)
    by_meaning = database.passage_keys(list(vectors.nearest(vector, _CANDIDATES)))
    fused = fuse([by_terms, by_meaning])
    if vectors.count() < database.upkeep.count_sentences():
        fused = _without_meaning(fused, by_terms, database, vectors)
    passages = database.passages(list(fused)[:_PASSAGES])
    names = [sentence_id(p.document_id, ordinal) for p in passages for ordinal in p.ordinals]
    near = vectors.similarities(vector, names)
    if len(near) < len(names):
        near = _completed(query, near, passages, vector, embedder)
    best = max(fused.values(), default=1.0)
    evidence = [
        found
        for passage in passages
        for found in _score(query, near, passage, fused[passage.key] / best)
    ]
    return sorted(evidence, key=lambda found: -found.score)[:top]


def _without_meaning(
    fused: Mapping[int, float],
    by_terms: Sequence[int],
    database: Database,
    vectors: SentenceVectors,
) -> dict[int, float]:
    """The ranks of passages, where those that lack a vector count by their terms twice."""
    names = {
        sentence_id(passage.document_id, ordinal): passage.key
        for passage in database.passages(by_terms)
        for ordinal in passage.ordinals
    }
    lacking = {names[name] for name in vectors.missing(list(names))}
    ranked = {key: 1 / (_RRF + rank) for rank, key in enumerate(by_terms, start=1)}
    scores = {key: score + (key in lacking) * ranked.get(key, 0) for key, score in fused.items()}
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def score_passages(
    question: str,
    similarities: Mapping[str, float],
    passages: Iterable[StoredPassage],
    database: Database,
) -> list[Evidence]:
    """All sentences of the passages as evidence, in any order, by cosines that are given by id."""
    query = _Query(question, database)
    return [found for passage in passages for found in _score(query, similarities, passage, 0.0)]


def best_of(searches: Iterable[Sequence[Evidence]]) -> list[Evidence]:
    """What any of the searches found, each sentence once with its best score, best first."""
    found: dict[tuple[str, int], Evidence] = {}
    for evidence in chain.from_iterable(searches):
        place = evidence.document_id, evidence.start
        if place not in found or found[place].score < evidence.score:
            found[place] = evidence
    return sorted(found.values(), key=lambda evidence: -evidence.score)


class _Query:
    """A question's terms in each language, as passages in that one hold them, with weights."""

    def __init__(self, question: str, database: Database) -> None:
        self.question = question
        self.kind = expected(question)
        self._database = database
        self._weights: dict[str, dict[str, float]] = {}

    def wanted(self) -> list[str]:
        """The terms in all languages that the collection has."""
        languages = self._database.languages()
        return list(
            {term: None for code in languages for term in question_terms(self.question, code)}
        )

    def weights(self, language: str) -> Mapping[str, float]:
        if language not in self._weights:
            wanted = question_terms(self.question, language)
            frequencies = self._database.document_frequencies(wanted)
            count = self._database.count_passages()
            self._weights[language] = rarity(wanted, frequencies, count)
        return self._weights[language]


def _completed(
    query: _Query,
    near: Mapping[str, float],
    passages: Iterable[StoredPassage],
    vector: Vectors,
    embedder: Embedder,
) -> dict[str, float]:
    """The cosines with one for each sentence that lacks a vector."""
    shares: dict[str, float] = {}
    texts: dict[str, str] = {}
    for passage in passages:
        for ordinal, sentence in zip(passage.ordinals, passage.sentences, strict=True):
            name = sentence_id(passage.document_id, ordinal)
            if name not in near:
                texts[name] = passage.sentence_text(sentence)
                held = set(terms(texts[name], passage.language))
                shares[name] = coverage(query.weights(passage.language), held)
    chosen = sorted(shares, key=lambda name: -shares[name])[:_EMBEDDED]
    cosines = (embedder.passages([texts[name] for name in chosen]) @ vector).tolist()
    known = {**near, **dict(zip(chosen, cosines, strict=True))}
    return {**dict.fromkeys(shares, min(known.values())), **known}


def _score(
    query: _Query, similarities: Mapping[str, float], passage: StoredPassage, rank: float
) -> Iterable[Evidence]:
    texts = [passage.sentence_text(sentence) for sentence in passage.sentences]
    language = passage.language
    weights = query.weights(language)
    held = [set(terms(text, language)) for text in texts]
    names = set(terms(f"{passage.title} {passage.heading}", language))
    for place, (ordinal, sentence) in enumerate(
        zip(passage.ordinals, passage.sentences, strict=True)
    ):
        before, after = _neighbours(passage, place)
        name = sentence_id(passage.document_id, ordinal)
        similarity = similarities.get(name, 0.0)
        near = names.union(*held[max(0, place - 1) : place + 2])
        covered = coverage(weights, near)
        text, kind = texts[place], query.kind
        score = (
            _SIMILARITY * similarity
            + _OWN_TERMS * coverage(weights, held[place])
            + _NEAR_TERMS * covered
            + _PASSAGE * rank
            + _EXPECTED * (kind is not None and tells(kind, text, query.question))
            - _ASKS * text.endswith(("?", "？"))
        )
        yield Evidence(
            passage.document_id,
            passage.document,
            passage.title,
            passage.heading,
            page_at(passage.pages, sentence.start),
            text,
            sentence.start,
            sentence.end,
            before,
            after,
            score,
            similarity,
            covered,
            passage.text,
            language,
        )


def _neighbours(passage: StoredPassage, place: int) -> tuple[str, str]:
    """The sentence before and the one after, each with the white space between, word for word."""
    sentences, sentence = passage.sentences, passage.sentences[place]
    first = sentences[max(0, place - 1)].start
    last = sentences[min(place + 1, len(sentences) - 1)].end
    begin, end = sentence.start - passage.start, sentence.end - passage.start
    return passage.text[first - passage.start : begin], passage.text[end : last - passage.start]
