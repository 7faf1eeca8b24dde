-- Storage commitment: what a peer asked this archive to vouch for, until it has been told.

CREATE TABLE commitment (
    id BLOB NOT NULL PRIMARY KEY,
    -- Who asked, and under which of our titles: so it is called back.
    peer TEXT NOT NULL,
    called TEXT NOT NULL,
    transaction_uid TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    -- 0 waiting, 1 reported, 2 given up.
    state INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    lease_until INTEGER NOT NULL DEFAULT 0,
    UNIQUE (peer, transaction_uid)
) STRICT;
CREATE INDEX commitment_by_due ON commitment (due_at) WHERE state = 0;

CREATE TABLE commitment_item (
    commitment BLOB NOT NULL REFERENCES commitment (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    sop_class TEXT NOT NULL,
    sop_uid TEXT NOT NULL,
    -- Empty until it was looked at; then what was found.
    verdict TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (commitment, position)
) STRICT;
CREATE INDEX commitment_item_by_instance ON commitment_item (sop_uid);
