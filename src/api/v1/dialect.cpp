#include "api/v1/dialect.hpp"

namespace gatehouse::api::v1 {

std::string_view V1Dialect::type(std::string_view code) const { return public_code(code); }

const http::Dialect& dialect() {
  static const V1Dialect dialect;
  return dialect;
}

}  // namespace gatehouse::api::v1
