// API tokens of the active organization (A16, A17).
#pragma once

#include "access/graph.hpp"
#include "domain/api_tokens/api_tokens.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::access_api {

void register_api_tokens(http::Surface& surface, domain::ApiTokens& api_tokens, const access::Graph& graph);

}  // namespace gatehouse::api::access_api
