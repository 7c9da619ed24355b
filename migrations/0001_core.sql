-- The core: tree, accounts, memberships, roles and grants, credentials, sessions, the log.
-- Portable SQL (see src/sql/database.hpp). `WITHOUT ROWID` asks SQLite to cluster a table by its primary key; another
-- engine leaves the words out. Times are microseconds UTC. `no` columns are dense numbers that never leave the process.

CREATE TABLE sequences (
  name TEXT PRIMARY KEY,
  last BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO sequences (name, last) VALUES ('organizations', 0), ('users', 0), ('roles', 0);

CREATE TABLE organizations (
  no INTEGER PRIMARY KEY,
  id BYTEA NOT NULL UNIQUE,
  parent_no INTEGER REFERENCES organizations (no),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL DEFAULT '',
  external_key TEXT UNIQUE,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX organizations_by_parent ON organizations (parent_no, name_key);

CREATE TABLE users (
  no INTEGER PRIMARY KEY,
  id BYTEA NOT NULL UNIQUE,
  user_name TEXT NOT NULL,
  user_name_key TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL,
  password_hash TEXT,
  password_changed_at BIGINT,
  last_sign_in_at BIGINT,
  last_organization_no INTEGER,
  external_key TEXT UNIQUE,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE memberships (
  user_no INTEGER NOT NULL REFERENCES users (no),
  organization_no INTEGER NOT NULL REFERENCES organizations (no),
  display_name TEXT,
  attributes TEXT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (user_no, organization_no)
) WITHOUT ROWID;
CREATE INDEX memberships_by_organization ON memberships (organization_no, user_no);

CREATE TABLE roles (
  no INTEGER PRIMARY KEY,
  id BYTEA NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  category TEXT NOT NULL,
  weight BIGINT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  built_in BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE role_permissions (
  role_no INTEGER NOT NULL REFERENCES roles (no),
  permission TEXT NOT NULL,
  PRIMARY KEY (role_no, permission)
) WITHOUT ROWID;
CREATE TABLE role_implications (
  role_no INTEGER NOT NULL REFERENCES roles (no),
  implied_no INTEGER NOT NULL REFERENCES roles (no),
  PRIMARY KEY (role_no, implied_no)
) WITHOUT ROWID;

CREATE TABLE grants (
  user_no INTEGER NOT NULL REFERENCES users (no),
  organization_no INTEGER NOT NULL REFERENCES organizations (no),
  role_no INTEGER NOT NULL REFERENCES roles (no),
  PRIMARY KEY (user_no, organization_no, role_no)
) WITHOUT ROWID;
CREATE INDEX grants_by_organization ON grants (organization_no, role_no, user_no);

CREATE TABLE sessions (
  id BYTEA PRIMARY KEY,
  user_no INTEGER NOT NULL REFERENCES users (no),
  active_organization_no INTEGER,
  source TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_no);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Only digests. A used token stays until its session ends, so that its reuse is noticed.
CREATE TABLE refresh_tokens (
  digest BYTEA PRIMARY KEY,
  session_id BYTEA NOT NULL REFERENCES sessions (id),
  issued_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  successor BYTEA
) WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE clients (
  id BYTEA PRIMARY KEY,
  owner_no INTEGER NOT NULL REFERENCES users (no),
  organization_no INTEGER,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  scopes TEXT NOT NULL,
  secret BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  UNIQUE (owner_no, name_key)
);
CREATE INDEX clients_by_organization ON clients (organization_no);

CREATE TABLE api_tokens (
  id BYTEA PRIMARY KEY,
  organization_no INTEGER NOT NULL REFERENCES organizations (no),
  name TEXT NOT NULL,
  secret BYTEA NOT NULL UNIQUE,
  creator_no INTEGER,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  last_used_at BIGINT
);
CREATE INDEX api_tokens_by_organization ON api_tokens (organization_no);
CREATE TABLE api_token_grants (
  api_token_id BYTEA NOT NULL REFERENCES api_tokens (id),
  role_no INTEGER NOT NULL REFERENCES roles (no),
  PRIMARY KEY (api_token_id, role_no)
) WITHOUT ROWID;

-- Accounts as a keyed digest: what people type into a name field is sometimes their password. source '' counts all sources.
CREATE TABLE sign_in_attempts (
  account BYTEA NOT NULL,
  source TEXT NOT NULL,
  failures BIGINT NOT NULL,
  last_failure_at BIGINT NOT NULL,
  blocked_until BIGINT NOT NULL,
  PRIMARY KEY (account, source)
) WITHOUT ROWID;
CREATE INDEX sign_in_attempts_by_time ON sign_in_attempts (last_failure_at);

-- Private keys are sealed with the master key.
CREATE TABLE signing_keys (
  kid TEXT PRIMARY KEY,
  algorithm TEXT NOT NULL,
  private_key BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  active_at BIGINT NOT NULL,
  retired_at BIGINT
) WITHOUT ROWID;

-- `answer` is sealed with the master key (it may show a secret once); null while the first request runs.
CREATE TABLE idempotency_keys (
  principal BYTEA NOT NULL,
  key TEXT NOT NULL,
  fingerprint BYTEA NOT NULL,
  answer BYTEA,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (principal, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);

CREATE TABLE log_head (
  one BIGINT PRIMARY KEY,
  revision BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO log_head (one, revision) VALUES (1, 0);

CREATE TABLE changes (
  revision BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id BYTEA,
  action TEXT NOT NULL,
  organization_no INTEGER,
  target_kind TEXT NOT NULL,
  target_id BYTEA,
  before TEXT,
  after TEXT,
  facts BYTEA NOT NULL
) WITHOUT ROWID;
CREATE INDEX changes_by_organization ON changes (organization_no, revision);
