#include "http/route_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/text.hpp"

namespace gatehouse::http {
namespace {

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

bool is_asked_at_an_organization(const Route& route) {
  if (!route.action) return false;
  const auto needs = access::rule(*route.action).needs;
  return needs == access::Needs::kPermission || needs == access::Needs::kReach;
}

bool may_have_body(Method method) {
  return method == Method::kPost || method == Method::kPut || method == Method::kPatch;
}

// Splits off the next segment of "/a/b".
std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

}  // namespace

struct RouteTable::Node {
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
  std::unique_ptr<Node> parameter;
  std::vector<Leaf> leaves;

  [[nodiscard]] Node* literal(std::string_view segment, bool ignore_case) const {
    const auto found = std::find_if(literals.begin(), literals.end(), [&](const auto& l) {
      return ignore_case ? text::equal_ignoring_ascii_case(l.first, segment) : l.first == segment;
    });
    return found == literals.end() ? nullptr : found->second.get();
  }
};

const RouteTable::Leaf* RouteTable::Match::find(Method method) const {
  if (leaves == nullptr) return nullptr;
  const auto found =
      std::find_if(leaves->begin(), leaves->end(), [&](const Leaf& leaf) { return leaf.method == method; });
  return found == leaves->end() ? nullptr : &*found;
}

std::string RouteTable::Match::allowed() const {
  std::string allow;
  for (const auto& leaf : *leaves) {
    if (!allow.empty()) allow += ", ";
    allow += name(leaf.method);
    if (leaf.method == Method::kGet) allow += ", HEAD";
  }
  return allow;
}

RouteTable::RouteTable() : root_(std::make_unique<Node>()), root_ignoring_case_(std::make_unique<Node>()) {}

RouteTable::~RouteTable() = default;

void RouteTable::add(std::unique_ptr<Route> owned) {
  const Route& route = *owned;
  const Endpoint& endpoint = route.endpoint;
  const auto complain = [&](std::string_view what) {
    throw std::logic_error(fmt::format("endpoint {}: {}", endpoint.id, what));
  };
  if (route.action.has_value() != endpoint.anyone_because.empty()) complain("say who may call, once");
  if (endpoint.at_active && !endpoint.organization.empty()) complain("the path's organization or the active one");
  if (endpoint.at_active && !is_asked_at_an_organization(route)) complain("its action is asked at no organization");
  if (endpoint.timeless && (route.action || endpoint.work != Work::kMemory)) complain("who may call changes with time");
  if (route.streamed && endpoint.method != Method::kGet) complain("only GET is streamed");
  if (route.spooled_input != (endpoint.max_body > 0)) complain("a spooled body has a limit of its own, no other has");
  if (route.spooled_input && !may_have_body(endpoint.method)) complain("its method has no body");
  if (route.spooled_input && endpoint.work == Work::kMemory) complain("reading a spooled body takes a disk");
  for (const auto& other : routes_) {
    if (other->endpoint.id == endpoint.id) complain("the id is taken");
  }
  Node* node = route.ignore_case ? root_ignoring_case_.get() : root_.get();
  std::vector<std::string_view> names;
  for (std::string_view path = endpoint.path; !path.empty();) {
    const std::string_view segment = next_segment(path);
    if (is_parameter(segment)) {
      names.push_back(segment.substr(1, segment.size() - 2));
      if (!node->parameter) node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
    } else if (Node* known = node->literal(segment, route.ignore_case)) {
      node = known;
    } else {
      node = node->literals.emplace_back(segment, std::make_unique<Node>()).second.get();
    }
  }
  const bool names_organization =
      endpoint.organization.empty() || std::find(names.begin(), names.end(), endpoint.organization) != names.end();
  if (!names_organization) complain("its path has no such parameter");
  for (const auto& leaf : node->leaves) {
    if (leaf.method == endpoint.method) complain("method and path are taken");
  }
  auto& metrics = metrics_.emplace_back(std::make_unique<RequestMetrics>());
  node->leaves.push_back({endpoint.method, &route, metrics.get(), std::move(names)});
  routes_.push_back(std::move(owned));
}

RouteTable::Match RouteTable::find(std::string_view path) const {
  Match match = find_below(*root_, path, false);
  return match.leaves != nullptr ? match : find_below(*root_ignoring_case_, path, true);
}

RouteTable::Match RouteTable::find_below(const Node& root, std::string_view path, bool ignore_case) {
  Match match;
  const Node* node = &root;
  if (path.empty() || path.front() != '/') return match;
  while (!path.empty()) {
    const std::string_view segment = next_segment(path);
    if (const Node* known = node->literal(segment, ignore_case)) {
      node = known;
    } else if (node->parameter && !segment.empty()) {
      match.values.push_back(segment);
      node = node->parameter.get();
    } else {
      return match;
    }
  }
  if (!node->leaves.empty()) match.leaves = &node->leaves;
  return match;
}

}  // namespace gatehouse::http
