// Facts: what the graph is made of and what a change tells it. Each states the whole new truth about one thing, so that
// applying it twice is the same as once. The log stores them beside the change, and every node feeds its graph from
// them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "access/permissions.hpp"
#include "access/types.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace gatehouse::access {

struct OrganizationFact {
  OrganizationNo no;
  OrganizationId id;
  OrganizationNo parent;
};  // parent 0: the platform
struct OrganizationGone {
  OrganizationNo no;
};
struct UserFact {
  UserNo no;
  UserId id;
  bool active = true;
};  // not active: holds nothing anywhere
struct UserGone {
  UserNo no;
};
// `permissions` by name, closed under `implies`; names the catalogue does not know are kept out by the graph.
struct RoleFact {
  RoleNo no;
  RoleId id;
  std::string name;
  std::int32_t weight = 0;
  std::vector<std::string> permissions;
};
struct RoleGone {
  RoleNo no;
};
// The whole truth about one user in one organization: no member and no roles means nothing is left.
struct HoldingFact {
  UserNo user;
  OrganizationNo organization;
  bool member = false;
  std::vector<RoleNo> roles;
};
struct ConnectionFact {
  ConnectionId id;
  OrganizationNo customer;
  OrganizationNo agency;
  std::vector<RoleNo> roles;
};
struct ConnectionGone {
  ConnectionId id;
};
// `expires_at` is the first instant at which the thing no longer stands.
inline constexpr Timestamp kNever{INT64_MAX};
using Digest = std::array<std::uint8_t, 32>;  // SHA-256 of an opaque secret
struct ClientFact {
  ClientId id;
  UserNo owner;
  OrganizationNo organization;
  Timestamp expires_at;
  Digest secret{};
  std::vector<std::string> scopes;
};
struct ClientGone {
  ClientId id;
};
struct ApiTokenFact {
  ApiTokenId id;
  OrganizationNo organization;
  Timestamp expires_at;
  Digest secret{};
  std::vector<RoleNo> roles;
};
struct ApiTokenGone {
  ApiTokenId id;
};
struct SessionFact {
  SessionId id;
  UserNo user;
  OrganizationNo active;
  Timestamp expires_at;
};
struct SessionGone {
  SessionId id;
};
// What the organization's name is compared by, text::name_key. Logs of older versions do not have it.
struct OrganizationNameFact {
  OrganizationNo no;
  std::string key;
};

using Fact = std::variant<OrganizationFact, OrganizationGone, UserFact, UserGone, RoleFact, RoleGone, HoldingFact,
                          ConnectionFact, ConnectionGone, ClientFact, ClientGone, ApiTokenFact, ApiTokenGone,
                          SessionFact, SessionGone, OrganizationNameFact>;

// Compact binary form for the log; decoding refuses anything malformed (code facts.malformed).
void encode(const Fact& fact, std::string& out);
std::string encode(const std::vector<Fact>& facts);
Result<std::vector<Fact>> decode(std::string_view bytes);

}  // namespace gatehouse::access
