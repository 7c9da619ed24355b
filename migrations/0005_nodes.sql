-- Several nodes on one store.

-- One row: what the deployment is, and by what a node knows that its master key is the one that the secrets here are
-- sealed with.
CREATE TABLE deployment (
  one BIGINT PRIMARY KEY,
  id BYTEA NOT NULL,
  key_check BYTEA NOT NULL
) WITHOUT ROWID;

-- Work that one node does at a time: whose turn it is, and until when by that node's clock. Of nodes' lives only: it means
-- nothing in another deployment.
CREATE TABLE node_turns (
  work TEXT PRIMARY KEY,
  node BYTEA NOT NULL,
  until BIGINT NOT NULL
) WITHOUT ROWID;

-- Which node is sending a waiting mail; from `claimed_until` on another may.
ALTER TABLE mails ADD COLUMN claimed_by BYTEA;
ALTER TABLE mails ADD COLUMN claimed_until BIGINT;
