-- Conversations: each is its reader's own, and only ever gets longer.
CREATE TABLE conversation (
    key INTEGER PRIMARY KEY,
    reader TEXT NOT NULL,
    id TEXT NOT NULL,
    UNIQUE (reader, id)
);
CREATE TABLE exchange (
    key INTEGER PRIMARY KEY,
    conversation_key INTEGER NOT NULL REFERENCES conversation (key) ON DELETE CASCADE,
    asked_at TEXT NOT NULL,
    -- Whether a document has taken pieces of the reply along.
    forgotten INTEGER NOT NULL,
    question TEXT NOT NULL
);
CREATE INDEX exchange_conversation ON exchange (conversation_key);
CREATE TABLE piece (
    key INTEGER PRIMARY KEY,
    exchange_key INTEGER NOT NULL REFERENCES exchange (key) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE INDEX piece_exchange ON piece (exchange_key);
-- Whose words a piece holds: it goes with the first of these documents.
CREATE TABLE piece_document (
    document_id TEXT NOT NULL,
    piece_key INTEGER NOT NULL REFERENCES piece (key) ON DELETE CASCADE,
    PRIMARY KEY (document_id, piece_key)
) WITHOUT ROWID;
CREATE INDEX piece_document_piece ON piece_document (piece_key);
