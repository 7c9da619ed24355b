// Invitations: a pending offer from one organization to another, by mail, to connect as customer and agency.
//
// Its secret is the proof of acceptance: it works once, for one address, one purpose and the two organizations it was made for, and
// only its digest is kept. At the time of use everything is asked again: an invitation that has lapsed, whose organization is gone, or whose inviter may no longer
// invite, gives nothing, whether or not anything was cleaned up. Nobody joins an organization that exists by knowing its name.
// Acceptance is one unit: what is missing of account and organization, the connection, the client record, what both are told.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/connections/connections.hpp"
#include "domain/mails/mails.hpp"
#include "domain/notifications/notifications.hpp"
#include "domain/passwords/passwords.hpp"

namespace gatehouse::domain {

// What the invited organization becomes to the inviting one.
enum class Relation : std::uint8_t { kAgency, kCustomer };
std::string_view name(Relation relation);
std::optional<Relation> parse_relation(std::string_view name);

enum class InvitationStatus : std::uint8_t { kPending, kAccepted, kRejected };
std::string_view name(InvitationStatus status);

inline constexpr std::size_t kMaxCompanyName = 100;  // code points
// From one organization to one address within a day, however they were answered: nobody is buried in mail.
inline constexpr std::int64_t kMaxToOneAddress = 50;
inline constexpr std::int64_t kMaxSendings = 10;           // of one invitation, the first included
inline constexpr std::int64_t kResendAfter_s = 48 * 3600;  // strictly more, since it was made (A13)

struct InvitationRules {
  std::int64_t lifetime_s = 7 * 86'400;  // since it was last sent
  std::string locale = "en";             // of mails, when the inviter names none
  std::string public_url;                // what links begin with
};

struct NewInvitation {
  std::string email;
  std::string company_name;
  Relation relation = Relation::kAgency;
  std::string locale{};  // "en", "es"; empty: the rules'
};

// As one of the two organizations sees it. Holds no secret.
struct Invitation {
  InvitationId id;
  std::optional<ConnectionId> connection;  // while it stands
  bool sent = true;                        // by the caller's organization; else received
  InvitationStatus status = InvitationStatus::kPending;
  Relation relation = Relation::kAgency;
  std::string email;
  std::string company_name;  // of the invited, as the inviter wrote it
  std::string inviter_company;
  Timestamp created_at;
  Timestamp last_sent_at;
  std::optional<Timestamp> responded_at;
  bool can_resend = false;
};

// What the holder of the secret is shown before deciding.
struct InvitationPreview {
  std::string inviter_company;
  std::string inviter_person;  // may be empty
  std::string company_name;
  std::string email;
  Relation relation = Relation::kAgency;
  Timestamp created_at;
  Timestamp expires_at;
  bool needs_password = false;  // the account is yet to be made, or has none
};

struct AcceptedInvitation {
  InvitationId id;
  ConnectionId connection;
};

class Invitations {
 public:
  // All must outlive this.
  Invitations(Ledger& ledger, const Mails& mails, const Passwords& passwords, const InvitationRules& rules)
      : ledger_(ledger), mails_(mails), passwords_(passwords), rules_(rules) {}

  // Errors: user.email_invalid, organization.name_invalid, invitation.locale_invalid, invitation.own_organization,
  // invitation.company_mismatch (the person is known and belongs to no such organization), organization.ambiguous,
  // invitation.exists, invitation.too_many (to one address), connection.exists, organization.is_platform.
  Result<InvitationId> create(const access::Permit<access::Action::kInvitationCreate>& permit,
                              const NewInvitation& input);
  // Both directions, newest first, those with ids below `before`. Asks the permit again, because a list may be told for
  // long. Errors: those of the permit.
  [[nodiscard]] Result<std::vector<Invitation>> list(const access::Permit<access::Action::kInvitationList>& permit,
                                                     const std::optional<InvitationId>& before,
                                                     std::int64_t limit) const;
  // A new secret; the old one is dead. When it was sent. Errors: invitation.not_found, invitation.not_sender,
  // invitation.not_pending, invitation.too_young, invitation.too_many (it was sent ten times).
  Result<Timestamp> resend(const access::Permit<access::Action::kInvitationResend>& permit, const InvitationId& id);
  // By the inviting side, the invited side, or the invited person. True when it was the inviting side. Errors:
  // invitation.not_found (also for strangers), invitation.not_pending, access.forbidden.
  Result<bool> reject(const access::Permit<access::Action::kInvitationReject>& permit, const InvitationId& id);

  // By the secret alone. Errors: invitation.token_unknown (kUnauthenticated), invitation.not_pending,
  // invitation.expired, invitation.void (its organization, inviter or invited person are no longer what they were).
  [[nodiscard]] Result<InvitationPreview> preview(std::string_view token) const;
  // With a password for an account that has none, those of the policy and invitation.password_not_wanted. Further
  // errors: organization.name_taken, user.name_taken, connection.exists, connection.too_many,
  // invitation.own_organization.
  Result<AcceptedInvitation> accept(std::string_view token, const std::optional<std::string>& password = {});
  Result<InvitationId> reject_by_token(std::string_view token);

  // While the view still knows the organization: what it sent goes, what it was offered is declined.
  static void organization_removed(Unit& unit, OrganizationNo organization);

 private:
  Ledger& ledger_;
  const Mails& mails_;
  const Passwords& passwords_;
  const InvitationRules rules_;
};

}  // namespace gatehouse::domain
