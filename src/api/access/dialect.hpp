// The namespace is access_api: `access` is the decision engine.
// How the access surface speaks of errors: only 400, 401, 403 and 500 (A22), always `{"detail": "<text>"}`.
#pragma once

#include "http/endpoint.hpp"

namespace gatehouse::api::access_api {

class AccessDialect final : public http::Dialect {
 public:
  void render(const Error& error, const http::Call& call, http::Response& response) const override;
  [[nodiscard]] int status(ErrorKind kind) const override;
  [[nodiscard]] std::string_view error_media_type() const override { return "application/json"; }
  [[nodiscard]] std::string_view error_schema() const override;
  [[nodiscard]] std::string_view error_schema_name() const override { return "Detail"; }
};

const http::Dialect& dialect();

}  // namespace gatehouse::api::access_api
