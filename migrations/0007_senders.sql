-- Works with schema 5.
-- On whose account an invitation to join was made, whatever it was made with: a person, an organization for its API tokens, or 0
-- for neither. What one has sent never counts against another.

ALTER TABLE invitations ADD COLUMN sender_user_no INTEGER NOT NULL DEFAULT 0;
ALTER TABLE invitations ADD COLUMN sender_organization_no INTEGER NOT NULL DEFAULT 0;
