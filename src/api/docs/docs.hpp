// The documentation: /openapi.json, and /docs, which shows it with Swagger UI, served from the binary.
#pragma once

#include <string>

#include "http/endpoint.hpp"

namespace gatehouse::api::docs {

// `openapi` is read at each request and must outlive the surface.
void register_docs(http::Surface& surface, const std::string& openapi);

}  // namespace gatehouse::api::docs
