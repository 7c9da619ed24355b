// Permissions: the atoms of every decision. Gatehouse's own are fixed here; operators add their application's own.
// A PermissionSet is a fixed bitset, so that a union is a few words and a test is one load.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gatehouse::access {

// Limit of the whole catalogue, Gatehouse's own included.
inline constexpr std::size_t kMaxPermissions = 1024;

enum class PermissionNo : std::uint16_t {};

// Gatehouse's own, by number: positions in the catalogue of a running process, never stored.
namespace permission {
inline constexpr PermissionNo kOrganizationsView{0};
inline constexpr PermissionNo kOrganizationsCreate{1};  // below the organization it is held at
inline constexpr PermissionNo kOrganizationsEdit{2};
inline constexpr PermissionNo kOrganizationsDelete{3};
inline constexpr PermissionNo kOrganizationsMove{4};
inline constexpr PermissionNo kMembershipsEdit{5};  // add, change and remove memberships with organization roles (v1)
inline constexpr PermissionNo kUsersView{6};
inline constexpr PermissionNo kUsersEdit{7};  // change which roles the users of the organization hold
inline constexpr PermissionNo kUsersAdd{8};
inline constexpr PermissionNo kUsersRemove{9};
inline constexpr PermissionNo kRolesView{10};
inline constexpr PermissionNo kInvitationsView{11};
inline constexpr PermissionNo kInvitationsEdit{12};
inline constexpr PermissionNo kConnectionsView{13};
inline constexpr PermissionNo kConnectionsEdit{14};
inline constexpr PermissionNo kApiTokensView{15};
inline constexpr PermissionNo kChangesView{16};
inline constexpr PermissionNo kDecisionsEvaluate{17};
inline constexpr PermissionNo kAccountsView{18};    // all accounts of the deployment
inline constexpr PermissionNo kAccountsEdit{19};    // create, change, deactivate, delete accounts
inline constexpr PermissionNo kClientsEdit{20};     // other people's machine clients
inline constexpr PermissionNo kCataloguesEdit{21};  // roles, identity providers, providers, identification types
}  // namespace permission

class PermissionSet {
 public:
  void insert(PermissionNo p) { words_[index(p)] |= bit(p); }
  [[nodiscard]] bool contains(PermissionNo p) const { return (words_[index(p)] & bit(p)) != 0; }
  PermissionSet& operator|=(const PermissionSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  PermissionSet& operator&=(const PermissionSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  PermissionSet& operator-=(const PermissionSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
    return *this;
  }
  [[nodiscard]] bool includes(const PermissionSet& other) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if ((other.words_[i] & ~words_[i]) != 0) return false;
    }
    return true;
  }
  [[nodiscard]] bool empty() const { return *this == PermissionSet{}; }
  [[nodiscard]] std::vector<PermissionNo> list() const;
  static PermissionSet all();
  bool operator==(const PermissionSet&) const = default;

 private:
  static std::size_t index(PermissionNo p) { return static_cast<std::size_t>(p) / 64; }
  static std::uint64_t bit(PermissionNo p) { return 1ULL << (static_cast<std::size_t>(p) % 64); }
  std::array<std::uint64_t, kMaxPermissions / 64> words_{};
};

// The names of the permissions: Gatehouse's own first, then the operator's in the order of their first registration.
// Fixed after start; read from any thread.
class Permissions {
 public:
  Permissions();  // Gatehouse's own
  // `name` is `noun.verb` of [a-z0-9_-]; a name ending in `.view`, `.read`, `.list` or `.evaluate` is a reading one.
  // Known names are returned as they are.
  // Errors: permission.name_invalid, permission.too_many.
  Result<PermissionNo> add(std::string_view name, std::string_view description);
  [[nodiscard]] std::optional<PermissionNo> find(std::string_view name) const;
  [[nodiscard]] std::string_view name(PermissionNo p) const;
  [[nodiscard]] std::string_view description(PermissionNo p) const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool is_own(PermissionNo p) const;  // Gatehouse's own
  // What a machine client's scopes let through: `noun.read` the noun's reading permissions, `noun.write` all of the
  // noun's.
  [[nodiscard]] PermissionSet allowed_by(const std::vector<std::string>& scopes) const;

 private:
  struct Entry {
    std::string name;
    std::string description;
  };
  std::vector<Entry> entries_;
  std::map<std::string, PermissionNo, std::less<>> by_name_;
};

}  // namespace gatehouse::access
