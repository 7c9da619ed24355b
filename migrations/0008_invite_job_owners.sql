-- Works with schema 5.
-- Who takes turns with whom, and whose store it counts as: the person behind a job, or the organization of an API token; of
-- jobs of earlier releases nobody is known. Bytes are of what lines say until they are worked off, and of what is told of
-- them for as long as the job is kept.
ALTER TABLE invite_jobs ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE invite_jobs ADD COLUMN pending_bytes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE invite_jobs ADD COLUMN kept_bytes BIGINT NOT NULL DEFAULT 0;
CREATE INDEX invite_jobs_by_turn ON invite_jobs (status, owner, id);
CREATE INDEX invite_jobs_by_owner ON invite_jobs (owner, id);
