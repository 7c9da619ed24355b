-- Works with schema 5.
-- What user names that look alike as they were typed have in common, a capital I and a small l say, which keys in lower
-- case cannot tell. None: written by an earlier release, worked out at the next start.

ALTER TABLE users ADD COLUMN user_name_sight TEXT;
CREATE INDEX users_by_sight ON users (user_name_sight);
