// What the holder of the secret of an invitation to join does with it: look, activate, decline.
#include <set>

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "crypto/opaque_token.hpp"
#include "domain/invitations/invitation_rules.hpp"
#include "domain/invitations/join_invitations.hpp"
#include "domain/invitations/join_rules.hpp"

namespace gatehouse::domain {
namespace {

namespace rules = invitation_rules;
using access::View;
using join_store::Target;

Result<join_store::Row> find_by_token(sql::Tx& tx, std::string_view token) {
  const auto parsed = crypto::parse_opaque_token(token);
  std::optional<join_store::Row> row;
  if (parsed && parsed->kind == rules::kJoinTokenKind) {
    row = join_store::find_by_secret(tx, crypto::view(parsed->digest));
  }
  if (!row) return rules::token_unknown();
  return *std::move(row);
}

// Usable by that person still; what of it can be given is yet to be asked.
struct Usable {
  join_store::Row row;
  User user;
  std::vector<Target> targets;

  [[nodiscard]] bool is_new() const { return user.status == UserStatus::kNew; }
  // How a new account signs in is what this invitation says, whatever others have offered; the platform has the first word.
  [[nodiscard]] std::optional<IdentityProviderId> identity_provider() const {
    return is_new() && !user.identity_provider ? row.identity_provider : user.identity_provider;
  }
  [[nodiscard]] bool needs_password() const { return !user.has_password && !identity_provider(); }
};

Result<Usable> usable(sql::Tx& tx, std::string_view token, Timestamp now) {
  auto row = TRY(find_by_token(tx, token));
  TRY(rules::check_open(row, now));
  auto user = Users::find(tx, row.user);
  // The proof is of one mailbox: whoever has another address by now is not meant.
  if (!user || !rules::means(row, *user)) return rules::is_void();
  // Somebody else has given the account a password since: whoever holds the mail is not the only one who would be let in. In
  // doubt, by the clocks of two nodes, it was since.
  if (user->password_given_at && user->password_given_at->plus_s(kClockTolerance_s) >= row.last_sent_at) {
    return rules::is_void();
  }
  auto targets = join_store::targets(tx, row.id);
  Usable found{std::move(row), *std::move(user), std::move(targets)};
  const auto at = found.identity_provider();
  if (at && !IdentityProviders::find(tx, *at)) return rules::is_void();
  return found;
}

// What can still be given, each asked again of whoever vouches for it.
Result<void> keep_worth(const View& view, const access::Permissions& names, Usable& found, Timestamp now) {
  const auto who = rules::inviter(view, found.row);
  std::erase_if(found.targets, [&](const Target& target) {
    return !who || !join_rules::may_give(view, names, *who, found.row, target, now);
  });
  if (found.targets.empty()) return rules::is_void();
  return {};
}

std::string answered(const join_store::Row& row, std::string_view status) {
  std::string json;
  JsonWriter(json).begin_object().member("email", row.email).member("status", status).end_object();
  return json;
}

void record(Unit& unit, const join_store::Row& row, std::string_view action, std::string_view status) {
  unit.record({.action = action,
               .organization = unit.view().platform(),
               .target_kind = "invitation",
               .target = row.id,
               .before = answered(row, "pending"),
               .after = answered(row, status),
               .facts = {}});
}

Error password_not_wanted() {
  return conflict("invitation.password_not_wanted", "This account has a password already, or signs in elsewhere.");
}

Result<JoinedUser> join(Unit& unit, std::string_view token, const std::optional<std::string>& hash) {
  auto found = TRY(usable(unit.tx(), token, unit.now()));
  TRY(keep_worth(unit.view(), unit.permissions(), found, unit.now()));
  const auto& user = found.user;
  Users::set_identity_provider(unit, user, found.identity_provider());
  if (hash && !Passwords::give_first(unit, user.id, *hash)) return password_not_wanted();
  if (const auto now_there = Users::find(unit.tx(), user.no)) Users::accept(unit, *now_there);
  JoinedUser joined{found.row.id, user.id, user.email, UserStatus::kActive, {}};
  for (const auto& target : found.targets) {
    Memberships::put(unit, user.no, target.organization, {target.role});
    const auto id = unit.view().organization_id(target.organization).value_or(OrganizationId());
    if (joined.organizations.empty() || joined.organizations.back() != id) joined.organizations.push_back(id);
  }
  join_store::set_accepted(unit.tx(), found.row.id, unit.now());
  record(unit, found.row, "invitation.accepted", "accepted");
  return joined;
}

// For the log: whoever holds the secret of a mail is taken for the one it was sent to.
Principal addressee(const Ledger& ledger, std::string_view token) {
  Principal who;
  ledger.read([&](sql::Tx& tx) {
    const auto row = find_by_token(tx, token);
    const auto user = row ? Users::find(tx, row->user) : std::nullopt;
    if (!user) return;
    who.kind = Principal::Kind::kUser;
    who.id = user->id;
    who.user = user->no;
  });
  return who;
}

}  // namespace

Result<JoinPreview> JoinInvitations::preview(std::string_view token) const {
  Result<JoinPreview> shown = JoinPreview{};
  const auto now = ledger_.clock().now();
  ledger_.read([&](sql::Tx& tx) {
    auto found = usable(tx, token, now);
    UserNo inviter;
    Result<void> any;
    if (found) {
      ledger_.graph().read([&](const View& view) {
        any = keep_worth(view, ledger_.graph().permissions(), *found, now);
        inviter = rules::inviter_user(view, found->row);
      });
    }
    if (!found || !any) {
      shown = found ? any.error() : found.error();
      return;
    }
    JoinPreview preview;
    preview.inviter_person = rules::inviter_name(tx, inviter);
    preview.email = found->user.email;
    preview.user_name = found->user.user_name;
    preview.created_at = found->row.created_at;
    preview.expires_at = found->row.expires_at;
    preview.needs_password = found->needs_password();
    std::vector<OrganizationNo> organizations;
    for (const auto& target : found->targets) organizations.push_back(target.organization);
    std::set<std::string> names;
    for (auto& [no, name] : join_store::names(tx, organizations)) names.insert(std::move(name));
    preview.organizations.assign(names.begin(), names.end());
    if (const auto at = found->identity_provider()) {
      if (const auto provider = IdentityProviders::find(tx, *at)) preview.identity_provider = provider->name;
    }
    shown = std::move(preview);
  });
  return shown;
}

Result<JoinedUser> JoinInvitations::activate(std::string_view token, const std::optional<std::string>& password) {
  std::optional<std::string> hash;
  if (password) {
    // Only who holds a good secret makes the service hash.
    const auto shown = TRY(preview(token));
    if (!shown.needs_password) return password_not_wanted();
    hash = TRY(passwords_.hash_new(*password, shown.user_name, shown.email));
  }
  return ledger_.unguarded("the invitation's secret is the proof", addressee(ledger_, token),
                           [&](Unit& unit) { return join(unit, token, hash); });
}

Result<InvitationId> JoinInvitations::reject(std::string_view token) {
  return ledger_.unguarded("the invitation's secret is the proof", addressee(ledger_, token),
                           [&](Unit& unit) -> Result<InvitationId> {
                             const auto row = TRY(find_by_token(unit.tx(), token));
                             TRY(rules::check_open(row, unit.now()));
                             invitation_store::set_rejected(unit.tx(), row.id, false, unit.now());
                             record(unit, row, "invitation.rejected", "rejected");
                             return row.id;
                           });
}

void JoinInvitations::organization_removed(Unit& unit, OrganizationNo organization) {
  join_store::erase_targets_at(unit.tx(), organization);
}

void JoinInvitations::user_removed(Unit& unit, UserNo user) { join_store::erase_of(unit.tx(), user); }

void JoinInvitations::user_address_changed(Unit& unit, UserNo user) {
  join_store::reject_open_of(unit.tx(), user, unit.now());
}

}  // namespace gatehouse::domain
