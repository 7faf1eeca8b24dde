-- A profile may say which patient got which pseudonym, so it is sealed like the project's secret. What stands in `profile`
-- is sealed when the catalog is opened, and emptied.
ALTER TABLE project ADD COLUMN sealed_profile BLOB NOT NULL DEFAULT x'';
-- 1: it holds the copies of one share link, for that link alone.
ALTER TABLE project ADD COLUMN lent INTEGER NOT NULL DEFAULT 0;
-- Links of earlier versions: share- and the 26 digits of the link, also where no link came of it.
UPDATE project SET lent = 1 WHERE name LIKE 'share-%' AND LENGTH(name) = 32;

-- SHA-256 of the original's data set, in hexadecimal: what was decided about it for one link holds for the next.
ALTER TABLE clean_object ADD COLUMN digest_before TEXT NOT NULL DEFAULT '';
CREATE INDEX clean_object_by_digest ON clean_object (digest_before) WHERE digest_before <> '';

-- Objects that came for a project alone and cannot be cleaned, under the UIDs that their copies would have.
CREATE TABLE clean_refusal (
    project BLOB NOT NULL REFERENCES project (id),
    study_uid TEXT NOT NULL,
    sop_uid TEXT NOT NULL,
    sentence TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (project, study_uid, sop_uid)
) STRICT;
