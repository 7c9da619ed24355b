// Invitations to join: making them. What the holder of the secret does is in joining.cpp.
#include "domain/invitations/join_invitations.hpp"

#include "domain/invitations/inviting.hpp"

namespace gatehouse::domain {

// Holds the place of one who asks what would happen.
class JoinInvitations::Asking {
 public:
  // A client asks for its owner.
  Asking(JoinInvitations& at, const Principal& who, bool asks) : at_(at), who_(who.user, who.user ? Uuid() : who.id) {
    const std::lock_guard lock(at_.mutex_);
    holds_ = asks && at_.asking_.insert(who_).second;
  }
  ~Asking() {
    const std::lock_guard lock(at_.mutex_);
    if (holds_) at_.asking_.erase(who_);
  }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;
  [[nodiscard]] bool holds() const { return holds_; }

 private:
  JoinInvitations& at_;
  std::pair<UserNo, Uuid> who_;
  bool holds_ = false;
};

Result<std::vector<InvitedUser>> JoinInvitations::invite(const access::Permit<access::Action::kUserInvite>& permit,
                                                         const InvitationBatch& batch, bool only_ask) {
  constexpr std::string_view kOnlyAsked = "invitation.only_asked";
  const Asking asking(*this, permit.principal(), only_ask);
  if (only_ask && !asking.holds()) {
    return Error{ErrorKind::kThrottled, "invitation.busy", "You are asking about another batch already.", {}, 1};
  }
  std::vector<InvitedUser> invited;
  auto outcome = ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    invited.clear();
    Inviting inviting(unit, permit.principal(), mails_, rules_);
    if (batch.people.empty()) inviting.fault("users", "is required: 1 to 100 people");
    if (batch.people.size() > kMaxInvitedPeople) inviting.fault("users", "must have at most 100 items");
    if (batch.organizations.size() > kMaxInvitedOrganizations) {
      inviting.fault("organization_ids", "must have at most 100 items");
    }
    TRY(inviting.outcome());
    for (std::size_t i = 0; i < batch.people.size(); ++i) {
      auto one = inviting.invite(batch.people[i], batch.organizations, "users[" + std::to_string(i) + "].");
      if (one) invited.push_back(*std::move(one));
    }
    TRY(inviting.outcome());
    // The same work, undone, says what it would come to.
    if (only_ask) return conflict(kOnlyAsked, "Nothing was changed.");
    return {};
  });
  if (only_ask && !outcome && outcome.error().code == kOnlyAsked) {
    for (auto& one : invited) {
      if (one.is_new) one.user = UserId();
    }
    return invited;
  }
  TRY(std::move(outcome));
  mails_.announce();
  return invited;
}

Result<InvitedUser> JoinInvitations::invite_one(Unit& unit, const Principal& inviter,
                                                const InvitedPerson& person) const {
  Inviting inviting(unit, inviter, mails_, rules_);
  auto invited = inviting.invite(person, {}, "");
  TRY(inviting.outcome());
  return *std::move(invited);
}

}  // namespace gatehouse::domain
