// Which endpoint a method and path mean. Literal segments win over parameters, paths that mind the case over those that do
// not.
// Refuses declarations that contradict each other when they are added, so that a wrong table never starts.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/endpoint.hpp"
#include "http/metrics.hpp"

namespace gatehouse::http {

class RouteTable {
 public:
  struct Leaf {
    Method method;
    const Route* route;
    RequestMetrics* metrics;
    std::vector<std::string_view> names;  // of the path's parameters, in order
  };
  // The endpoints at a path, and the values of its parameters, still percent-encoded. `leaves` is null when there are none.
  struct Match {
    const std::vector<Leaf>* leaves = nullptr;
    std::vector<std::string_view> values;

    [[nodiscard]] const Leaf* find(Method method) const;
    [[nodiscard]] std::string allowed() const;  // the value of Allow (RFC 9110 10.2.1)
  };

  RouteTable();
  ~RouteTable();
  // Throws std::logic_error when the declaration contradicts itself, or its id or its method and path are taken.
  void add(std::unique_ptr<Route> route);
  [[nodiscard]] Match find(std::string_view path) const;

  [[nodiscard]] const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }
  [[nodiscard]] const std::vector<std::unique_ptr<RequestMetrics>>& metrics() const { return metrics_; }  // as routes()

 private:
  struct Node;
  static Match find_below(const Node& root, std::string_view path, bool ignore_case);
  std::vector<std::unique_ptr<Route>> routes_;
  std::vector<std::unique_ptr<RequestMetrics>> metrics_;
  std::unique_ptr<Node> root_;
  std::unique_ptr<Node> root_ignoring_case_;  // a tree of its own: the other is searched as if it were not there
};

}  // namespace gatehouse::http
