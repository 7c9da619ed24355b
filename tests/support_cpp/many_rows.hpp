// Many rows of a catalogue at once, for a test of its limit.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/uuid.hpp"
#include "sql/database.hpp"

namespace gatehouse::testing {

// `row` is what stands between the brackets of VALUES: {0} for an id, {1} for a name like no other.
inline void insert_many(sql::Tx& tx, std::string_view table_and_columns, std::string_view row, std::int64_t count) {
  constexpr std::int64_t kAtOnce = 1000;
  SeededRandom random{7};
  for (std::int64_t done = 0; done < count; done += kAtOnce) {
    const auto rows = std::min(kAtOnce, count - done);
    std::vector<Uuid> ids;
    std::vector<std::string> names;
    for (std::int64_t i = 0; i < rows; ++i) {
      ids.push_back(Uuid::v7(Timestamp{1}, random));
      names.push_back("row " + std::to_string(done + i));
    }
    std::string sql = fmt::format("INSERT INTO {} VALUES ", table_and_columns);
    std::vector<sql::Value> values;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      values.emplace_back(ids[i]);
      values.emplace_back(names[i]);
      const auto place = [&](std::size_t back) { return "$" + std::to_string(values.size() - back); };
      sql += (i == 0 ? "(" : ", (") + fmt::format(fmt::runtime(row), place(1), place(0)) + ")";
    }
    tx.execute(sql, sql::Values(values));
  }
}

}  // namespace gatehouse::testing
