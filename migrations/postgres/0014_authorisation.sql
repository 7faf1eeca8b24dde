-- Authority: records that a patient authorised a disclosure (45 CFR 164.508), and which link rests
-- on what. Records are kept: nothing takes a row of these tables out.

CREATE TABLE authorisation (
    id BYTEA NOT NULL PRIMARY KEY,
    patient BIGINT NOT NULL REFERENCES patient (id),
    -- The study by which the patient was named; its key seals the personal fields of the ledger.
    study BIGINT NOT NULL REFERENCES study (id),
    -- Number of the version in force.
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL DEFAULT 0,
    -- Name of who revoked it; the account is in the ledger.
    revoked_by TEXT COLLATE "C" NOT NULL DEFAULT '',
    -- Why, sealed under the key of the system.
    reason BYTEA
);
CREATE INDEX authorisation_by_patient ON authorisation (patient, created_at);

CREATE TABLE authorisation_version (
    authorisation BYTEA NOT NULL REFERENCES authorisation (id),
    number BIGINT NOT NULL,
    -- What the form says, as JSON, sealed under the key of the system: it names people.
    terms BYTEA NOT NULL,
    -- The end of its last day; 0 when an event ends it.
    expires_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (authorisation, number)
);

-- Scans of the signed form. A later one stands beside the earlier ones.
CREATE TABLE authorisation_form (
    authorisation BYTEA NOT NULL REFERENCES authorisation (id),
    number BIGINT NOT NULL,
    -- The version that was in force when it was attached.
    version BIGINT NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    length BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    attached_at BIGINT NOT NULL,
    attached_by TEXT COLLATE "C" NOT NULL,
    -- The bytes, sealed in one piece under the key of the system: what is cut or exchanged does
    -- not open. Ciphertext is not worth trying to compress.
    sealed BYTEA NOT NULL,
    PRIMARY KEY (authorisation, number)
);
ALTER TABLE authorisation_form ALTER COLUMN sealed SET STORAGE EXTERNAL;

CREATE FUNCTION authorisation_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'authorisations are kept';
END;
$$;
CREATE TRIGGER authorisation_kept BEFORE DELETE OR TRUNCATE ON authorisation
FOR EACH STATEMENT EXECUTE FUNCTION authorisation_is_kept();
CREATE TRIGGER authorisation_version_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON authorisation_version
FOR EACH STATEMENT EXECUTE FUNCTION authorisation_is_kept();
CREATE TRIGGER authorisation_form_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON authorisation_form
FOR EACH STATEMENT EXECUTE FUNCTION authorisation_is_kept();

-- treatment, ownAccess, or authorisation with the record it rests on.
ALTER TABLE share ADD COLUMN authority TEXT COLLATE "C" NOT NULL DEFAULT 'treatment';
ALTER TABLE share ADD COLUMN authorisation BYTEA REFERENCES authorisation (id);
CREATE INDEX share_by_authorisation ON share (authorisation) WHERE authorisation IS NOT NULL;
