-- How far an unfinished import has come, one row a file; gone when the import is through. Counts are of rows.
CREATE TABLE imports (
  path TEXT PRIMARY KEY,
  id BYTEA NOT NULL,
  fingerprint TEXT NOT NULL,
  position BIGINT NOT NULL,
  line BIGINT NOT NULL,
  done BIGINT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  bad BIGINT NOT NULL
) WITHOUT ROWID;

-- Rows of organizations whose parent has not been read yet.
CREATE TABLE import_held_back (
  path TEXT NOT NULL,
  line BIGINT NOT NULL,
  external_key TEXT NOT NULL,
  id BYTEA,
  parent_key TEXT,
  name TEXT,
  description TEXT,
  PRIMARY KEY (path, line)
) WITHOUT ROWID;
