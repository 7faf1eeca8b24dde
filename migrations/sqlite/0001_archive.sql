-- What is held: collections, keys, patients, studies, series, instances, refusals.
-- Sort keys are NOT NULL; instants are microseconds UTC; dates are DA text; identifiers 16 bytes.

CREATE TABLE collection (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO collection (id, name) VALUES (1, 'archive');

-- Wrapped by the root key; the same bytes lie beside the blobs.
CREATE TABLE subject_key (
    id BLOB NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    wrapped BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Which key the system, a day's quarantine, an account or a share uses: the unique row picks one of
-- two that raced.
CREATE TABLE key_use (
    purpose TEXT NOT NULL PRIMARY KEY,
    subject_key BLOB NOT NULL REFERENCES subject_key (id)
) STRICT;

CREATE TABLE patient (
    id INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES collection (id),
    issuer TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    birth_date TEXT NOT NULL,
    sex TEXT NOT NULL
) STRICT;
-- An empty patient id makes one patient row per study.
CREATE UNIQUE INDEX patient_identity ON patient (collection, issuer, patient_id) WHERE patient_id <> '';
CREATE INDEX patient_by_name ON patient (collection, name_folded);
CREATE INDEX patient_by_id ON patient (collection, patient_id);

CREATE TABLE study (
    id INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES collection (id),
    patient INTEGER NOT NULL REFERENCES patient (id),
    study_uid TEXT NOT NULL,
    study_date TEXT NOT NULL,
    study_time TEXT NOT NULL,
    accession_number TEXT NOT NULL,
    study_id TEXT NOT NULL,
    description TEXT NOT NULL,
    referring_physician TEXT NOT NULL,
    referring_physician_folded TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    -- Wraps the data keys of its objects. The unique row picks one of two that raced.
    subject_key BLOB NOT NULL REFERENCES subject_key (id),
    -- A study without instances is not seen: its first store is still under way, or was refused.
    instances INTEGER NOT NULL DEFAULT 0,
    withdrawn_at INTEGER NOT NULL DEFAULT 0,
    withdrawn_by BLOB,
    withdrawn_reason TEXT NOT NULL DEFAULT '',
    UNIQUE (collection, study_uid)
) STRICT;
CREATE INDEX study_by_date ON study (collection, study_date, study_time, id);
CREATE INDEX study_by_patient ON study (patient);
CREATE INDEX study_by_accession ON study (collection, accession_number);

CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES collection (id),
    study INTEGER NOT NULL REFERENCES study (id),
    series_uid TEXT NOT NULL,
    modality TEXT NOT NULL,
    series_number INTEGER NOT NULL,
    series_date TEXT NOT NULL,
    series_time TEXT NOT NULL,
    description TEXT NOT NULL,
    body_part TEXT NOT NULL,
    instances INTEGER NOT NULL DEFAULT 0,
    UNIQUE (study, series_uid)
) STRICT;
CREATE INDEX series_by_modality ON series (collection, modality, study);
CREATE INDEX series_by_uid ON series (collection, series_uid);

CREATE TABLE instance (
    id INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES collection (id),
    study INTEGER NOT NULL REFERENCES study (id),
    series INTEGER NOT NULL REFERENCES series (id),
    sop_uid TEXT NOT NULL,
    sop_class TEXT NOT NULL,
    transfer_syntax TEXT NOT NULL,
    instance_number INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    pixel_rows INTEGER NOT NULL,
    pixel_columns INTEGER NOT NULL,
    bits_allocated INTEGER NOT NULL,
    -- Where the sealed bytes are: object, offset and length, so that several may share one object.
    object BLOB NOT NULL,
    sealed_offset INTEGER NOT NULL DEFAULT 0,
    sealed_length INTEGER NOT NULL,
    plain_length INTEGER NOT NULL,
    subject_key BLOB NOT NULL REFERENCES subject_key (id),
    -- The plaintext: ingest record, then the PS3.10 file, which is File Meta, then the data set.
    record_length INTEGER NOT NULL,
    file_length INTEGER NOT NULL,
    file_sha256 BLOB NOT NULL,
    file_crc32 INTEGER NOT NULL,
    meta_length INTEGER NOT NULL,
    data_set_sha256 BLOB NOT NULL,
    -- JSON: what a frame needs to be cut out and decoded; empty for objects without pixels.
    image TEXT NOT NULL,
    store_access BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    UNIQUE (collection, sop_uid)
) STRICT;
CREATE INDEX instance_by_series ON instance (series, instance_number, id);
CREATE INDEX instance_by_study ON instance (study);
CREATE INDEX instance_by_access ON instance (store_access);

-- The data set as DICOM JSON (PS3.18 annex F), deflated; kept apart so that instance rows stay short.
CREATE TABLE instance_metadata (
    instance INTEGER PRIMARY KEY REFERENCES instance (id),
    document BLOB NOT NULL
) STRICT;

CREATE TABLE refusal (
    id BLOB NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    origin TEXT NOT NULL,
    sender TEXT NOT NULL,
    reason TEXT NOT NULL,
    sentence TEXT NOT NULL,
    sop_uid TEXT NOT NULL,
    data_set_sha256 BLOB,
    object BLOB,
    sealed_length INTEGER NOT NULL DEFAULT 0,
    plain_length INTEGER NOT NULL DEFAULT 0,
    subject_key BLOB REFERENCES subject_key (id)
) STRICT;
CREATE INDEX refusal_by_time ON refusal (at, id);
