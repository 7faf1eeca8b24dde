-- De-identification: projects, what is kept of which origin, and what was done to each clean copy.

-- Clean copies lie in a collection of their own, and so does what somebody must look at first.
CREATE TABLE project (
    id BYTEA NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    collection BIGINT NOT NULL UNIQUE REFERENCES collection (id),
    review BIGINT NOT NULL UNIQUE REFERENCES collection (id),
    -- The profile, as TOML.
    profile TEXT COLLATE "C" NOT NULL,
    -- The project's secret, sealed under the key of the system: who has it can recompute the maps.
    sealed_key BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

-- `default`, `import`, or `ae:` and a calling AE title. Origins without a row follow the default.
CREATE TABLE origin_policy (
    origin TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    policy TEXT COLLATE "C" NOT NULL
);

-- What was done to each object of a project.
CREATE TABLE clean_object (
    id BYTEA NOT NULL PRIMARY KEY,
    project BYTEA NOT NULL REFERENCES project (id),
    study_uid TEXT COLLATE "C" NOT NULL,
    series_uid TEXT COLLATE "C" NOT NULL,
    sop_uid TEXT COLLATE "C" NOT NULL,
    -- released, waiting, approved, rejected.
    state TEXT COLLATE "C" NOT NULL,
    -- The engine's report, as JSON.
    report TEXT COLLATE "C" NOT NULL,
    -- The instance that holds it; 0 when it was rejected and is gone.
    instance BIGINT NOT NULL,
    at BIGINT NOT NULL,
    decided_at BIGINT NOT NULL DEFAULT 0,
    -- Name of who decided; the account is in the ledger.
    decided_by TEXT COLLATE "C" NOT NULL DEFAULT '',
    reason TEXT COLLATE "C" NOT NULL DEFAULT '',
    -- Rectangles that were blanked on the decision, as JSON.
    regions TEXT COLLATE "C" NOT NULL DEFAULT '[]',
    UNIQUE (project, sop_uid)
);
CREATE INDEX clean_object_by_study ON clean_object (project, study_uid);
CREATE INDEX clean_object_waiting ON clean_object (at, id) WHERE state = 'waiting';

-- Whom a clean study is of: sealed under the key of the system.
CREATE TABLE clean_origin (
    project BYTEA NOT NULL REFERENCES project (id),
    study_uid TEXT COLLATE "C" NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (project, study_uid)
);

-- Held instances of which a clean copy is still to be made.
CREATE TABLE clean_job (
    instance BIGINT NOT NULL REFERENCES instance (id),
    project BYTEA NOT NULL REFERENCES project (id),
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    -- Why no clean copy can be made; empty while it may be.
    refused TEXT COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (instance, project)
);
CREATE INDEX clean_job_by_due ON clean_job (due_at) WHERE refused = '';
