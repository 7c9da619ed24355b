-- Works with schema 5.
-- The orders that lists of people are in, with what a list asks of those it passes over: number and status. So a page far
-- behind is found in the index alone, on an engine too whose indexes do not hold the number of a row by themselves.

CREATE INDEX users_by_user_name ON users (user_name_key, no, status);
CREATE INDEX users_by_email ON users (email_key, no, status);
DROP INDEX users_by_creation;
CREATE INDEX users_by_creation ON users (created_at, no, status);
DROP INDEX users_by_last_name;
CREATE INDEX users_by_last_name ON users (last_name, first_name, no, status);
