-- From the files of version 1: sentences know their text's digest, sources the file's state,
-- passages their language, and terms are made anew as it has them.
ALTER TABLE sentence ADD COLUMN digest INTEGER NOT NULL DEFAULT 0;
ALTER TABLE passage ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
ALTER TABLE source ADD COLUMN state TEXT NOT NULL DEFAULT '';
DROP TABLE term;
DROP TABLE passage_terms;
