-- Authority: records that a patient authorised a disclosure (45 CFR 164.508), and which link rests
-- on what. Records are kept: nothing takes a row of these tables out.

CREATE TABLE authorisation (
    id BLOB NOT NULL PRIMARY KEY,
    patient INTEGER NOT NULL REFERENCES patient (id),
    -- The study by which the patient was named; its key seals the personal fields of the ledger.
    study INTEGER NOT NULL REFERENCES study (id),
    -- Number of the version in force.
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL DEFAULT 0,
    -- Name of who revoked it; the account is in the ledger.
    revoked_by TEXT NOT NULL DEFAULT '',
    -- Why, sealed under the key of the system.
    reason BLOB
) STRICT;
CREATE INDEX authorisation_by_patient ON authorisation (patient, created_at);

CREATE TABLE authorisation_version (
    authorisation BLOB NOT NULL REFERENCES authorisation (id),
    number INTEGER NOT NULL,
    -- What the form says, as JSON, sealed under the key of the system: it names people.
    terms BLOB NOT NULL,
    -- The end of its last day; 0 when an event ends it.
    expires_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (authorisation, number)
) STRICT;

-- Scans of the signed form. A later one stands beside the earlier ones.
CREATE TABLE authorisation_form (
    authorisation BLOB NOT NULL REFERENCES authorisation (id),
    number INTEGER NOT NULL,
    -- The version that was in force when it was attached.
    version INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    length INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    attached_at INTEGER NOT NULL,
    attached_by TEXT NOT NULL,
    -- The bytes, sealed in one piece under the key of the system: what is cut or exchanged does
    -- not open. It is the last column, so that what stands before it is read without it.
    sealed BLOB NOT NULL,
    PRIMARY KEY (authorisation, number)
) STRICT;

CREATE TRIGGER authorisation_no_delete BEFORE DELETE ON authorisation
BEGIN SELECT RAISE(ABORT, 'authorisations are kept'); END;
CREATE TRIGGER authorisation_version_no_update BEFORE UPDATE ON authorisation_version
BEGIN SELECT RAISE(ABORT, 'authorisations are kept'); END;
CREATE TRIGGER authorisation_version_no_delete BEFORE DELETE ON authorisation_version
BEGIN SELECT RAISE(ABORT, 'authorisations are kept'); END;
CREATE TRIGGER authorisation_form_no_update BEFORE UPDATE ON authorisation_form
BEGIN SELECT RAISE(ABORT, 'authorisations are kept'); END;
CREATE TRIGGER authorisation_form_no_delete BEFORE DELETE ON authorisation_form
BEGIN SELECT RAISE(ABORT, 'authorisations are kept'); END;

-- treatment, ownAccess, or authorisation with the record it rests on.
ALTER TABLE share ADD COLUMN authority TEXT NOT NULL DEFAULT 'treatment';
ALTER TABLE share ADD COLUMN authorisation BLOB REFERENCES authorisation (id);
CREATE INDEX share_by_authorisation ON share (authorisation) WHERE authorisation IS NOT NULL;
