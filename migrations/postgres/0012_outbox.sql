-- Mails that wait for the mail server, and what became of each.

CREATE TABLE outbox (
    id BYTEA NOT NULL PRIMARY KEY,
    share BYTEA REFERENCES share (id),
    -- link, code, alert.
    kind TEXT COLLATE "C" NOT NULL,
    -- Address, subject and text, sealed under the key of the system; NULL as soon as it is not queued.
    sealed BYTEA,
    -- queued, sent, failed, cancelled.
    state TEXT COLLATE "C" NOT NULL DEFAULT 'queued',
    tries BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    -- It is given up then.
    ends_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    -- Why the last try failed: a sentence of the program, without address and without what the server said.
    last_error TEXT COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX outbox_by_due ON outbox (due_at) WHERE state = 'queued';
CREATE INDEX outbox_by_share ON outbox (share, created_at);
