#include "domain/invitations/invitation_store.hpp"

#include "base/text.hpp"

namespace gatehouse::domain::invitation_store {
namespace {

constexpr std::string_view kPurpose = "connect";

constexpr std::string_view kColumns =
    "id, organization_no, inviter_kind, inviter_id, relation, email, company_name, invited_no, locale, status, "
    "created_at, last_sent_at, expires_at, sendings";

InvitationStatus status(std::string_view word) {
  return word == "accepted"   ? InvitationStatus::kAccepted
         : word == "rejected" ? InvitationStatus::kRejected
                              : InvitationStatus::kPending;
}

Relation relation(std::string_view word) { return word == "customer" ? Relation::kCustomer : Relation::kAgency; }

OrganizationNo number(const sql::Row& row, int column) { return {static_cast<std::uint32_t>(row.integer(column))}; }

sql::Value number_or_null(OrganizationNo no) { return no ? sql::Value(no.value) : sql::Value(nullptr); }

Row read(const sql::Row& from) {
  Row row;
  row.id = from.id<InvitationId>(0);
  row.organization = number(from, 1);
  row.inviter_kind = from.text(2);
  row.inviter = from.id<Uuid>(3);
  row.relation = relation(from.text(4));
  row.email = from.text(5);
  row.company_name = from.text(6);
  row.invited = number(from, 7);
  row.locale = from.text(8);
  row.status = status(from.text(9));
  row.created_at = from.time(10);
  row.last_sent_at = from.time(11);
  row.expires_at = from.time(12);
  row.sendings = from.integer(13);
  return row;
}

}  // namespace

void insert(sql::Tx& tx, const Row& row, std::string_view secret) {
  const auto email_key = text::email_key(row.email);
  const auto company_key = text::name_key(row.company_name);
  tx.post(
      "INSERT INTO invitations (id, purpose, organization_no, inviter_kind, inviter_id, relation, email, email_key, "
      "company_name, company_key, invited_no, locale, status, secret, created_at, last_sent_at, expires_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'pending', $13, $14, $15, $16)",
      {row.id, kPurpose, row.organization.value, row.inviter_kind, row.inviter, name(row.relation), row.email,
       email_key, row.company_name, company_key, number_or_null(row.invited), row.locale, sql::Value::bytes(secret),
       row.created_at, row.last_sent_at, row.expires_at});
}

std::optional<Row> find(sql::Tx& tx, const InvitationId& id) {
  return tx.first("SELECT " + std::string(kColumns) + " FROM invitations WHERE id = $1 AND purpose = $2",
                  {id, kPurpose}, read);
}

std::optional<Row> find_by_secret(sql::Tx& tx, std::string_view secret) {
  return tx.first("SELECT " + std::string(kColumns) + " FROM invitations WHERE secret = $1 AND purpose = $2",
                  {sql::Value::bytes(secret), kPurpose}, read);
}

bool has_pending(sql::Tx& tx, const Row& like) {
  const auto email_key = text::email_key(like.email);
  const auto company_key = text::name_key(like.company_name);
  return tx.exists(
      "SELECT 1 FROM invitations WHERE organization_no = $1 AND email_key = $2 AND relation = $3 AND purpose = $4 "
      "AND status = 'pending' AND (company_key = $5 OR invited_no = $6)",
      {like.organization.value, email_key, name(like.relation), kPurpose, company_key, number_or_null(like.invited)});
}

std::int64_t count_since(sql::Tx& tx, OrganizationNo organization, std::string_view email, Timestamp since) {
  const auto email_key = text::email_key(email);
  return tx.integer(
      "SELECT count(*) FROM invitations WHERE organization_no = $1 AND email_key = $2 AND created_at > $3",
      {organization.value, email_key, since});
}

void set_sent(sql::Tx& tx, const Offer& row, std::string_view secret) {
  tx.post(
      "UPDATE invitations SET secret = $2, inviter_kind = $3, inviter_id = $4, last_sent_at = $5, expires_at = $6, "
      "sendings = sendings + 1 WHERE id = $1",
      {row.id, sql::Value::bytes(secret), row.inviter_kind, row.inviter, row.last_sent_at, row.expires_at});
}

void set_accepted(sql::Tx& tx, const InvitationId& id, OrganizationNo invited, const ConnectionId& connection,
                  Timestamp now) {
  tx.post(
      "UPDATE invitations SET status = 'accepted', invited_no = $2, connection_id = $3, responded_at = $4 WHERE id = "
      "$1",
      {id, invited.value, connection, now});
}

void set_rejected(sql::Tx& tx, const InvitationId& id, bool by_inviter, Timestamp now) {
  tx.post("UPDATE invitations SET status = 'rejected', rejected_by = $2, responded_at = $3 WHERE id = $1",
          {id, by_inviter ? "inviter" : "invitee", now});
}

std::vector<Invitation> list(sql::Tx& tx, OrganizationNo organization, const std::optional<InvitationId>& before,
                             std::int64_t limit) {
  const auto below = before ? *before : InvitationId(Uuid::from_bytes(std::string(16, '\xff')));
  std::vector<Invitation> found;
  // Each direction goes along its own index; the two never share an invitation.
  tx.each(
      "SELECT i.id, c.id, i.organization_no, i.status, i.relation, i.email, i.company_name, o.name, i.created_at, "
      "i.last_sent_at, i.responded_at FROM ("
      "SELECT * FROM (SELECT * FROM invitations WHERE organization_no = $1 AND id < $2 AND purpose = $4 "
      "ORDER BY id DESC LIMIT $3) s UNION ALL "
      "SELECT * FROM (SELECT * FROM invitations WHERE invited_no = $1 AND id < $2 AND purpose = $4 "
      "ORDER BY id DESC LIMIT $3) r"
      ") i JOIN organizations o ON o.no = i.organization_no LEFT JOIN connections c ON c.id = i.connection_id "
      "ORDER BY i.id DESC LIMIT $3",
      {organization.value, below, limit, kPurpose}, [&](const sql::Row& row) {
        Invitation one;
        one.id = row.id<InvitationId>(0);
        if (!row.is_null(1)) one.connection = row.id<ConnectionId>(1);
        one.sent = number(row, 2) == organization;
        one.status = status(row.text(3));
        one.relation = relation(row.text(4));
        one.email = row.text(5);
        one.company_name = row.text(6);
        one.inviter_company = row.text(7);
        one.created_at = row.time(8);
        one.last_sent_at = row.time(9);
        one.responded_at = row.maybe_time(10);
        found.push_back(std::move(one));
        return true;
      });
  return found;
}

std::vector<Row> pending_for(sql::Tx& tx, OrganizationNo invited) {
  std::vector<Row> found;
  tx.each("SELECT " + std::string(kColumns) + " FROM invitations WHERE invited_no = $1 AND status = 'pending'",
          {invited.value}, [&](const sql::Row& row) {
            found.push_back(read(row));
            return true;
          });
  return found;
}

void erase_sent_by(sql::Tx& tx, OrganizationNo organization) {
  tx.post("DELETE FROM invitations WHERE organization_no = $1", {organization.value});
}

void forget_invited(sql::Tx& tx, OrganizationNo organization) {
  tx.post("UPDATE invitations SET invited_no = NULL WHERE invited_no = $1", {organization.value});
}

}  // namespace gatehouse::domain::invitation_store
