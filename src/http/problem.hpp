// RFC 9457 problem details, the error body of every surface that has no dialect of its own.
#pragma once

#include "http/endpoint.hpp"

namespace gatehouse::http {

class ProblemDialect : public Dialect {
 public:
  void render(const Error& error, const Call& call, Response& response) const override;
  [[nodiscard]] std::string_view error_media_type() const override { return "application/problem+json"; }
  [[nodiscard]] std::string_view error_schema() const override;
  [[nodiscard]] std::string_view error_schema_name() const override { return "Problem"; }

 protected:
  // The public `type` for a code of the core.
  [[nodiscard]] virtual std::string_view type(std::string_view code) const { return code; }
};

// The reason phrase of a status (RFC 9110 15).
std::string_view reason(int status);

}  // namespace gatehouse::http
