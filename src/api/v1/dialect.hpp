// How the v1 surface speaks: RFC 9457 problems whose `type` is a code `Aggregate.Error` (CONTRACTS section 3, "Errors").
#pragma once

#include "http/problem.hpp"

namespace gatehouse::api::v1 {

class V1Dialect final : public http::ProblemDialect {
 protected:
  [[nodiscard]] std::string_view type(std::string_view code) const override;
};

const http::Dialect& dialect();

// The public code for a code of the core; the core's own when v1 has no word for it.
std::string_view public_code(std::string_view code);

}  // namespace gatehouse::api::v1
