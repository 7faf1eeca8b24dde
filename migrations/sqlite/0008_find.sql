-- Names as they are searched: each component group by itself, and their words. name_folded is the
-- alphabetic group from here on. The rows are folded when the catalog is opened, as is everything
-- again whenever the way of folding changes.
ALTER TABLE patient ADD COLUMN name_ideographic TEXT NOT NULL DEFAULT '';
ALTER TABLE patient ADD COLUMN name_phonetic TEXT NOT NULL DEFAULT '';
ALTER TABLE patient ADD COLUMN name_words TEXT NOT NULL DEFAULT '';
ALTER TABLE study ADD COLUMN referring_physician_ideographic TEXT NOT NULL DEFAULT '';
ALTER TABLE study ADD COLUMN referring_physician_phonetic TEXT NOT NULL DEFAULT '';
ALTER TABLE study ADD COLUMN referring_physician_words TEXT NOT NULL DEFAULT '';

-- An inner part of a name is looked for in the index alone.
DROP INDEX patient_by_name;
CREATE INDEX patient_by_name ON patient (collection, name_folded, name_ideographic, name_phonetic);
CREATE INDEX patient_by_ideographic ON patient (collection, name_ideographic);
CREATE INDEX patient_by_phonetic ON patient (collection, name_phonetic);

-- Which way the names of this catalog are folded.
CREATE TABLE folding (
    version INTEGER NOT NULL
) STRICT;
INSERT INTO folding (version) VALUES (0);
