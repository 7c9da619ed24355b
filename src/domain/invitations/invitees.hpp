// What inviting asks the store about people, of all people of a batch together: it costs as few questions as of one person.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "domain/invitations/join_invitations.hpp"
#include "domain/invitations/join_store.hpp"

namespace gatehouse::domain {

class Invitees {
 public:
  struct Known {
    std::optional<User> user;
    std::optional<join_store::Row> open;  // what this inviter offers already
    std::vector<join_store::Target> targets;
    std::int64_t sent_lately = 0;         // invitations of this sender to that one, within a day
    std::vector<OrganizationNo> offered;  // where anybody offers that one anything; only when it was asked for
  };
  // Addresses as they are compared. Forgets what it knew of them.
  void ask(Unit& unit, const Principal& inviter, const std::vector<std::string>& email_keys);
  // What is offered to whom by whomever; after `ask`.
  void ask_offers(Unit& unit);
  // Nothing is known of whoever was not asked for.
  [[nodiscard]] const Known& of(const std::string& email_key) const;
  // Somebody holds one of the addresses without proof: whoever is invited by it may take it from him, and the one before
  // names him then.
  [[nodiscard]] bool may_move() const { return may_move_; }

 private:
  std::vector<UserNo> find_users(sql::Tx& tx, const std::vector<std::string>& email_keys);
  std::map<std::string, Known> known_;
  std::map<UserNo, Known*> by_number_;
  bool may_move_ = false;
};

}  // namespace gatehouse::domain
