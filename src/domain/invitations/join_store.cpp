#include "domain/invitations/join_store.hpp"

#include "base/text.hpp"

namespace gatehouse::domain::join_store {
namespace {

constexpr std::string_view kPurpose = "join";

constexpr std::string_view kSelect =
    "SELECT id, inviter_kind, inviter_id, email, locale, status, created_at, last_sent_at, expires_at, sendings, "
    "user_no, identity_provider_id, rejected_by, responded_at "
    "FROM invitations WHERE purpose = 'join' AND ";

std::string select(std::string_view where) { return std::string(kSelect).append(where); }

Row read(const sql::Row& from) {
  Row row;
  row.id = from.id<InvitationId>(0);
  row.inviter_kind = from.text(1);
  row.inviter = from.id<Uuid>(2);
  row.email = from.text(3);
  row.locale = from.text(4);
  row.status = from.text(5) == "accepted"   ? InvitationStatus::kAccepted
               : from.text(5) == "rejected" ? InvitationStatus::kRejected
                                            : InvitationStatus::kPending;
  row.created_at = from.time(6);
  row.last_sent_at = from.time(7);
  row.expires_at = from.time(8);
  row.sendings = from.integer(9);
  row.user = {static_cast<std::uint32_t>(from.integer(10))};
  if (!from.is_null(11)) row.identity_provider = from.id<IdentityProviderId>(11);
  row.rejected_by_inviter = from.text(12) == "inviter";
  row.responded_at = from.maybe_time(13);
  return row;
}

Target target(const sql::Row& row) {
  return {{static_cast<std::uint32_t>(row.integer(0))}, {static_cast<std::uint32_t>(row.integer(1))}};
}

UserNo user_of(const sql::Row& row) { return {static_cast<std::uint32_t>(row.integer(0))}; }

// `$n, …` for what `value` makes of each, padded with `nobody` to one of a few lengths, so that there are few different
// statements.
template <class Items, class F>
std::string listed(std::vector<sql::Value>& values, const Items& items, const sql::Value& nobody, F&& value) {
  std::size_t length = 1;
  while (length < items.size()) length *= 2;
  std::string list;
  for (std::size_t i = 0; i < length; ++i) {
    values.push_back(i < items.size() ? value(items[i]) : nobody);
    list += (i == 0 ? "$" : ", $") + std::to_string(values.size());
  }
  return list;
}

template <class Items>
std::string numbers(std::vector<sql::Value>& values, const Items& items) {
  return listed(values, items, 0, [](const auto no) { return sql::Value(no.value); });
}

}  // namespace

void insert(sql::Tx& tx, const Row& row, const Sender& sender, OrganizationNo platform, std::string_view secret) {
  const auto email_key = text::email_key(row.email);
  tx.post(
      "INSERT INTO invitations (id, purpose, organization_no, inviter_kind, inviter_id, relation, email, email_key, "
      "company_name, company_key, locale, status, secret, created_at, last_sent_at, expires_at, user_no, "
      "identity_provider_id, sender_user_no, sender_organization_no) "
      "VALUES ($1, $2, $3, $4, $5, '', $6, $7, '', '', $8, 'pending', $9, $10, $11, $12, $13, $14, $15, $16)",
      {row.id, kPurpose, platform.value, row.inviter_kind, row.inviter, row.email, email_key, row.locale,
       sql::Value::bytes(secret), row.created_at, row.last_sent_at, row.expires_at, row.user.value,
       row.identity_provider, sender.user.value, sender.organization.value});
}

void set_identity_provider(sql::Tx& tx, const InvitationId& id, const std::optional<IdentityProviderId>& provider) {
  tx.post("UPDATE invitations SET identity_provider_id = $2 WHERE id = $1", {id, provider});
}

void add_target(sql::Tx& tx, const InvitationId& id, const Target& target) {
  tx.post(
      "INSERT INTO invitation_targets (invitation_id, organization_no, role_no) VALUES ($1, $2, $3) "
      "ON CONFLICT (invitation_id, organization_no, role_no) DO NOTHING",
      {id, target.organization.value, target.role.value});
}

std::optional<Row> find_by_secret(sql::Tx& tx, std::string_view secret) {
  return tx.first(select("secret = $1"), {sql::Value::bytes(secret)}, read);
}

std::optional<Row> find(sql::Tx& tx, const InvitationId& id) { return tx.first(select("id = $1"), {id}, read); }

std::vector<Row> of_user(sql::Tx& tx, UserNo user, std::int64_t limit) {
  std::vector<Row> found;
  tx.each(select("user_no = $1 ORDER BY id DESC LIMIT $2"), {user.value, limit}, [&](const sql::Row& row) {
    found.push_back(read(row));
    return true;
  });
  return found;
}

std::vector<NamedTarget> targets_of(sql::Tx& tx, UserNo user) {
  std::vector<NamedTarget> found;
  tx.each(
      "SELECT t.organization_no, t.role_no, t.invitation_id, o.name FROM invitations i CROSS JOIN invitation_targets t "
      "CROSS JOIN organizations o WHERE i.user_no = $1 AND t.invitation_id = i.id AND o.no = t.organization_no "
      "ORDER BY t.invitation_id, t.organization_no, t.role_no",
      {user.value}, [&](const sql::Row& row) {
        found.push_back({target(row), row.id<InvitationId>(2), std::string(row.text(3))});
        return true;
      });
  return found;
}

std::vector<Target> targets(sql::Tx& tx, const InvitationId& id) {
  std::vector<Target> found;
  tx.each(
      "SELECT organization_no, role_no FROM invitation_targets WHERE invitation_id = $1 ORDER BY organization_no, "
      "role_no",
      {id}, [&](const sql::Row& row) {
        found.push_back(target(row));
        return true;
      });
  return found;
}

void each_account(sql::Tx& tx, const std::vector<std::string>& email_keys,
                  FunctionRef<void(UserNo, std::string_view, bool)> use) {
  std::vector<sql::Value> values;
  const auto list = listed(values, email_keys, "", [](const std::string& key) { return sql::Value(key); });
  tx.each("SELECT no, email_key, email_proven FROM users WHERE email_key IN (" + list + ")", sql::Values(values),
          [&](const sql::Row& row) {
            use(user_of(row), row.text(1), row.boolean(2));
            return true;
          });
}

std::vector<Row> open_of(sql::Tx& tx, std::span<const UserNo> users, std::string_view inviter_kind, const Uuid& inviter,
                         Timestamp now) {
  std::vector<sql::Value> values{inviter_kind, inviter, now};
  const auto list = numbers(values, users);
  std::vector<Row> found;
  tx.each(select("user_no IN (" + list +
                 ") AND inviter_kind = $1 AND inviter_id = $2 AND status = 'pending' AND expires_at > $3 ORDER BY id"),
          sql::Values(values), [&](const sql::Row& row) {
            found.push_back(read(row));
            return true;
          });
  return found;
}

void each_target(sql::Tx& tx, std::span<const InvitationId> ids,
                 FunctionRef<void(const InvitationId&, const Target&)> use) {
  if (ids.empty()) return;
  static const Uuid nobody;
  std::vector<sql::Value> values;
  const auto list = listed(values, ids, nobody, [](const InvitationId& id) { return sql::Value(id); });
  tx.each("SELECT organization_no, role_no, invitation_id FROM invitation_targets WHERE invitation_id IN (" + list +
              ") ORDER BY invitation_id, organization_no, role_no",
          sql::Values(values), [&](const sql::Row& row) {
            use(row.id<InvitationId>(2), target(row));
            return true;
          });
}

void each_count_since(sql::Tx& tx, std::span<const UserNo> users, const Sender& sender, Timestamp since,
                      FunctionRef<void(UserNo, std::int64_t)> use) {
  std::vector<sql::Value> values{sender.user.value, sender.organization.value, since};
  const auto list = numbers(values, users);
  tx.each("SELECT user_no, count(*) FROM invitations WHERE user_no IN (" + list +
              ") AND sender_user_no = $1 AND sender_organization_no = $2 AND created_at > $3 GROUP BY user_no",
          sql::Values(values), [&](const sql::Row& row) {
            use(user_of(row), row.integer(1));
            return true;
          });
}

void each_offered(sql::Tx& tx, std::span<const UserNo> users, Timestamp now,
                  FunctionRef<void(UserNo, OrganizationNo)> use) {
  if (users.empty()) return;
  std::vector<sql::Value> values{now};
  const auto list = numbers(values, users);
  tx.each(
      "SELECT DISTINCT i.user_no, t.organization_no FROM invitations i CROSS JOIN invitation_targets t "
      "WHERE i.user_no IN (" +
          list + ") AND i.status = 'pending' AND i.expires_at > $1 AND t.invitation_id = i.id",
      sql::Values(values), [&](const sql::Row& row) {
        use(user_of(row), {static_cast<std::uint32_t>(row.integer(1))});
        return true;
      });
}

std::map<OrganizationNo, std::string> names(sql::Tx& tx, std::span<const OrganizationNo> organizations) {
  std::map<OrganizationNo, std::string> found;
  if (organizations.empty()) return found;
  std::vector<sql::Value> values;
  const auto list = numbers(values, organizations);
  tx.each("SELECT no, name FROM organizations WHERE no IN (" + list + ")", sql::Values(values),
          [&](const sql::Row& row) {
            found.emplace(OrganizationNo{static_cast<std::uint32_t>(row.integer(0))}, row.text(1));
            return true;
          });
  return found;
}

void set_accepted(sql::Tx& tx, const InvitationId& id, Timestamp now) {
  tx.post("UPDATE invitations SET status = 'accepted', responded_at = $2 WHERE id = $1", {id, now});
}

void erase_target(sql::Tx& tx, const InvitationId& id, const Target& target) {
  tx.post("DELETE FROM invitation_targets WHERE invitation_id = $1 AND organization_no = $2 AND role_no = $3",
          {id, target.organization.value, target.role.value});
}

void erase_targets_at(sql::Tx& tx, OrganizationNo organization) {
  tx.post("DELETE FROM invitation_targets WHERE organization_no = $1", {organization.value});
}

void erase_of(sql::Tx& tx, UserNo user) {
  tx.post("DELETE FROM invitation_targets WHERE invitation_id IN (SELECT id FROM invitations WHERE user_no = $1)",
          {user.value});
  tx.post("DELETE FROM invitations WHERE user_no = $1", {user.value});
}

void reject_open_of(sql::Tx& tx, UserNo user, Timestamp now) {
  tx.post(
      "UPDATE invitations SET status = 'rejected', rejected_by = 'inviter', responded_at = $2 WHERE user_no = $1 AND "
      "status = 'pending'",
      {user.value, now});
}

}  // namespace gatehouse::domain::join_store
