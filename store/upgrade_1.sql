-- From the files of version 0, which had no number: the text moves behind what is listed and
-- searched, its length is kept, and the terms are made anew.
CREATE TABLE document_1 (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    characters INTEGER NOT NULL,
    pages TEXT NOT NULL,
    text TEXT NOT NULL
);
INSERT INTO document_1 SELECT key, id, title, length(text), pages, text FROM document;
DROP TABLE document;
ALTER TABLE document_1 RENAME TO document;
DROP TABLE term;
DROP TABLE passage_terms;
