#include "base/error.hpp"

#include <utility>

namespace gatehouse {

Error invalid(std::string_view code, std::string detail) { return {ErrorKind::kInvalid, code, std::move(detail)}; }

Error invalid_field(std::string_view code, std::string field, std::string message) {
  Error error{ErrorKind::kInvalid, code, message};
  error.fields.push_back({std::move(field), std::move(message)});
  return error;
}

Error forbidden(std::string_view code, std::string detail) { return {ErrorKind::kForbidden, code, std::move(detail)}; }

Error not_found(std::string_view code, std::string detail) { return {ErrorKind::kNotFound, code, std::move(detail)}; }

Error conflict(std::string_view code, std::string detail) { return {ErrorKind::kConflict, code, std::move(detail)}; }

}  // namespace gatehouse
