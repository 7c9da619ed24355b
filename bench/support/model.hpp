// A population by rule: the same for the same sizes, and an answer to every question that owes nothing to the service.
//
// Users and organizations are numbered as the store will number them: 1 is the administrator and the platform. Every user
// is viewer, operator or admin (7, 2, 1 of 10) in the same number of organizations of a random tree of depth 8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "access/types.hpp"
#include "base/random.hpp"

namespace gatehouse::bench {

struct Question {
  std::uint32_t user;          // number
  std::uint32_t organization;  // number
  std::uint8_t permission;     // index into kAsked
  bool expected;
};

enum class Keys { kUniform, kSkewed };

class Model {
 public:
  static constexpr std::string_view kAsked[] = {"organizations.view", "orders.edit", "organizations.edit"};
  static constexpr std::string_view kRoles[] = {"viewer", "operator", "admin"};
  static constexpr std::uint32_t kDepth = 8;

  Model(std::uint32_t users, std::uint32_t organizations, std::uint32_t each);

  [[nodiscard]] std::uint32_t users() const { return users_; }
  [[nodiscard]] std::uint32_t organizations() const { return static_cast<std::uint32_t>(parent_.size()); }
  [[nodiscard]] std::uint64_t memberships() const { return organization_.size(); }
  [[nodiscard]] std::uint32_t each() const { return each_; }

  // By number, from 2.
  [[nodiscard]] std::uint32_t parent(std::uint32_t organization) const { return parent_[organization - 2]; }
  struct Membership {
    std::uint32_t organization;
    std::uint8_t role;  // index into kRoles
  };
  [[nodiscard]] Membership membership(std::uint32_t user, std::uint32_t i) const;  // ascending by organization
  static UserId user_id(std::uint32_t number) { return UserId(id(number, 1)); }
  static OrganizationId organization_id(std::uint32_t number) { return OrganizationId(id(number, 2)); }
  static std::string user_name(std::uint32_t number);

  // Straight from the rule: a role held at the organization or above it carries the permission.
  [[nodiscard]] bool holds(std::uint32_t user, std::uint32_t organization, std::uint8_t permission) const;
  // Every other one is denied; of those, half ask where the user is a member.
  [[nodiscard]] std::vector<Question> questions(std::size_t count, Keys keys, std::uint64_t seed) const;

 private:
  static Uuid id(std::uint32_t number, std::uint8_t noun);
  static bool carries(std::uint8_t role, std::uint8_t permission) { return permission <= role; }
  [[nodiscard]] Question allowed(std::uint32_t user, SeededRandom& random) const;
  [[nodiscard]] Question denied(std::uint32_t user, bool own, SeededRandom& random) const;

  std::uint32_t users_;
  std::uint32_t each_;
  std::vector<std::uint32_t> parent_;        // of organization 2, 3, …
  std::vector<std::uint32_t> child_;         // one of them, 0 for none
  std::vector<std::uint32_t> organization_;  // of the memberships of user 2, then of user 3, …
  std::vector<std::uint8_t> role_;
};

}  // namespace gatehouse::bench
