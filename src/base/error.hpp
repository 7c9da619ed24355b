// What a refusal is: a value that says which kind of thing went wrong, a stable code, and text fit for the caller.
// Refuses to carry internal detail: what only the operator may see goes to the log, never in here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse {

enum class ErrorKind : std::uint8_t {
  kInvalid,             // the input is wrong; `fields` says where
  kUnauthenticated,     // no, unknown or expired proof of who is calling
  kForbidden,           // known caller, not allowed
  kNotFound,            // unknown, or out of the caller's reach
  kConflict,            // the state of things does not allow it
  kPreconditionFailed,  // If-Match did not match (RFC 9110 13.1.1)
  kUnprocessable,       // an idempotency key came back with another body
  kTooLarge,            // over a documented limit
  kUnsupportedMedia,    // content type not understood
  kThrottled,           // come back after `retry_after_s`
  kUnavailable,         // cannot serve now; nothing was changed
  kInternal,            // a broken invariant
};

struct FieldError {
  std::string field;  // path of the member, e.g. "admins[2]" or "name"
  std::string message;
  bool operator==(const FieldError&) const = default;
};

struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string_view code;  // dotted, stable, a string literal: "organization.name_taken"
  std::string detail;     // one sentence for the caller
  std::vector<FieldError> fields{};
  std::uint32_t retry_after_s = 0;
};

// The kinds in short form; `code` must be a string literal.
Error invalid(std::string_view code, std::string detail);
Error invalid_field(std::string_view code, std::string field, std::string message);
Error forbidden(std::string_view code, std::string detail);
Error not_found(std::string_view code, std::string detail);
Error conflict(std::string_view code, std::string detail);

}  // namespace gatehouse
