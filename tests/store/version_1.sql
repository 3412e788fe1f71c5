-- A collection as version 1 stored it, with an upload, in a folder that was moved since.
CREATE TABLE IF NOT EXISTS document (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    characters INTEGER NOT NULL,
    pages TEXT NOT NULL,
    -- Last: SQLite reads through a long value to those behind it.
    text TEXT NOT NULL
);
-- A file that holds a document; equal files hold one document.
CREATE TABLE IF NOT EXISTS source (
    path TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    document_key INTEGER NOT NULL REFERENCES document (key) ON DELETE CASCADE,
    added_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS source_document ON source (document_key);
CREATE TABLE IF NOT EXISTS passage (
    key INTEGER PRIMARY KEY,
    document_key INTEGER NOT NULL REFERENCES document (key) ON DELETE CASCADE,
    heading TEXT NOT NULL,
    start INTEGER NOT NULL,
    -- A copy: cutting it out of a long document would cost more than the search.
    text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS passage_document ON passage (document_key);
CREATE TABLE IF NOT EXISTS sentence (
    document_key INTEGER NOT NULL REFERENCES document (key) ON DELETE CASCADE,
    -- Place in the document: with the document's id it names the sentence's vector.
    ordinal INTEGER NOT NULL,
    passage_key INTEGER NOT NULL REFERENCES passage (key) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    PRIMARY KEY (document_key, ordinal)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sentence_passage ON sentence (passage_key);
-- Terms are made by store.terms and joined by spaces, so the tokenizer has only to cut there.
CREATE VIRTUAL TABLE IF NOT EXISTS passage_terms USING fts5 (
    terms, context, tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* Co' tokenchars '.,'"
);
CREATE VIRTUAL TABLE IF NOT EXISTS term USING fts5vocab (passage_terms, row);
-- Documents whose vectors are being written or removed: what a stop in the middle left behind.
CREATE TABLE IF NOT EXISTS unsettled (document_id TEXT PRIMARY KEY);
-- The folder that holds the vectors of now.
CREATE TABLE IF NOT EXISTS vectors (folder TEXT NOT NULL);
INSERT INTO vectors SELECT 'vectors' WHERE NOT EXISTS (SELECT 1 FROM vectors);
INSERT INTO document VALUES (7, 'abcdef0123456789', 'Bank', 87, '[0]', 'The Harbour Bank opened in 1962. Its vault holds 4,210 silver coins. It closes at noon.');
INSERT INTO source VALUES ('/somewhere/uploads/bank.txt', 'bank.txt', 7, '2026-11-01T00:00:00+00:00');
INSERT INTO passage VALUES (3, 7, '', 0, 'The Harbour Bank opened in 1962. Its vault holds 4,210 silver coins. It closes at noon.');
INSERT INTO sentence VALUES (7, 0, 3, 0, 32);
INSERT INTO sentence VALUES (7, 1, 3, 33, 68);
INSERT INTO sentence VALUES (7, 2, 3, 69, 87);
INSERT INTO passage_terms (rowid, terms, context) VALUES (3, 'the harbour bank open in 1962 it vault hold 4210 silver coin it close at noon', 'bank bank.txt');
PRAGMA user_version = 1;
