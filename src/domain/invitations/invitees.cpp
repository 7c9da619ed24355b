#include "domain/invitations/invitees.hpp"

#include "domain/invitations/invitation_rules.hpp"

namespace gatehouse::domain {
namespace {

constexpr std::int64_t kDay_s = 86'400;

}  // namespace

std::vector<UserNo> Invitees::find_users(sql::Tx& tx, const std::vector<std::string>& email_keys) {
  std::map<UserNo, Known*> found;
  join_store::each_account(tx, email_keys, [&](UserNo no, std::string_view email_key, bool proven) {
    if (proven) {
      found.emplace(no, &known_[std::string(email_key)]);
    } else {
      may_move_ = true;
    }
  });
  std::vector<UserNo> numbers;
  numbers.reserve(found.size());
  for (const auto& [no, known] : found) numbers.push_back(no);
  for (auto& user : Users::find(tx, numbers)) {
    auto* known = found.at(user.no);
    by_number_[user.no] = known;
    known->user = std::move(user);
  }
  return numbers;
}

void Invitees::ask(Unit& unit, const Principal& inviter, const std::vector<std::string>& email_keys) {
  for (const auto& key : email_keys) known_[key] = {};
  if (email_keys.empty()) return;
  auto& tx = unit.tx();
  const auto users = find_users(tx, email_keys);
  if (users.empty()) return;
  std::map<InvitationId, Known*> open;
  // Oldest first: the newest stays.
  for (auto& row : join_store::open_of(tx, users, invitation_rules::kind_of(inviter), inviter.id, unit.now())) {
    by_number_.at(row.user)->open = std::move(row);
  }
  std::vector<InvitationId> ids;
  for (const auto no : users) {
    auto* known = by_number_.at(no);
    if (!known->open) continue;
    open.emplace(known->open->id, known);
    ids.push_back(known->open->id);
  }
  join_store::each_target(tx, ids, [&](const InvitationId& id, const join_store::Target& target) {
    open.at(id)->targets.push_back(target);
  });
  join_store::each_count_since(tx, users, sender_of(unit.view(), inviter), unit.now().plus_s(-kDay_s),
                               [&](UserNo user, std::int64_t count) { by_number_.at(user)->sent_lately = count; });
}

void Invitees::ask_offers(Unit& unit) {
  std::vector<UserNo> users;
  users.reserve(by_number_.size());
  for (const auto& [no, known] : by_number_) users.push_back(no);
  join_store::each_offered(unit.tx(), users, unit.now(), [&](UserNo user, OrganizationNo organization) {
    by_number_.at(user)->offered.push_back(organization);
  });
}

const Invitees::Known& Invitees::of(const std::string& email_key) const {
  static const Known nothing;
  const auto found = known_.find(email_key);
  return found == known_.end() ? nothing : found->second;
}

}  // namespace gatehouse::domain
