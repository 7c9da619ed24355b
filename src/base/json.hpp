// Reads JSON from strangers into a Boost.JSON value. Stricter than RFC 8259 where readers differ and attackers live:
// refuses duplicate member names, depth beyond a limit, bytes after the value (a NUL too), invalid UTF-8, comments,
// trailing commas, objects of more than 1,000 members and numbers beyond a double's range.
#pragma once

#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string_view>

#include "base/result.hpp"

namespace gatehouse::json {

struct ParseLimits {
  std::size_t max_depth = 32;        // arrays and objects within each other; at most 32
  std::size_t max_bytes = 16 << 20;  // of text
};

// The value lives in `storage`; give a monotonic_resource for speed. Integers that fit neither int64 nor
// uint64 are doubles.
// Errors: kInvalid `json.malformed`, with the byte where reading stopped; kTooLarge `json.too_large`.
Result<boost::json::value> parse(std::string_view text, const ParseLimits& limits = {},
                                 boost::json::storage_ptr storage = {});

}  // namespace gatehouse::json
