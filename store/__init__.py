"""What we know: documents in, evidence out."""

from store.chinese import written_like
from store.conversations import ConversationSummary, KeptExchange, Piece
from store.errors import (
    DocumentError,
    DocumentNotFoundError,
    EmbeddingMismatchError,
    LibraryInUseError,
    NamesError,
    OwngroundError,
    StorageError,
    StoreError,
)
from store.expected import expected, tells
from store.library import Library
from store.names import Name, prefer, unify
from store.receipt import Receipt
from store.sentences import script_language, split_sentences
from store.terms import question_terms, terms
from store.tokens import count_tokens
from store.types import (
    AddReport,
    Document,
    DocumentSummary,
    EmbeddingProgress,
    Evidence,
    Failure,
    Move,
    Passage,
    Progress,
    Sentence,
    SyncReport,
)

__all__ = [
    "AddReport",
    "ConversationSummary",
    "Document",
    "DocumentError",
    "DocumentNotFoundError",
    "DocumentSummary",
    "EmbeddingMismatchError",
    "EmbeddingProgress",
    "Evidence",
    "Failure",
    "KeptExchange",
    "Library",
    "LibraryInUseError",
    "Move",
    "Name",
    "NamesError",
    "OwngroundError",
    "Passage",
    "Piece",
    "Progress",
    "Receipt",
    "Sentence",
    "StorageError",
    "StoreError",
    "SyncReport",
    "count_tokens",
    "expected",
    "prefer",
    "question_terms",
    "script_language",
    "split_sentences",
    "tells",
    "terms",
    "unify",
    "written_like",
]
