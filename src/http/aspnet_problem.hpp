// Problem details in the way of ASP.NET Core: `type` is the section of the RFC that defines the status, `errors` maps the
// path of a member, as that habit writes it ("Users[3].GroupId"), to what is wrong with it. For surfaces whose clients
// were written for that; the core's codes are not told.
#pragma once

#include "http/call.hpp"

namespace gatehouse::http {

class AspNetDialect : public Dialect {
 public:
  void render(const Error& error, const Call& call, Response& response) const override;
  [[nodiscard]] std::string_view error_media_type() const override { return "application/problem+json"; }
  [[nodiscard]] std::string_view error_schema() const override;
  [[nodiscard]] std::string_view error_schema_name() const override { return "AspNetProblem"; }
};

const Dialect& aspnet_dialect();

}  // namespace gatehouse::http
