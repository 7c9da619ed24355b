// Inviting people within one unit of work: checks one after the other, keeps the fault of every member by its path, and does
// what it has checked. Whoever runs it undoes the unit when there are faults.
#pragma once

#include <map>
#include <set>
#include <span>
#include <unordered_map>

#include "domain/invitations/invitees.hpp"

namespace gatehouse::domain {

class Inviting {
 public:
  // All must outlive it. `asked`: it is only asked what would happen, with that pass.
  Inviting(Unit& unit, const Principal& inviter, const Mails& mails, const InvitationRules& rules,
           const access::Pass* asked = nullptr)
      : unit_(unit), inviter_(inviter), mails_(mails), rules_(rules), asked_(asked) {}

  // Before the first of them: what must be known of them is asked at once.
  void expect(std::span<const InvitedPerson> people);
  // `path` stands before the members in faults: "users[3]." or nothing. `common`: where the person names no organizations.
  // Nothing when there was a fault; then nothing of this person was changed.
  std::optional<InvitedUser> invite(const InvitedPerson& person, const std::vector<std::string>& common,
                                    const std::string& path);
  void fault(std::string field, std::string message) { invalid_.push_back({std::move(field), std::move(message)}); }
  // What the faults come to: first those of the input, then what the inviter may not.
  [[nodiscard]] Result<void> outcome() const;

 private:
  using At = access::Permit<access::Action::kUserAdd>;
  struct Place {
    OrganizationId id;
    std::optional<At> permit;
    std::string why_not;
    bool unknown = false;
    bool told = false;  // of the batch's own list
  };
  // One person, checked.
  struct Checked {
    const Invitees::Known* known = nullptr;
    std::optional<User> user;  // none: a new one
    RoleNo role;
    std::vector<const Place*> places;
    std::optional<IdentityProviderId> identity_provider;
  };

  Place& place(const std::string& id);
  // False when it can be nobody's.
  bool check_email(const InvitedPerson& person, const std::string& path);
  void check_names(const InvitedPerson& person, const std::string& path);
  RoleNo check_group(const InvitedPerson& person, const std::string& path);
  // As `find` found it the first time.
  std::optional<IdentityProvider> provider(const std::string& key, FunctionRef<std::optional<IdentityProvider>()> find);
  std::optional<IdentityProviderId> check_provider(const InvitedPerson& person, const std::optional<User>& user,
                                                   const std::string& path);
  void check_places(const InvitedPerson& person, const std::vector<std::string>& common, const std::string& path,
                    Checked& checked);
  std::optional<User> make(const InvitedPerson& person, const std::string& path);
  // When the invitation lapses; nothing when there was a fault.
  std::optional<Timestamp> offer(const User& user, const Checked& checked, const std::string& path);
  void record(const join_store::Row& row, std::string_view action, const std::vector<join_store::Target>& targets);
  void add(const join_store::Row& row, const std::vector<join_store::Target>& targets);
  std::set<std::string> names_of(const std::vector<join_store::Target>& targets);
  void mail(const join_store::Row& row, const std::vector<join_store::Target>& targets, const std::string& token);
  [[nodiscard]] bool sees(const Invitees::Known& known) const;
  [[nodiscard]] std::size_t faults() const { return invalid_.size() + forbidden_.size(); }

  Unit& unit_;
  const Principal& inviter_;
  const Mails& mails_;
  const InvitationRules& rules_;
  const access::Pass* asked_;
  Invitees invitees_;
  std::vector<FieldError> invalid_;
  std::vector<FieldError> forbidden_;
  std::unordered_map<std::string, Place> places_;
  std::map<OrganizationNo, std::string> names_;
  std::map<std::string, std::optional<IdentityProvider>> providers_;  // by id or prefix
  std::optional<std::string> inviter_name_;
  std::map<std::string, std::string> seen_;  // e-mail keys of the batch → where
};

}  // namespace gatehouse::domain
