// The decision over HTTP: the OpenID AuthZEN Authorization API 1.0, from memory alone.
//
// A decision is told to those who hold decisions.evaluate at the resource's organization, and to everybody about
// themselves; anybody else gets 403 (in a batch: that item), the same whether or not the organization exists.
#pragma once

#include <string_view>

#include "access/graph.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::authzen {

// POST /access/v1/evaluation, POST /access/v1/evaluations, GET /.well-known/authzen-configuration.
// `public_url` without a trailing slash. The graph must outlive the surface.
void register_authzen(http::Surface& surface, const access::Graph& graph, std::string_view public_url);

}  // namespace gatehouse::api::authzen
