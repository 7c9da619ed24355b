// Problem details in the way of ASP.NET Core: `type` is the section of the RFC that defines the status, `errors` maps the
// path of a member, as that habit writes it ("Users[3].GroupId"), to what is wrong with it. For surfaces whose clients
// were written for that; the core's codes are not told.
#pragma once

#include <string>
#include <string_view>

#include "http/call.hpp"

namespace gatehouse::http {

// "users[3].groupId" of the wire and "users[3].group_id" of the core are "Users[3].GroupId"; what is wrong with the whole is
// said of "$".
std::string aspnet_key(std::string_view path);

class AspNetDialect : public Dialect {
 public:
  void render(const Error& error, const Call& call, Response& response) const override;
  [[nodiscard]] std::string_view error_media_type() const override { return "application/problem+json"; }
  [[nodiscard]] std::string_view error_schema() const override;
  [[nodiscard]] std::string_view error_schema_name() const override { return "AspNetProblem"; }
};

const Dialect& aspnet_dialect();

}  // namespace gatehouse::http
