// Versions that a caller accepts (RFC 9110 13.1.1, If-Match); none: any.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace gatehouse::domain {

using ExpectedVersions = std::vector<std::int64_t>;

inline bool accepts(const ExpectedVersions& expected, std::int64_t version) {
  return expected.empty() || std::find(expected.begin(), expected.end(), version) != expected.end();
}

}  // namespace gatehouse::domain
