// What every file of this surface uses: paging by skip and take, which platform is meant, the words for who may call.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "access/graph.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::partner {

using http::Action;
using http::Anyone;
using http::Call;
using http::Method;
using http::Nothing;
using http::Permit;
using http::Work;

inline constexpr std::int64_t kMaxTake = 1000;

template <class Input>
void describe_paging(http::Fields<Input>& f) {
  f.template add<&Input::skip>("skip", {.in = http::In::kQuery, .min = 0, .max = 1'000'000'000, .fallback = "0"});
  f.template add<&Input::take>("take", {.in = http::In::kQuery, .min = 1, .max = kMaxTake, .fallback = "1000"});
}

// A bare array says elsewhere how many there are in all.
template <class T>
std::vector<T> counted(Call& call, std::int64_t total, std::vector<T> items) {
  call.set_header("X-Total-Count", std::to_string(total));
  return items;
}

// What is no id names nothing.
template <class IdType>
IdType id_in_path(const Call& call) {
  return IdType::parse(call.path_parameter("id")).value_or(IdType());
}

inline std::optional<std::string> or_null(std::string text) {
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

inline OrganizationId platform_of(const access::Graph& graph) {
  OrganizationId id;
  graph.read([&](const access::View& view) { id = view.organization_id(view.platform()).value_or(OrganizationId()); });
  return id;
}

// There is one platform; another one is not found.
inline Result<void> check_platform(const access::Graph& graph, const std::optional<OrganizationId>& given) {
  if (!given || *given == platform_of(graph)) return {};
  return not_found("organization.not_found", "There is no such platform.");
}

}  // namespace gatehouse::api::partner
