// The words the decision is spoken in: ids, dense numbers of the store, principals.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/uuid.hpp"

namespace gatehouse {

using UserId = Id<struct UserNoun>;
using OrganizationId = Id<struct OrganizationNoun>;
using RoleId = Id<struct RoleNoun>;
using ClientId = Id<struct ClientNoun>;
using ApiTokenId = Id<struct ApiTokenNoun>;
using SessionId = Id<struct SessionNoun>;
using ConnectionId = Id<struct ConnectionNoun>;

// The store's own dense numbers (counted from 1; 0 is none): four bytes instead of sixteen in every membership, and an
// array index in the graph. They never leave the process.
template <class Noun>
struct Number {
  std::uint32_t value = 0;
  auto operator<=>(const Number&) const = default;
  explicit operator bool() const { return value != 0; }
};
using UserNo = Number<struct UserNoun>;
using OrganizationNo = Number<struct OrganizationNoun>;
using RoleNo = Number<struct RoleNoun>;

// One commit-ordered step of the log. 0: before anything happened.
using Revision = std::int64_t;

// Who is calling, as authentication found it. A snapshot of names, not of rights: those are asked of the graph each
// time.
struct Principal {
  enum class Kind : std::uint8_t {
    kNobody,    // unauthenticated: holds nothing
    kUser,      // a person, in a session
    kClient,    // a machine client: its owner's rights, narrowed by its scopes, within its organization
    kApiToken,  // an organization's API token: the roles given to it, within its organization
    kSystem,    // the service itself: start, import, command line. Holds everything.
  };
  Kind kind = Kind::kNobody;
  Uuid id;                // UserId, ClientId or ApiTokenId
  UserNo user;            // kUser: the user; kClient: its owner
  SessionId session;      // kUser only
  OrganizationNo active;  // the active organization; none when there is no membership
  Timestamp expires_at;   // of the presented token

  [[nodiscard]] UserId user_id() const { return kind == Kind::kUser ? UserId(id) : UserId(); }
  static Principal system() {
    Principal p;
    p.kind = Kind::kSystem;
    return p;
  }
};

}  // namespace gatehouse

template <class Noun>
struct std::hash<gatehouse::Number<Noun>> {
  std::size_t operator()(gatehouse::Number<Noun> number) const noexcept { return number.value * 0x9E3779B97F4A7C15ULL; }
};
