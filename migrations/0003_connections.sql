-- Invitations between organizations, agency connections, what is told of them, and outgoing mail.

-- `secret` is a digest; it stays when the invitation is answered, so that a second use is told from an unknown token.
-- `invited_no`: the organization it is bound to, none while it waits for one that is yet to be made. `inviter_*`: the
-- principal that vouches for it; asked again when it is accepted.
CREATE TABLE invitations (
  id BYTEA PRIMARY KEY,
  purpose TEXT NOT NULL,
  organization_no INTEGER NOT NULL REFERENCES organizations (no),
  inviter_kind TEXT NOT NULL,
  inviter_id BYTEA NOT NULL,
  relation TEXT NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  company_name TEXT NOT NULL,
  company_key TEXT NOT NULL,
  invited_no INTEGER,
  locale TEXT NOT NULL,
  status TEXT NOT NULL,
  rejected_by TEXT,
  connection_id BYTEA,
  secret BYTEA NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  last_sent_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  sendings BIGINT NOT NULL DEFAULT 1,
  responded_at BIGINT
) WITHOUT ROWID;
CREATE INDEX invitations_by_organization ON invitations (organization_no, id);
CREATE INDEX invitations_by_invited ON invitations (invited_no, id);
CREATE INDEX invitations_by_email ON invitations (organization_no, email_key);

CREATE TABLE connections (
  id BYTEA PRIMARY KEY,
  customer_no INTEGER NOT NULL REFERENCES organizations (no),
  agency_no INTEGER NOT NULL REFERENCES organizations (no),
  invitation_id BYTEA,
  created_at BIGINT NOT NULL,
  UNIQUE (customer_no, agency_no)
) WITHOUT ROWID;
CREATE INDEX connections_by_agency ON connections (agency_no, id);
CREATE TABLE connection_grants (
  connection_id BYTEA NOT NULL REFERENCES connections (id),
  role_no INTEGER NOT NULL REFERENCES roles (no),
  PRIMARY KEY (connection_id, role_no)
) WITHOUT ROWID;

-- The agency's own record of a customer; it outlives the connection, without following the customer any more.
CREATE TABLE client_records (
  agency_no INTEGER NOT NULL REFERENCES organizations (no),
  customer_no INTEGER NOT NULL REFERENCES organizations (no),
  id BYTEA NOT NULL UNIQUE,
  name TEXT NOT NULL,
  connection_id BYTEA,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (agency_no, customer_no)
) WITHOUT ROWID;
CREATE INDEX client_records_by_customer ON client_records (customer_no);

-- What an organization is told of a change of the log.
CREATE TABLE notifications (
  organization_no INTEGER NOT NULL REFERENCES organizations (no),
  id BYTEA NOT NULL,
  revision BIGINT NOT NULL,
  event TEXT NOT NULL,
  invitation_id BYTEA,
  connection_id BYTEA,
  company_name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (organization_no, id)
) WITHOUT ROWID;

-- `parameters` are sealed with the master key (a link may be a secret) and go when the mail is sent.
CREATE TABLE mails (
  id BYTEA PRIMARY KEY,
  recipient TEXT NOT NULL,
  template TEXT NOT NULL,
  locale TEXT NOT NULL,
  parameters BYTEA,
  status TEXT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  failure TEXT,
  created_at BIGINT NOT NULL,
  next_attempt_at BIGINT NOT NULL,
  sent_at BIGINT
) WITHOUT ROWID;
CREATE INDEX mails_by_turn ON mails (status, next_attempt_at);

-- When a connection ends, the sessions that are active in the customer are looked for.
CREATE INDEX sessions_by_active_organization ON sessions (active_organization_no);
