-- Mails that wait for the mail server, and what became of each.

CREATE TABLE outbox (
    id BLOB NOT NULL PRIMARY KEY,
    share BLOB REFERENCES share (id),
    -- link, code, alert.
    kind TEXT NOT NULL,
    -- Address, subject and text, sealed under the key of the system; NULL as soon as it is not queued.
    sealed BLOB,
    -- queued, sent, failed, cancelled.
    state TEXT NOT NULL DEFAULT 'queued',
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    lease_until INTEGER NOT NULL DEFAULT 0,
    -- It is given up then.
    ends_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    -- Why the last try failed: a sentence of the program, without address and without what the server said.
    last_error TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outbox_by_due ON outbox (due_at) WHERE state = 'queued';
CREATE INDEX outbox_by_share ON outbox (share, created_at);
