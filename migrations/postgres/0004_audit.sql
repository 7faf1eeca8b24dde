-- The ledger: rows are inserted and never changed. Numbering and chaining follow in audit_chain.

CREATE TABLE audit_event (
    id BYTEA NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    request BYTEA NOT NULL,
    -- Joins the two events of a store, a view or a retrieval.
    access BYTEA,
    share BYTEA,
    study BIGINT,
    -- RFC 8785 JSON; personal fields inside are ciphertext.
    canonical BYTEA NOT NULL
);
CREATE INDEX audit_event_by_time ON audit_event (at, id);
CREATE INDEX audit_event_by_access ON audit_event (access) WHERE access IS NOT NULL;
CREATE INDEX audit_event_by_share ON audit_event (share) WHERE share IS NOT NULL;
CREATE INDEX audit_event_by_study ON audit_event (study) WHERE study IS NOT NULL;

CREATE TABLE audit_chain (
    seq BIGINT NOT NULL PRIMARY KEY,
    event BYTEA NOT NULL UNIQUE REFERENCES audit_event (id),
    leaf BYTEA NOT NULL,
    chain BYTEA NOT NULL
);

CREATE FUNCTION audit_is_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit rows are never changed or deleted';
END;
$$;
CREATE TRIGGER audit_event_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_insert_only();
CREATE TRIGGER audit_chain_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_insert_only();
