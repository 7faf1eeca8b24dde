-- What is lent out: links, the granted series, proved browsers, sessions.

CREATE TABLE share (
    id BYTEA NOT NULL PRIMARY KEY,
    collection BIGINT NOT NULL REFERENCES collection (id),
    secret_hash BYTEA NOT NULL,
    -- HMAC-SHA-256(link secret, passcode): the database alone cannot guess it. NULL: no passcode.
    passcode_verifier BYTEA,
    recipient TEXT COLLATE "C" NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    may TEXT COLLATE "C" NOT NULL,
    created_by BYTEA,
    shared_by TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    max_uses BIGINT NOT NULL,
    uses BIGINT NOT NULL DEFAULT 0,
    failed_attempts BIGINT NOT NULL DEFAULT 0,
    locked_until BIGINT NOT NULL DEFAULT 0,
    frozen_at BIGINT NOT NULL DEFAULT 0,
    revoked_at BIGINT NOT NULL DEFAULT 0,
    first_opened_at BIGINT NOT NULL DEFAULT 0,
    last_opened_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX share_by_time ON share (created_at, id);

-- The series as they were at creation. whole_study: the sharer chose the study, not single series.
CREATE TABLE share_grant (
    share BYTEA NOT NULL REFERENCES share (id),
    study BIGINT NOT NULL REFERENCES study (id),
    series BIGINT NOT NULL REFERENCES series (id),
    whole_study BIGINT NOT NULL,
    PRIMARY KEY (share, study, series)
);
CREATE INDEX share_grant_by_study ON share_grant (study);

CREATE TABLE share_device (
    cookie_hash BYTEA NOT NULL PRIMARY KEY,
    id BYTEA NOT NULL UNIQUE,
    share BYTEA NOT NULL REFERENCES share (id),
    created_at BIGINT NOT NULL
);

CREATE TABLE share_session (
    id BYTEA NOT NULL PRIMARY KEY,
    cookie_hash BYTEA NOT NULL,
    share BYTEA NOT NULL REFERENCES share (id),
    device BYTEA NOT NULL,
    -- A link without factors counts its use with the first image byte.
    use_counted BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accepted_at BIGINT NOT NULL DEFAULT 0,
    ended_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX share_session_by_share ON share_session (share);
