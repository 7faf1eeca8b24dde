-- Links: who they are for, what they ask for, who came, what was seen, and what the owner is told.

ALTER TABLE share ADD COLUMN email TEXT NOT NULL DEFAULT '';
-- Name and address in lower case, a line feed between them: what the list of links is searched by. What
-- is not ASCII is folded when the catalog is opened.
ALTER TABLE share ADD COLUMN recipient_folded TEXT NOT NULL DEFAULT '';
UPDATE share SET recipient_folded = LOWER(recipient) || CHAR(10);
-- The part of the address behind the @, in lower case: a domain never used before is warned of.
ALTER TABLE share ADD COLUMN email_domain TEXT NOT NULL DEFAULT '';
-- Names of the factors, in order, each followed by a space.
ALTER TABLE share ADD COLUMN factors TEXT NOT NULL DEFAULT '';
UPDATE share SET factors = 'passcode ' WHERE passcode_verifier IS NOT NULL;
ALTER TABLE share ADD COLUMN starts_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE share ADD COLUMN message TEXT NOT NULL DEFAULT '';
ALTER TABLE share ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
-- Whether series that arrive later belong to it.
ALTER TABLE share ADD COLUMN live INTEGER NOT NULL DEFAULT 0;
-- Visits that proved nothing.
ALTER TABLE share ADD COLUMN probes INTEGER NOT NULL DEFAULT 0;
CREATE INDEX share_by_domain ON share (email_domain);
CREATE INDEX share_by_creator ON share (created_by);

-- The studies of the archive of which a link's clean copies were made: its grants name the copies.
-- Links of earlier versions have none.
CREATE TABLE share_source (
    share BLOB NOT NULL REFERENCES share (id),
    study INTEGER NOT NULL REFERENCES study (id),
    PRIMARY KEY (share, study)
) STRICT;
CREATE INDEX share_source_by_study ON share_source (study);

-- The one-time code that was mailed last. HMAC-SHA-256(link secret, code), as with passcodes.
CREATE TABLE share_code (
    share BLOB NOT NULL PRIMARY KEY REFERENCES share (id),
    verifier BLOB NOT NULL,
    sent_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    -- Codes mailed since one was proved.
    mailed INTEGER NOT NULL
) STRICT;

-- What the owner of a link is told.
CREATE TABLE share_alert (
    id BLOB NOT NULL PRIMARY KEY,
    share BLOB NOT NULL REFERENCES share (id),
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL DEFAULT 0,
    -- 1: a mail was made of it.
    mailed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX share_alert_by_share ON share_alert (share, at);
CREATE INDEX share_alert_unseen ON share_alert (at, id) WHERE seen_at = 0;
CREATE INDEX share_alert_unmailed ON share_alert (at) WHERE mailed = 0;

-- SHA-256 over link and network: whether one is new is told without keeping which they were.
CREATE TABLE share_network (
    share BLOB NOT NULL REFERENCES share (id),
    network BLOB NOT NULL,
    PRIMARY KEY (share, network)
) STRICT;

-- Instances of which a recipient was shown at least one frame.
CREATE TABLE share_seen (
    share BLOB NOT NULL REFERENCES share (id),
    instance INTEGER NOT NULL,
    series INTEGER NOT NULL,
    PRIMARY KEY (share, instance)
) STRICT;

-- Where alerts are mailed to; empty when nowhere.
ALTER TABLE account ADD COLUMN email TEXT NOT NULL DEFAULT '';
