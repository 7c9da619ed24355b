// What the holder of an invitation's secret does with it: look, accept, decline.
#include "base/text.hpp"
#include "domain/invitations/invitation_rules.hpp"
#include "domain/organizations/name_match.hpp"
#include "domain/organizations/organizations.hpp"
#include "domain/users/users.hpp"

namespace gatehouse::domain {
namespace {

namespace rules = invitation_rules;
namespace store = invitation_store;
using access::View;

// Who accepts, for which organization.
struct Side {
  User user;
  OrganizationNo organization;
};

// Is the person of its address, as far as there is one, still who it was made for?
bool still_invited(const View& view, const store::Row& row, const std::optional<User>& person) {
  if (person && !rules::means(row, *person)) return false;
  return !row.invited || (person && view.is_member(person->no, row.invited));
}

// The person of the invitation's address: the account there is, or a new one.
Result<User> accepting_user(Unit& unit, const store::Row& row, const std::optional<std::string>& hash) {
  auto user = Users::find_by_email(unit.tx(), row.email);
  if (!still_invited(unit.view(), row, user)) return rules::is_void();
  if (!user) {
    user = TRY(Users::insert(unit, {.email = row.email, .password_hash = hash}));
  } else if (hash && !Passwords::give_first(unit, user->id, *hash)) {
    return conflict("invitation.password_not_wanted", "This account has a password already; sign in with it.");
  }
  if (const auto now_there = Users::find(unit.tx(), user->no)) Users::accept(unit, *now_there);
  return *std::move(user);
}

// The organization the invitation was bound to, as long as the person belongs to it; else one of the person's of that name;
// else a new one. Never one that merely has the name.
Result<Side> accepting_side(Unit& unit, const store::Row& row, const std::optional<std::string>& hash) {
  const bool was_known = Users::find_by_email(unit.tx(), row.email).has_value();
  auto user = TRY(accepting_user(unit, row, hash));
  if (row.invited) return Side{std::move(user), row.invited};
  if (was_known) {
    const auto match = match_membership(unit, user.no, row.company_name);
    if (match) return Side{std::move(user), match->no};
    if (match.error().kind != ErrorKind::kNotFound) return match.error();
  }
  const auto made = TRY(Organizations::insert(unit, unit.view().platform(), {.name = row.company_name}));
  Memberships::put(unit, user.no, made.no, {OrganizationRoles::of(unit.view()).number(OrganizationRole::kAdmin)});
  return Side{std::move(user), made.no};
}

Result<AcceptedInvitation> accept_in(Unit& unit, const Mails& mails, std::string_view token,
                                     const std::optional<std::string>& hash) {
  auto row = TRY(rules::find_by_token(unit.tx(), token));
  TRY(rules::check_usable(unit.view(), row, unit.now()));
  const auto side = TRY(accepting_side(unit, row, hash));
  if (side.organization == row.organization) {
    return conflict("invitation.own_organization", "An organization cannot be connected with itself.");
  }
  const auto customer = rules::customer(row, side.organization);
  const auto agency = rules::agency(row, side.organization);
  if (Connections::stands(unit.view(), customer, agency)) {
    return conflict("connection.exists", "The two organizations are connected in this relation already.");
  }
  if (unit.view().connection_count(customer) >= kMaxAgencies) {
    return conflict("connection.too_many", "An organization has at most 200 agencies.");
  }
  const auto connection = Connections::establish(unit, customer, agency, row.id);
  store::set_accepted(unit.tx(), row.id, side.organization, connection, unit.now());
  const auto revision = unit.record({.action = "invitation.accepted",
                                     .organization = row.organization,
                                     .target_kind = "invitation",
                                     .target = row.id,
                                     .before = rules::described(row, "pending"),
                                     .after = rules::described(row, "accepted"),
                                     .facts = {}});
  rules::tell_both(unit, row, side.organization, revision, "invitation.accepted", connection);
  rules::mail_answer(unit, mails, row, "accepted");
  return AcceptedInvitation{row.id, connection};
}

}  // namespace

Result<InvitationPreview> Invitations::preview(std::string_view token) const {
  Result<InvitationPreview> shown = InvitationPreview{};
  const auto now = ledger_.clock().now();
  ledger_.read([&](sql::Tx& tx) {
    auto row = rules::find_by_token(tx, token);
    if (!row) {
      shown = row.error();
      return;
    }
    const auto invited = Users::find_by_email(tx, row->email);
    Result<void> usable;
    UserNo inviter;
    ledger_.graph().read([&](const View& view) {
      usable = rules::check_usable(view, *row, now);
      if (usable && !still_invited(view, *row, invited)) usable = rules::is_void();
      inviter = rules::inviter_user(view, *row);
    });
    if (!usable) {
      shown = usable.error();
      return;
    }
    shown = InvitationPreview{.inviter_company = Organizations::name_of(tx, row->organization),
                              .inviter_person = rules::inviter_name(tx, inviter),
                              .company_name = row->company_name,
                              .email = row->email,
                              .relation = row->relation,
                              .created_at = row->created_at,
                              .expires_at = row->expires_at,
                              .needs_password = !invited || invited->needs_password()};
  });
  return shown;
}

Result<AcceptedInvitation> Invitations::accept(std::string_view token, const std::optional<std::string>& password) {
  std::optional<std::string> hash;
  if (password) {
    // Only who holds a good secret makes the service hash.
    const auto shown = TRY(preview(token));
    if (!shown.needs_password) {
      return conflict("invitation.password_not_wanted", "This account has a password already; sign in with it.");
    }
    auto user_name = shown.email;
    ledger_.read([&](sql::Tx& tx) {
      if (const auto known = Users::find_by_email(tx, shown.email)) user_name = known->user_name;
    });
    hash = TRY(passwords_.hash_new(*password, user_name, shown.email));
  }
  const auto accepted = TRY(ledger_.unguarded("the invitation's secret is the proof", Principal{},
                                              [&](Unit& unit) { return accept_in(unit, mails_, token, hash); }));
  mails_.announce();
  return accepted;
}

Result<InvitationId> Invitations::reject_by_token(std::string_view token) {
  const auto rejected = TRY(
      ledger_.unguarded("the invitation's secret is the proof", Principal{}, [&](Unit& unit) -> Result<InvitationId> {
        const auto row = TRY(rules::find_by_token(unit.tx(), token));
        TRY(rules::check_open(row, unit.now()));
        rules::reject(unit, mails_, row, false);
        return row.id;
      }));
  mails_.announce();
  return rejected;
}

}  // namespace gatehouse::domain
