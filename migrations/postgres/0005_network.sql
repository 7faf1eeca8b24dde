-- Peers by certificate, newcomers that were refused, quarantine that can be driven again, and what
-- is expected of a series.

-- Stands in for an absent Issuer of Patient ID (0010,0021).
ALTER TABLE peer ADD COLUMN issuer TEXT COLLATE "C" NOT NULL DEFAULT '';
-- Whether it is called over TLS.
ALTER TABLE peer ADD COLUMN tls BIGINT NOT NULL DEFAULT 0;
-- SHA-256 of the certificate (DER) that it must show. NULL: any connection will do.
ALTER TABLE peer ADD COLUMN certificate BYTEA;
CREATE INDEX peer_by_certificate ON peer (certificate) WHERE certificate IS NOT NULL;

-- Unknown callers that were refused, a few of the newest: what an administrator may let in.
CREATE TABLE newcomer (
    id BYTEA NOT NULL PRIMARY KEY,
    title TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of the certificate that it showed; empty without one.
    certificate BYTEA NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    times BIGINT NOT NULL,
    UNIQUE (title, address, certificate)
);
CREATE INDEX newcomer_by_time ON newcomer (last_at);

-- What the ingest needs to try a refused object again, as the sender gave it.
ALTER TABLE refusal ADD COLUMN transfer_syntax TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN sop_class TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN issuer TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN way TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN calling TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN called TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN address TEXT COLLATE "C" NOT NULL DEFAULT '';
-- Length of the data set that came, kept or not.
ALTER TABLE refusal ADD COLUMN came_length BIGINT NOT NULL DEFAULT 0;
-- Why the bytes were not kept, where they were not.
ALTER TABLE refusal ADD COLUMN not_kept TEXT COLLATE "C" NOT NULL DEFAULT '';
-- What became of it: stored, already_held, discarded. A resolved one may still name its blob until
-- that is removed.
ALTER TABLE refusal ADD COLUMN resolved_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE refusal ADD COLUMN resolution TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN tried_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX refusal_by_sender ON refusal (way, calling, at);
CREATE INDEX refusal_open ON refusal (at, id) WHERE resolved_at = 0;

-- What is expected of a series, or of a study (series 0), by a named source: the header's own
-- counts, or a request of storage commitment. `name` tells several of a source apart: an
-- acquisition, a concatenation, a transaction. `received` counts what belongs to it.
CREATE TABLE expectation (
    study BIGINT NOT NULL REFERENCES study (id),
    series BIGINT NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    expected BIGINT NOT NULL,
    received BIGINT NOT NULL,
    PRIMARY KEY (study, series, source, name)
);
