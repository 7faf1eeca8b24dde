-- De-identification: projects, what is kept of which origin, and what was done to each clean copy.

-- Clean copies lie in a collection of their own, and so does what somebody must look at first.
CREATE TABLE project (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    collection INTEGER NOT NULL UNIQUE REFERENCES collection (id),
    review INTEGER NOT NULL UNIQUE REFERENCES collection (id),
    -- The profile, as TOML.
    profile TEXT NOT NULL,
    -- The project's secret, sealed under the key of the system: who has it can recompute the maps.
    sealed_key BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- `default`, `import`, or `ae:` and a calling AE title. Origins without a row follow the default.
CREATE TABLE origin_policy (
    origin TEXT NOT NULL PRIMARY KEY,
    policy TEXT NOT NULL
) STRICT;

-- What was done to each object of a project.
CREATE TABLE clean_object (
    id BLOB NOT NULL PRIMARY KEY,
    project BLOB NOT NULL REFERENCES project (id),
    study_uid TEXT NOT NULL,
    series_uid TEXT NOT NULL,
    sop_uid TEXT NOT NULL,
    -- released, waiting, approved, rejected.
    state TEXT NOT NULL,
    -- The engine's report, as JSON.
    report TEXT NOT NULL,
    -- The instance that holds it; 0 when it was rejected and is gone.
    instance INTEGER NOT NULL,
    at INTEGER NOT NULL,
    decided_at INTEGER NOT NULL DEFAULT 0,
    -- Name of who decided; the account is in the ledger.
    decided_by TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    -- Rectangles that were blanked on the decision, as JSON.
    regions TEXT NOT NULL DEFAULT '[]',
    UNIQUE (project, sop_uid)
) STRICT;
CREATE INDEX clean_object_by_study ON clean_object (project, study_uid);
CREATE INDEX clean_object_waiting ON clean_object (at, id) WHERE state = 'waiting';

-- Whom a clean study is of: sealed under the key of the system.
CREATE TABLE clean_origin (
    project BLOB NOT NULL REFERENCES project (id),
    study_uid TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (project, study_uid)
) STRICT;

-- Held instances of which a clean copy is still to be made.
CREATE TABLE clean_job (
    instance INTEGER NOT NULL REFERENCES instance (id),
    project BLOB NOT NULL REFERENCES project (id),
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    -- Why no clean copy can be made; empty while it may be.
    refused TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (instance, project)
) STRICT;
CREATE INDEX clean_job_by_due ON clean_job (due_at) WHERE refused = '';
