-- Peers by certificate, newcomers that were refused, quarantine that can be driven again, and what
-- is expected of a series.

-- Stands in for an absent Issuer of Patient ID (0010,0021).
ALTER TABLE peer ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
-- Whether it is called over TLS.
ALTER TABLE peer ADD COLUMN tls INTEGER NOT NULL DEFAULT 0;
-- SHA-256 of the certificate (DER) that it must show. NULL: any connection will do.
ALTER TABLE peer ADD COLUMN certificate BLOB;
CREATE INDEX peer_by_certificate ON peer (certificate) WHERE certificate IS NOT NULL;

-- Unknown callers that were refused, a few of the newest: what an administrator may let in.
CREATE TABLE newcomer (
    id BLOB NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    address TEXT NOT NULL,
    -- SHA-256 of the certificate that it showed; empty without one.
    certificate BLOB NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    times INTEGER NOT NULL,
    UNIQUE (title, address, certificate)
) STRICT;
CREATE INDEX newcomer_by_time ON newcomer (last_at);

-- What the ingest needs to try a refused object again, as the sender gave it.
ALTER TABLE refusal ADD COLUMN transfer_syntax TEXT NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN sop_class TEXT NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN way TEXT NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN calling TEXT NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN called TEXT NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN address TEXT NOT NULL DEFAULT '';
-- Length of the data set that came, kept or not.
ALTER TABLE refusal ADD COLUMN came_length INTEGER NOT NULL DEFAULT 0;
-- Why the bytes were not kept, where they were not.
ALTER TABLE refusal ADD COLUMN not_kept TEXT NOT NULL DEFAULT '';
-- What became of it: stored, already_held, discarded. A resolved one may still name its blob until
-- that is removed.
ALTER TABLE refusal ADD COLUMN resolved_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE refusal ADD COLUMN resolution TEXT NOT NULL DEFAULT '';
ALTER TABLE refusal ADD COLUMN tried_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX refusal_by_sender ON refusal (way, calling, at);
CREATE INDEX refusal_open ON refusal (at, id) WHERE resolved_at = 0;

-- What is expected of a series, or of a study (series 0), by a named source: the header's own
-- counts, or a request of storage commitment. `name` tells several of a source apart: an
-- acquisition, a concatenation, a transaction. `received` counts what belongs to it.
CREATE TABLE expectation (
    study INTEGER NOT NULL REFERENCES study (id),
    series INTEGER NOT NULL,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    expected INTEGER NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (study, series, source, name)
) STRICT;
