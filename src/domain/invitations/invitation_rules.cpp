#include "domain/invitations/invitation_rules.hpp"

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "crypto/opaque_token.hpp"
#include "domain/organizations/organizations.hpp"
#include "domain/users/users.hpp"

namespace gatehouse::domain::invitation_rules {
namespace {

using access::View;
using invitation_store::Offer;
using invitation_store::Row;

}  // namespace

std::string_view kind_of(const Principal& who) {
  switch (who.kind) {
    case Principal::Kind::kClient: return "client";
    case Principal::Kind::kApiToken: return "api_token";
    default: return "user";
  }
}

std::optional<Principal> inviter(const View& view, const Offer& offer) {
  if (offer.inviter_kind == "user") return view.subject_user(UserId(offer.inviter));
  if (offer.inviter_kind == "client") return view.subject_client(ClientId(offer.inviter));
  if (offer.inviter_kind == "api_token") return view.subject_api_token(ApiTokenId(offer.inviter));
  return std::nullopt;
}

void vouch(Offer& offer, const Principal& who, Timestamp now, const InvitationRules& rules) {
  offer.inviter_kind = kind_of(who);
  offer.inviter = who.id;
  offer.last_sent_at = now;
  offer.expires_at = now.plus_s(rules.lifetime_s);
}

Error is_void() { return conflict("invitation.void", "This invitation is no longer valid; ask for a new one."); }

Error token_unknown() {
  return {ErrorKind::kUnauthenticated, "invitation.token_unknown", "There is no invitation for this token."};
}

OrganizationNo customer(const Row& row, OrganizationNo invited) {
  return row.relation == Relation::kCustomer ? invited : row.organization;
}

OrganizationNo agency(const Row& row, OrganizationNo invited) {
  return row.relation == Relation::kAgency ? invited : row.organization;
}

bool is_vouched_for(const View& view, const Row& row, Timestamp now) {
  const auto who = inviter(view, row);
  constexpr auto kRight = access::permission::kInvitationsEdit;
  if (!who || !view.allows(*who, kRight, row.organization, now)) return false;
  return row.relation == Relation::kCustomer ||
         access::Policy::holds_of_its_own(view, *who, kRight, row.organization, now);
}

Result<void> check_open(const Offer& row, Timestamp now) {
  if (row.status != InvitationStatus::kPending) {
    return conflict("invitation.not_pending", "This invitation has been answered already.");
  }
  if (row.expires_at <= now) return conflict("invitation.expired", "This invitation has expired; ask for a new one.");
  return {};
}

Result<void> check_usable(const View& view, const Row& row, Timestamp now) {
  TRY(check_open(row, now));
  if (!view.organization_id(row.organization) || !is_vouched_for(view, row, now)) return is_void();
  return {};
}

Result<Row> find_by_token(sql::Tx& tx, std::string_view token) {
  const auto parsed = crypto::parse_opaque_token(token);
  std::optional<Row> row;
  if (parsed && parsed->kind == kTokenKind) {
    row = invitation_store::find_by_secret(tx, crypto::view(parsed->digest));
  }
  if (!row) return token_unknown();
  return *std::move(row);
}

bool means(const Offer& offer, const User& user) {
  return user.status != UserStatus::kInactive && text::equal_ignoring_ascii_case(user.email, offer.email);
}

UserNo inviter_user(const View& view, const Offer& row) {
  return row.inviter_kind == "user" ? view.find_user(UserId(row.inviter)) : UserNo();
}

std::string inviter_name(sql::Tx& tx, UserNo inviter) {
  const auto user = inviter ? Users::find(tx, inviter) : std::nullopt;
  return user ? name_of(*user) : std::string();
}

std::string name_of(const User& user) { return user.display_name.empty() ? user.user_name : user.display_name; }

std::string described(const Row& row, std::string_view status) {
  std::string json;
  JsonWriter(json)
      .begin_object()
      .member("email", row.email)
      .member("companyName", row.company_name)
      .member("relationType", name(row.relation))
      .member("status", status)
      .end_object();
  return json;
}

void tell_both(Unit& unit, const Row& row, OrganizationNo invited, Revision revision, std::string_view event,
               const std::optional<ConnectionId>& connection) {
  Notifications::tell(unit, row.organization, revision, {event, row.id, connection, row.company_name});
  if (invited) {
    // One side sends what the other receives; of everything else both hear the same.
    const auto theirs = event == "invitation.sent" ? std::string_view("invitation.received") : event;
    Notifications::tell(unit, invited, revision,
                        {theirs, row.id, connection, Organizations::name_of(unit.tx(), row.organization)});
  }
}

void set_rejected(Unit& unit, const Row& row, bool by_inviter) {
  invitation_store::set_rejected(unit.tx(), row.id, by_inviter, unit.now());
  const auto revision = unit.record({.action = "invitation.rejected",
                                     .organization = row.organization,
                                     .target_kind = "invitation",
                                     .target = row.id,
                                     .before = described(row, "pending"),
                                     .after = described(row, "rejected"),
                                     .facts = {}});
  tell_both(unit, row, row.invited, revision, "invitation.rejected");
}

void reject(Unit& unit, const Mails& mails, const Row& row, bool by_inviter) {
  set_rejected(unit, row, by_inviter);
  mail_answer(unit, mails, row, "rejected");
}

void mail_answer(Unit& unit, const Mails& mails, const Row& row, std::string_view answer) {
  const auto inviter_company = Organizations::name_of(unit.tx(), row.organization);
  const auto send = [&](const std::string& to, std::string_view reader) {
    mails.enqueue(unit, {to,
                         "invitation_answered",
                         row.locale,
                         {{"answer", std::string(answer)},
                          {"reader", std::string(reader)},
                          {"relation", std::string(name(row.relation))},
                          {"inviter_company", inviter_company},
                          {"invited_company", row.company_name}}});
  };
  if (row.inviter_kind == "user") {
    const auto user = Users::find(unit.tx(), unit.view().find_user(UserId(row.inviter)));
    if (user && user->status != UserStatus::kInactive) send(user->email, "inviter");
  }
  send(row.email, "invitee");
}

}  // namespace gatehouse::domain::invitation_rules
