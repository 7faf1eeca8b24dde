-- The ledger: rows are inserted and never changed. Numbering and chaining follow in audit_chain.

CREATE TABLE audit_event (
    id BLOB NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    name TEXT NOT NULL,
    actor TEXT NOT NULL,
    request BLOB NOT NULL,
    -- Joins the two events of a store, a view or a retrieval.
    access BLOB,
    share BLOB,
    study INTEGER,
    -- RFC 8785 JSON; personal fields inside are ciphertext.
    canonical BLOB NOT NULL
) STRICT;
CREATE INDEX audit_event_by_time ON audit_event (at, id);
CREATE INDEX audit_event_by_access ON audit_event (access) WHERE access IS NOT NULL;
CREATE INDEX audit_event_by_share ON audit_event (share) WHERE share IS NOT NULL;
CREATE INDEX audit_event_by_study ON audit_event (study) WHERE study IS NOT NULL;

CREATE TABLE audit_chain (
    seq INTEGER NOT NULL PRIMARY KEY,
    event BLOB NOT NULL UNIQUE REFERENCES audit_event (id),
    leaf BLOB NOT NULL,
    chain BLOB NOT NULL
) STRICT;

CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted'); END;
CREATE TRIGGER audit_chain_no_update BEFORE UPDATE ON audit_chain
BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
CREATE TRIGGER audit_chain_no_delete BEFORE DELETE ON audit_chain
BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted'); END;
