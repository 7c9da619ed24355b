// A caller's scope as SQL, for the lists of every noun that are bound by it. Belongs to no noun: it reads the tree, it
// changes nothing.
#pragma once

#include <string>
#include <vector>

#include "access/graph.hpp"
#include "sql/database.hpp"

namespace gatehouse::domain::scope_store {

// Beyond this many entries a list filters row by row with the graph instead.
inline constexpr std::size_t kMaxEntries = 1024;

inline bool fits(const access::Scope& scope) {
  return scope.trees.size() <= kMaxEntries && scope.singles.size() <= kMaxEntries;
}

// `$first, $first+1, …` for the numbers, padded with a number nobody has to one of a few lengths, so that there are few
// different statements; the values are appended to `values`.
std::string number_list(std::vector<sql::Value>& values, const std::vector<std::uint32_t>& numbers);

// `WITH RECURSIVE … seen(no) AS (…)`: every organization of the scope, once. Precondition: fits, not everything.
std::string seen(std::vector<sql::Value>& values, const access::Scope& scope);

}  // namespace gatehouse::domain::scope_store
