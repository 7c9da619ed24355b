#include "domain/schema.hpp"

#include <charconv>
#include <utility>

namespace gatehouse {
extern const std::pair<std::string_view, std::string_view> kMigrationFiles[];
}

namespace gatehouse::domain {

namespace {

// The first line of a step that a release which knows only schema N works with: `-- Works with schema N.`
std::int64_t works_with(std::string_view sql) {
  constexpr std::string_view kFront = "-- Works with schema ";
  std::int64_t version = 0;
  if (sql.starts_with(kFront)) std::from_chars(sql.data() + kFront.size(), sql.data() + sql.size(), version);
  return version;
}

}  // namespace

std::vector<sql::Migration> migrations() {
  std::vector<sql::Migration> all;
  for (const auto* file = kMigrationFiles; !file->first.empty(); ++file) {
    std::int64_t version = 0;
    std::from_chars(file->first.data(), file->first.data() + file->first.size(), version);
    all.push_back({version, file->first, file->second, works_with(file->second)});
  }
  return all;
}

}  // namespace gatehouse::domain
