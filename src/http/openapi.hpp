// The OpenAPI 3.1 document, made from the declared endpoints and nothing else.
// `x-access` on each operation says who may call it; the access matrix of the tests is generated from that.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "access/policy.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::http {

struct ApiInfo {
  std::string_view title;
  std::string_view version;
  std::string_view description;
  std::vector<std::pair<std::string_view, std::string_view>> tags;  // name, description
};

std::string openapi_document(const ApiInfo& info, const std::vector<std::unique_ptr<Route>>& routes,
                             const access::Permissions& permissions);

}  // namespace gatehouse::http
