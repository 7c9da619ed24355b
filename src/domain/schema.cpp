#include "domain/schema.hpp"

#include <charconv>
#include <utility>

namespace gatehouse {
extern const std::pair<std::string_view, std::string_view> kMigrationFiles[];
}

namespace gatehouse::domain {

std::vector<sql::Migration> migrations() {
  std::vector<sql::Migration> all;
  for (const auto* file = kMigrationFiles; !file->first.empty(); ++file) {
    std::int64_t version = 0;
    std::from_chars(file->first.data(), file->first.data() + file->first.size(), version);
    all.push_back({version, file->first, file->second});
  }
  return all;
}

}  // namespace gatehouse::domain
