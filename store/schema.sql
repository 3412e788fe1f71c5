-- Everything that is known of a collection, apart from its vectors.
CREATE TABLE IF NOT EXISTS document (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    characters INTEGER NOT NULL,
    pages TEXT NOT NULL,
    -- Last: SQLite reads through a long value to those behind it.
    text TEXT NOT NULL
);
-- A file that holds a document; equal files hold one document. The path of an upload is relative
-- to the collection's folder; the state tells whether the file was touched since.
CREATE TABLE IF NOT EXISTS source (
    path TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    document_key INTEGER NOT NULL REFERENCES document (key) ON DELETE CASCADE,
    added_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS source_document ON source (document_key);
CREATE TABLE IF NOT EXISTS passage (
    key INTEGER PRIMARY KEY,
    document_key INTEGER NOT NULL REFERENCES document (key) ON DELETE CASCADE,
    heading TEXT NOT NULL,
    start INTEGER NOT NULL,
    -- In which its terms are stemmed.
    language TEXT NOT NULL,
    -- A copy: cutting it out of a long document would cost more than the search.
    text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS passage_document ON passage (document_key);
CREATE INDEX IF NOT EXISTS passage_language ON passage (language);
CREATE TABLE IF NOT EXISTS sentence (
    document_key INTEGER NOT NULL REFERENCES document (key) ON DELETE CASCADE,
    -- Place in the document: with the document's id it names the sentence's vector.
    ordinal INTEGER NOT NULL,
    passage_key INTEGER NOT NULL REFERENCES passage (key) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    -- Of its text: equal sentences have equal vectors.
    digest INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (document_key, ordinal)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sentence_passage ON sentence (passage_key);
CREATE INDEX IF NOT EXISTS sentence_digest ON sentence (digest);
-- Terms are made by store.terms and joined by spaces, so the tokenizer has only to cut there.
CREATE VIRTUAL TABLE IF NOT EXISTS passage_terms USING fts5 (
    terms, context, tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* Co' tokenchars '.,'"
);
CREATE VIRTUAL TABLE IF NOT EXISTS term USING fts5vocab (passage_terms, row);
-- Documents that are gone and have left bytes behind.
CREATE TABLE IF NOT EXISTS unsettled (document_id TEXT PRIMARY KEY);
-- The folder that holds the vectors of now.
CREATE TABLE IF NOT EXISTS vectors (folder TEXT NOT NULL);
INSERT INTO vectors SELECT 'vectors' WHERE NOT EXISTS (SELECT 1 FROM vectors);
-- Sentences embedded in a second, as last measured.
CREATE TABLE IF NOT EXISTS pace (sentences REAL NOT NULL);
-- Folders to keep up with.
CREATE TABLE IF NOT EXISTS folder (path TEXT PRIMARY KEY);
-- Files in them whose document was removed, by a digest of the path: nothing tells its name.
CREATE TABLE IF NOT EXISTS excluded (path TEXT PRIMARY KEY) WITHOUT ROWID;
