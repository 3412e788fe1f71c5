-- From the files of version 0, which had no number: the text moves behind what is listed and
-- searched, and its length is kept.
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
