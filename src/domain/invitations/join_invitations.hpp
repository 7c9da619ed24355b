// Invitations to join: people, by e-mail address, into organizations, each with one role there. A batch is one unit of work
// and all or nothing; it names every fault by its path in the batch.
//
// Who has no account gets one that nobody can use yet, and a mail. Belonging begins when the holder of the mail's secret
// says so, and then everything is asked again: what the inviter may no longer give by then is not given. Who has an account
// in use belongs at once, as with every other way of adding an existing user. Nothing of an existing account is changed.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "domain/invitations/invitations.hpp"
#include "domain/invitations/sender.hpp"
#include "domain/users/users.hpp"

namespace gatehouse::domain {

inline constexpr std::size_t kMaxInvitedPeople = 100;         // of a batch
inline constexpr std::size_t kMaxInvitedOrganizations = 100;  // of one person
inline constexpr std::size_t kMaxTargets = 1000;              // of one invitation that is open

// As somebody wrote it; ids are texts, so that what is no id is a fault like any other.
struct InvitedPerson {
  std::string email{};
  std::string first_name{};
  std::string last_name{};
  std::string group{};                                      // id of a role
  std::optional<std::string> identity_provider{};           // id
  std::optional<std::string> identity_provider_prefix{};    // or this
  std::optional<std::vector<std::string>> organizations{};  // instead of the batch's
};

struct InvitationBatch {
  std::vector<InvitedPerson> people{};
  std::vector<std::string> organizations{};
};

struct InvitedUser {
  UserId
      user;  // nil when it was only asked what would happen, and the account would be new or the caller sees nothing of it
  std::string email;
  UserStatus status = UserStatus::kNew;
  std::vector<OrganizationId> organizations;
  std::optional<Timestamp> expires_at;  // of the invitation; none: belongs already
  bool is_new = false;
  bool is_hidden = false;  // it was only asked, and the caller sees nothing of the account
};

struct JoinPreview {
  std::string inviter_person;  // may be empty
  std::string email;
  std::string user_name;
  std::vector<std::string> organizations;  // names
  std::string identity_provider;           // name; empty: none
  Timestamp created_at;
  Timestamp expires_at;
  bool needs_password = false;
};

struct JoinedUser {
  InvitationId invitation;
  UserId user;
  std::string email;
  UserStatus status = UserStatus::kActive;
  std::vector<OrganizationId> organizations;  // it belongs to them now
};

// An invitation as who administers one of its organizations sees it. Holds no secret.
enum class OfferStatus : std::uint8_t { kPending, kExpired, kAccepted, kRejected, kWithdrawn };
std::string_view name(OfferStatus status);
struct OfferedPlace {
  OrganizationId organization;
  std::string name;
  std::vector<RoleId> roles;
};
struct JoinOffer {
  InvitationId id;
  OfferStatus status = OfferStatus::kPending;
  std::string email;
  std::string inviter_person;  // may be empty
  std::optional<IdentityProvider> identity_provider;
  std::vector<OfferedPlace> places;  // where the caller sees users; by name
  Timestamp created_at;
  Timestamp last_sent_at;
  Timestamp expires_at;
  std::optional<Timestamp> responded_at;
};
inline constexpr std::int64_t kMaxOffers = 1000;  // of one account, that are told of

class JoinInvitations {
 public:
  // All must outlive this.
  JoinInvitations(Ledger& ledger, const Mails& mails, const Passwords& passwords, const InvitationRules& rules)
      : ledger_(ledger), mails_(mails), passwords_(passwords), rules_(rules) {}

  // In the order of the batch; `only_ask`: the answer, and nothing is changed. The same again is a success: it makes no
  // second account and no second invitation, but the mail is sent again.
  // One at a time on one sender's account, unless it is small: whoever repeats a large batch would keep others from
  // writing. Only to ask costs as much. Errors: invitation.busy (kThrottled); invitation.batch_invalid (kInvalid) with fields users[i].email, .group_id, .identity_provider_id,
  // .identity_provider_prefix, .organization_ids[j], .first_name, .last_name and organization_ids[j]; when nothing is
  // wrong with the input, invitation.forbidden (kForbidden) with the fields of what the caller may not give.
  Result<std::vector<InvitedUser>> invite(const access::Permit<access::Action::kUserInvite>& permit,
                                          const InvitationBatch& batch, bool only_ask = false);

  // What an account was offered, newest first, as far as the caller sees users there; with accounts.view, all of it.
  // Errors: user.not_found, also of an account of which the caller sees neither an organization nor an invitation.
  [[nodiscard]] Result<std::vector<JoinOffer>> offers(const access::Permit<access::Action::kAccountGet>& permit,
                                                      const UserId& user) const;
  // All of it by who sent it; else what the caller could offer as well, and the rest of it stands. Errors:
  // invitation.not_found (also when the caller sees nothing of it), invitation.not_pending, invitation.expired,
  // access.forbidden, access.ceiling and the like when nothing of it is the caller's to withdraw.
  Result<void> withdraw(const access::Permit<access::Action::kUserInvite>& permit, const InvitationId& id);

  // By the secret alone. Errors: invitation.token_unknown (kUnauthenticated), invitation.not_pending,
  // invitation.expired, invitation.void (nothing of it can be given any more).
  [[nodiscard]] Result<JoinPreview> preview(std::string_view token) const;
  // Further errors, with a password: those of the policy, invitation.password_not_wanted (the account has one, or signs in
  // elsewhere).
  Result<JoinedUser> activate(std::string_view token, const std::optional<std::string>& password = {});
  Result<InvitationId> reject(std::string_view token);

  // Within the unit of another noun (invitation files): one person, by whoever vouches for it. The error has the faults of
  // this person alone, with fields as above without users[i].
  Result<InvitedUser> invite_one(Unit& unit, const Principal& inviter, const InvitedPerson& person) const;
  // After such a unit.
  void announce() const { mails_.announce(); }

  static void organization_removed(Unit& unit, OrganizationNo organization);
  static void user_removed(Unit& unit, UserNo user);
  // The proof is of one mailbox: what is open is void, and stays so when the address comes back.
  static void user_address_changed(Unit& unit, UserNo user);

 private:
  class Place;

  Ledger& ledger_;
  const Mails& mails_;
  const Passwords& passwords_;
  const InvitationRules rules_;
  std::mutex mutex_;
  std::set<Sender> busy_;
};

}  // namespace gatehouse::domain
