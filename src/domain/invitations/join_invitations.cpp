// Invitations to join: making them. What the holder of the secret does is in joining.cpp.
#include "domain/invitations/join_invitations.hpp"

#include "domain/invitations/inviting.hpp"

namespace gatehouse::domain {

namespace {

constexpr std::size_t kSmall = 100;  // people times organizations

std::size_t size_of(const InvitationBatch& batch) {
  std::size_t size = 0;
  for (const auto& person : batch.people) {
    const bool own = person.organizations && !person.organizations->empty();
    size += own ? person.organizations->size() : batch.organizations.size();
  }
  return size;
}

}  // namespace

// Holds the place of a sender's one batch.
class JoinInvitations::Place {
 public:
  Place(JoinInvitations& at, const Sender& sender) : at_(at), sender_(sender) {
    const std::lock_guard lock(at_.mutex_);
    holds_ = at_.busy_.insert(sender_).second;
  }
  ~Place() {
    const std::lock_guard lock(at_.mutex_);
    if (holds_) at_.busy_.erase(sender_);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  [[nodiscard]] bool holds() const { return holds_; }

 private:
  JoinInvitations& at_;
  Sender sender_;
  bool holds_ = false;
};

Result<std::vector<InvitedUser>> JoinInvitations::invite(const access::Permit<access::Action::kUserInvite>& permit,
                                                         const InvitationBatch& batch, bool only_ask) {
  constexpr std::string_view kOnlyAsked = "invitation.only_asked";
  std::optional<Place> place;
  if (only_ask || size_of(batch) > kSmall) {
    Sender sender;
    ledger_.graph().read([&](const access::View& view) { sender = sender_of(view, permit.principal()); });
    if (!place.emplace(*this, sender).holds()) {
      return Error{ErrorKind::kThrottled, "invitation.busy", "Another batch of yours is being worked on.", {}, 1};
    }
  }
  std::vector<InvitedUser> invited;
  auto outcome = ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    invited.clear();
    Inviting inviting(unit, permit.principal(), mails_, rules_, only_ask ? &permit : nullptr);
    if (batch.people.empty()) inviting.fault("users", "is required: 1 to 100 people");
    if (batch.people.size() > kMaxInvitedPeople) inviting.fault("users", "must have at most 100 items");
    if (batch.organizations.size() > kMaxInvitedOrganizations) {
      inviting.fault("organization_ids", "must have at most 100 items");
    }
    TRY(inviting.outcome());
    inviting.expect(batch.people);
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
      if (one.is_new || one.is_hidden) one.user = UserId();
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
  inviting.expect({&person, 1});
  auto invited = inviting.invite(person, {}, "");
  TRY(inviting.outcome());
  return *std::move(invited);
}

}  // namespace gatehouse::domain
