-- Storage commitment: what a peer asked this archive to vouch for, until it has been told.

CREATE TABLE commitment (
    id BYTEA NOT NULL PRIMARY KEY,
    -- Who asked, and under which of our titles: so it is called back.
    peer TEXT COLLATE "C" NOT NULL,
    called TEXT COLLATE "C" NOT NULL,
    transaction_uid TEXT COLLATE "C" NOT NULL,
    requested_at BIGINT NOT NULL,
    -- 0 waiting, 1 reported, 2 given up.
    state BIGINT NOT NULL DEFAULT 0,
    attempts BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    UNIQUE (peer, transaction_uid)
);
CREATE INDEX commitment_by_due ON commitment (due_at) WHERE state = 0;

CREATE TABLE commitment_item (
    commitment BYTEA NOT NULL REFERENCES commitment (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    sop_class TEXT COLLATE "C" NOT NULL,
    sop_uid TEXT COLLATE "C" NOT NULL,
    -- Empty until it was looked at; then what was found.
    verdict TEXT COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (commitment, position)
);
CREATE INDEX commitment_item_by_instance ON commitment_item (sop_uid);
