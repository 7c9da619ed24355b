#include "domain/scope_store.hpp"

namespace gatehouse::domain::scope_store {
namespace {

std::vector<std::uint32_t> plain(const std::vector<OrganizationNo>& numbers) {
  std::vector<std::uint32_t> plain;
  plain.reserve(numbers.size());
  for (const auto no : numbers) plain.push_back(no.value);
  return plain;
}

}  // namespace

std::string number_list(std::vector<sql::Value>& values, const std::vector<std::uint32_t>& numbers) {
  std::size_t length = 1;
  while (length < numbers.size()) length *= 2;
  std::string list;
  for (std::size_t i = 0; i < length; ++i) {
    values.emplace_back(i < numbers.size() ? numbers[i] : 0U);
    list += i == 0 ? "$" : ", $";
    list += std::to_string(values.size());
  }
  return list;
}

std::string seen(std::vector<sql::Value>& values, const access::Scope& scope) {
  std::string sql = "WITH RECURSIVE tree(no) AS (SELECT no FROM organizations WHERE no IN (";
  sql += number_list(values, plain(scope.trees));
  sql +=
      ") UNION ALL SELECT o.no FROM tree t CROSS JOIN organizations o WHERE o.parent_no = t.no), "
      "seen(no) AS (SELECT no FROM tree UNION ALL SELECT no FROM organizations WHERE no IN (";
  sql += number_list(values, plain(scope.singles));
  sql += ")) ";
  return sql;
}

}  // namespace gatehouse::domain::scope_store
