// What an import is made of: rows as a file says them, counts, and how far a file has been read. Plain data, nothing
// checked yet; absent members leave what is stored as it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/memberships/memberships.hpp"

namespace gatehouse::domain {

inline constexpr std::size_t kMaxExternalKey = 200;              // code points
inline constexpr std::string_view kIdPrefix = "id:";             // a key that is an id, and no external key
inline constexpr std::string_view kPlatformKey = "id:platform";  // the root of the tree, in memberships only

enum class ImportKind : std::uint8_t { kOrganizations, kUsers, kMemberships };

// Known by its external key, or without one by its id. An unknown id is given to what is made.
struct OrganizationRow {
  std::string external_key;
  std::optional<OrganizationId> id;
  std::optional<std::string> parent_key;  // empty: at the top
  std::optional<std::string> name;
  std::optional<std::string> description;
};

struct UserRow {
  std::string external_key;
  std::optional<UserId> id;
  std::optional<std::string> user_name;  // of a new account, when absent or empty: the e-mail address
  std::optional<std::string> email;
  std::optional<std::string> display_name;
  std::optional<std::string> status;
  std::optional<std::string> password_hash;  // taken by accounts that have none
};

struct MembershipRow {
  std::string user_key;
  std::string organization_key;
  std::optional<std::vector<std::string>> roles;  // all that the user holds directly there
  std::optional<std::string> display_name;
  std::optional<Attributes> attributes;
};

struct ImportRow {
  std::int64_t line = 0;  // where it begins, from 1
  std::variant<OrganizationRow, UserRow, MembershipRow> content;
};

struct ImportCounts {
  std::int64_t created = 0;
  std::int64_t updated = 0;
  std::int64_t unchanged = 0;
  std::int64_t bad = 0;

  ImportCounts& operator+=(const ImportCounts& more) {
    created += more.created;
    updated += more.updated;
    unchanged += more.unchanged;
    bad += more.bad;
    return *this;
  }
};

// One file of one kind. The fingerprint changes when the content does.
struct ImportFile {
  std::string path;
  std::string fingerprint;
  ImportKind kind = ImportKind::kOrganizations;
};

// Up to where a file has been applied.
struct ImportPosition {
  std::int64_t offset = 0;  // bytes
  std::int64_t line = 0;    // the last one read
  bool done = false;
};

struct ImportBatch {
  std::vector<ImportRow> rows;
  std::int64_t malformed = 0;  // rows that the reader refused
  ImportPosition after;
};

struct BadRow {
  std::string path;
  std::int64_t line = 0;
  std::string_view code;
  std::string reason;
};

}  // namespace gatehouse::domain
