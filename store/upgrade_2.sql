-- From the files of version 1: sentences know their text's digest, sources the file's state; terms
-- are made anew, as the passages' languages have them.
ALTER TABLE sentence ADD COLUMN digest INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN state TEXT NOT NULL DEFAULT '';
DROP TABLE term;
DROP TABLE passage_terms;
