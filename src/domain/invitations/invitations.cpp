// What those who are signed in do with invitations: make, list, send again, reject. What the holder of the secret does
// is in acceptance.cpp.
#include "domain/invitations/invitations.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "crypto/opaque_token.hpp"
#include "domain/invitations/invitation_rules.hpp"
#include "domain/names.hpp"
#include "domain/organizations/name_match.hpp"
#include "domain/organizations/organizations.hpp"
#include "domain/users/users.hpp"

namespace gatehouse::domain {
namespace {

namespace rules = invitation_rules;
namespace store = invitation_store;
using access::View;

constexpr std::array<std::string_view, 2> kRelationNames{"agency", "customer"};
constexpr std::array<std::string_view, 3> kStatusNames{"pending", "accepted", "rejected"};
constexpr std::int64_t kDay_s = 86'400;
constexpr std::array<std::string_view, 2> kLocales{"en", "es"};

Error no_invitation() { return not_found("invitation.not_found", "There is no such invitation."); }
Error own_organization() {
  return conflict("invitation.own_organization", "An organization cannot be connected with itself.");
}

Result<NewInvitation> checked(const NewInvitation& input, const InvitationRules& defaults) {
  NewInvitation wanted = input;
  TRY(user_rules::check_email(wanted.email));
  auto company = name_of(wanted.company_name, kMaxCompanyName);
  // It goes into mails: what is not one line is refused, not mended.
  if (!company || !text::is_printable(input.company_name)) {
    return invalid_field("organization.name_invalid", "company_name", "must be 1 to 100 visible characters");
  }
  wanted.company_name = *std::move(company);
  if (wanted.locale.empty()) wanted.locale = defaults.locale;
  if (std::find(kLocales.begin(), kLocales.end(), wanted.locale) == kLocales.end()) {
    return invalid_field("invitation.locale_invalid", "locale", "must be en or es");
  }
  return wanted;
}

// The organization that a known person is to answer for; none for an unknown one. The mail goes to the person's own
// address, however the inviter wrote it.
Result<OrganizationNo> bound_to(Unit& unit, NewInvitation& wanted) {
  const auto user = Users::find_by_email(unit.tx(), wanted.email);
  if (!user) return OrganizationNo();
  wanted.email = user->email;
  const auto match = match_membership(unit, user->no, wanted.company_name);
  if (match) return match->no;
  if (match.error().kind != ErrorKind::kNotFound) return match.error();
  return conflict("invitation.company_mismatch", "This person belongs to no organization of that name.");
}

void mail_link(Unit& unit, const Mails& mails, const store::Row& row, const std::string& token,
               const InvitationRules& rules) {
  mails.enqueue(unit, {row.email,
                       "invitation",
                       row.locale,
                       {{"inviter_company", Organizations::name_of(unit.tx(), row.organization)},
                        {"inviter_person", rules::inviter_name(unit.tx(), rules::inviter_user(unit.view(), row))},
                        {"invited_company", row.company_name},
                        {"relation", std::string(name(row.relation))},
                        {"link", rules.public_url + "/invitations/accept#token=" + token},
                        {"expires_on", row.expires_at.to_string().substr(0, 10)}}});
}

}  // namespace

std::string_view name(Relation relation) { return kRelationNames[static_cast<std::size_t>(relation)]; }

std::optional<Relation> parse_relation(std::string_view name) {
  for (std::size_t i = 0; i < kRelationNames.size(); ++i) {
    if (kRelationNames[i] == name) return static_cast<Relation>(i);
  }
  return std::nullopt;
}

std::string_view name(InvitationStatus status) { return kStatusNames[static_cast<std::size_t>(status)]; }

Result<InvitationId> Invitations::create(const access::Permit<access::Action::kInvitationCreate>& permit,
                                         const NewInvitation& input) {
  const auto wanted = TRY(checked(input, rules_));
  const auto made = TRY(ledger_.write(permit, [&](Unit& unit) -> Result<InvitationId> {
    const auto at = permit.organization();
    if (at == unit.view().platform()) {
      return conflict("organization.is_platform", "The platform itself connects with nobody.");
    }
    // An agency brings its customer customers, and no further agency: that would see the customer when its own connection
    // has ended.
    if (wanted.relation == Relation::kAgency) TRY(access::Policy::acts_in_own_right(unit.view(), permit, at));
    const auto own_name = Organizations::name_of(unit.tx(), at);
    if (text::name_key(own_name) == text::name_key(wanted.company_name)) return own_organization();
    store::Row row;
    row.id = InvitationId::make(unit.now(), unit.random());
    row.organization = at;
    row.relation = wanted.relation;
    row.company_name = wanted.company_name;
    row.locale = wanted.locale;
    auto to = wanted;
    row.invited = TRY(bound_to(unit, to));
    row.email = to.email;
    if (row.invited == at) return own_organization();
    if (row.invited &&
        Connections::stands(unit.view(), rules::customer(row, row.invited), rules::agency(row, row.invited))) {
      return conflict("connection.exists", "The two organizations are connected in this relation already.");
    }
    if (store::has_pending(unit.tx(), row)) {
      return conflict("invitation.exists", "An equal invitation is pending already; it can be sent again.");
    }
    if (store::count_since(unit.tx(), at, row.email, unit.now().plus_s(-kDay_s)) >= kMaxToOneAddress) {
      return conflict("invitation.too_many", "This address has been invited fifty times within a day.");
    }
    row.created_at = unit.now();
    rules::vouch(row, permit.principal(), unit.now(), rules_);
    const auto secret = crypto::mint_opaque_token(rules::kTokenKind, unit.random());
    store::insert(unit.tx(), row, crypto::view(secret.digest));
    const auto revision = unit.record({.action = "invitation.created",
                                       .organization = at,
                                       .target_kind = "invitation",
                                       .target = row.id,
                                       .before = {},
                                       .after = rules::described(row, "pending"),
                                       .facts = {}});
    rules::tell_both(unit, row, row.invited, revision, "invitation.sent");
    mail_link(unit, mails_, row, secret.text, rules_);
    return row.id;
  }));
  mails_.announce();
  return made;
}

Result<std::vector<Invitation>> Invitations::list(const access::Permit<access::Action::kInvitationList>& permit,
                                                  const std::optional<InvitationId>& before, std::int64_t limit) const {
  TRY(ledger_.policy().still(permit));
  std::vector<Invitation> found;
  ledger_.read([&](sql::Tx& tx) { found = store::list(tx, permit.organization(), before, limit); });
  bool may_send = false;
  ledger_.graph().read([&](const View& view) {
    may_send =
        view.allows(permit.principal(), access::permission::kInvitationsEdit, permit.organization(), permit.now());
  });
  for (auto& one : found) {
    one.can_resend = may_send && one.sent && one.status == InvitationStatus::kPending &&
                     one.created_at.plus_s(kResendAfter_s) < permit.now();
  }
  return found;
}

Result<Timestamp> Invitations::resend(const access::Permit<access::Action::kInvitationResend>& permit,
                                      const InvitationId& id) {
  const auto sent_at = TRY(ledger_.write(permit, [&](Unit& unit) -> Result<Timestamp> {
    auto row = store::find(unit.tx(), id);
    const auto at = permit.organization();
    if (!row || (row->organization != at && row->invited != at)) return no_invitation();
    if (row->organization != at) {
      return conflict("invitation.not_sender", "Only the side that invited sends an invitation again.");
    }
    if (row->status != InvitationStatus::kPending) {
      return conflict("invitation.not_pending", "This invitation has been answered already.");
    }
    if (unit.now() <= row->created_at.plus_s(kResendAfter_s)) {
      return conflict("invitation.too_young", "An invitation can be sent again when it is older than two days.");
    }
    if (row->relation == Relation::kAgency) TRY(access::Policy::acts_in_own_right(unit.view(), permit, at));
    if (row->sendings >= kMaxSendings) {
      return conflict("invitation.too_many", "This invitation has been sent ten times; reject it and make a new one.");
    }
    rules::vouch(*row, permit.principal(), unit.now(), rules_);
    const auto secret = crypto::mint_opaque_token(rules::kTokenKind, unit.random());
    store::set_sent(unit.tx(), *row, crypto::view(secret.digest));
    const auto revision = unit.record({.action = "invitation.resent",
                                       .organization = at,
                                       .target_kind = "invitation",
                                       .target = id,
                                       .before = {},
                                       .after = rules::described(*row, "pending"),
                                       .facts = {}});
    rules::tell_both(unit, *row, row->invited, revision, "invitation.resent");
    mail_link(unit, mails_, *row, secret.text, rules_);
    return row->last_sent_at;
  }));
  mails_.announce();
  return sent_at;
}

Result<bool> Invitations::reject(const access::Permit<access::Action::kInvitationReject>& permit,
                                 const InvitationId& id) {
  const auto by_inviter = TRY(ledger_.write(permit, [&](Unit& unit) -> Result<bool> {
    const auto row = store::find(unit.tx(), id);
    if (!row) return no_invitation();
    const auto& who = permit.principal();
    const bool is_there = unit.view().reaches(who, who.active, unit.now());
    const auto at = is_there ? who.active : OrganizationNo();
    const bool of_inviter = at && at == row->organization;
    const bool of_invited = at && at == row->invited;
    bool in_person = false;
    if (who.kind == Principal::Kind::kUser) {
      const auto user = Users::find(unit.tx(), who.user);
      in_person = user && text::email_key(user->email) == text::email_key(row->email);
    }
    if (!of_inviter && !of_invited && !in_person) return no_invitation();
    const bool may =
        (of_inviter || of_invited) && unit.view().allows(who, access::permission::kInvitationsEdit, at, unit.now());
    if (!may && !in_person) {
      return forbidden("access.forbidden", "You need the permission invitations.edit in this organization.");
    }
    if (row->status != InvitationStatus::kPending) {
      return conflict("invitation.not_pending", "This invitation has been answered already.");
    }
    const bool inviter = of_inviter && may;
    rules::reject(unit, mails_, *row, inviter);
    return inviter;
  }));
  mails_.announce();
  return by_inviter;
}

void Invitations::organization_removed(Unit& unit, OrganizationNo organization) {
  for (const auto& row : store::pending_for(unit.tx(), organization)) rules::set_rejected(unit, row, false);
  store::forget_invited(unit.tx(), organization);
  store::erase_sent_by(unit.tx(), organization);
}

}  // namespace gatehouse::domain
