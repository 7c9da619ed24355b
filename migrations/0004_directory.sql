-- The directory: the rest of an account's profile, identity providers, providers, identification types, invitations to
-- join, and invitation files that are worked off in the background.

-- `pattern`: a regular expression that the whole number matches; none: any.
CREATE TABLE identification_types (
  id BYTEA PRIMARY KEY,
  code TEXT NOT NULL,
  code_key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  pattern TEXT,
  created_at BIGINT NOT NULL
) WITHOUT ROWID;
-- 1 when the start set has been put in, once for ever: what an administrator removes of it stays away.
INSERT INTO sequences (name, last) VALUES ('identification_types', 0);

CREATE TABLE providers (
  id BYTEA PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  identification_number TEXT,
  active BIGINT NOT NULL,
  created_at BIGINT NOT NULL
) WITHOUT ROWID;

-- `client_secret` is sealed with the master key.
CREATE TABLE identity_providers (
  id BYTEA PRIMARY KEY,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  prefix_key TEXT NOT NULL UNIQUE,
  enabled BIGINT NOT NULL,
  type TEXT NOT NULL,
  issuer TEXT NOT NULL,
  client_id TEXT NOT NULL,
  client_secret BYTEA NOT NULL,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
) WITHOUT ROWID;

ALTER TABLE users ADD COLUMN first_name TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN last_name TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN phone TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN identification_type_id BYTEA REFERENCES identification_types (id);
ALTER TABLE users ADD COLUMN identification_number TEXT;
ALTER TABLE users ADD COLUMN identification_key TEXT;
-- Whoever has one signs in there, and has no password here.
ALTER TABLE users ADD COLUMN identity_provider_id BYTEA REFERENCES identity_providers (id);
-- 0: the owner changed the address, and nobody has vouched for it since. It names nobody then.
ALTER TABLE users ADD COLUMN email_proven BIGINT NOT NULL DEFAULT 1;
-- While the address is not proven: the last one that was, to go back to when somebody proves the other.
ALTER TABLE users ADD COLUMN proven_email TEXT;
-- When somebody else gave the present password; null when its owner chose it.
ALTER TABLE users ADD COLUMN password_given_at BIGINT;
-- What look-alike names have in common (UTS 39 4); none: written by an earlier release, worked out at the next start.
ALTER TABLE users ADD COLUMN user_name_skeleton TEXT;
CREATE UNIQUE INDEX users_by_identification ON users (identification_key, identification_type_id)
  WHERE identification_key IS NOT NULL;
CREATE INDEX users_by_identification_type ON users (identification_type_id) WHERE identification_type_id IS NOT NULL;
CREATE INDEX users_by_identity_provider ON users (identity_provider_id) WHERE identity_provider_id IS NOT NULL;
CREATE INDEX users_by_skeleton ON users (user_name_skeleton);
-- Few accounts are neither active nor: lists of them, and counts of all others, need not walk the active ones.
CREATE INDEX users_not_active ON users (status, user_name_key) WHERE status <> 'active';
CREATE INDEX users_not_active_by_email ON users (status, email_key) WHERE status <> 'active';
CREATE INDEX users_not_active_by_creation ON users (status, created_at, no) WHERE status <> 'active';
CREATE INDEX users_not_active_by_last_name ON users (status, last_name, first_name, no) WHERE status <> 'active';
CREATE INDEX users_by_creation ON users (created_at, no);
CREATE INDEX users_by_display_name ON users (display_name, no);
CREATE INDEX users_by_last_name ON users (last_name, first_name, no);

CREATE TABLE user_providers (
  user_no INTEGER NOT NULL REFERENCES users (no),
  provider_id BYTEA NOT NULL REFERENCES providers (id),
  PRIMARY KEY (user_no, provider_id)
) WITHOUT ROWID;
CREATE INDEX user_providers_by_provider ON user_providers (provider_id, user_no);

-- Purpose 'join': a person into organizations, the rows of invitation_targets. `user_no` is the account made for it,
-- `organization_no` the platform's, `identity_provider_id` where the account will sign in once this one is accepted.
ALTER TABLE invitations ADD COLUMN user_no INTEGER REFERENCES users (no);
ALTER TABLE invitations ADD COLUMN identity_provider_id BYTEA;
CREATE INDEX invitations_by_user ON invitations (user_no, id) WHERE user_no IS NOT NULL;
CREATE TABLE invitation_targets (
  invitation_id BYTEA NOT NULL REFERENCES invitations (id),
  organization_no INTEGER NOT NULL REFERENCES organizations (no),
  role_no INTEGER NOT NULL REFERENCES roles (no),
  PRIMARY KEY (invitation_id, organization_no, role_no)
) WITHOUT ROWID;
CREATE INDEX invitation_targets_by_organization ON invitation_targets (organization_no, invitation_id);

-- A file of people to invite. `creator_*`: whose rights it has, asked again for every batch. Counts are of rows.
CREATE TABLE invite_jobs (
  id BYTEA PRIMARY KEY,
  creator_kind TEXT NOT NULL,
  creator_id BYTEA NOT NULL,
  status TEXT NOT NULL,
  total BIGINT NOT NULL DEFAULT 0,
  done BIGINT NOT NULL DEFAULT 0,
  failed BIGINT NOT NULL DEFAULT 0,
  failure TEXT,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT
) WITHOUT ROWID;
CREATE INDEX invite_jobs_by_status ON invite_jobs (status, id);
CREATE INDEX invite_jobs_by_creator ON invite_jobs (creator_id, id);
-- `content`: the row as JSON, emptied once it is done. `fault` of a row that did not go in.
CREATE TABLE invite_job_rows (
  job_id BYTEA NOT NULL REFERENCES invite_jobs (id),
  line BIGINT NOT NULL,
  email TEXT NOT NULL,
  content TEXT NOT NULL,
  outcome TEXT NOT NULL,
  user_id BYTEA,
  fault TEXT,
  PRIMARY KEY (job_id, line)
) WITHOUT ROWID;
CREATE INDEX invite_job_rows_by_outcome ON invite_job_rows (job_id, outcome, line);
