// What this surface calls things: `sorting`, and the members that a refusal of the domain names.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "base/text.hpp"

namespace gatehouse::api::v1 {

// The domain's `display_name` is `displayName` here; what follows a dot is the caller's own word.
template <class T>
Result<T> in_wire_words(Result<T> result) {
  if (result) return result;
  Error error = std::move(result).error();
  for (auto& fault : error.fields) {
    std::string camel;
    const auto own = std::min(fault.field.find('.'), fault.field.size());
    for (std::size_t i = 0; i < fault.field.size(); ++i) {
      const bool hump = i + 1 < own && fault.field[i] == '_';
      if (hump) ++i;
      const char c = fault.field[i];
      camel.push_back(hump && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
    fault.field = std::move(camel);
  }
  return error;
}

template <class Order>
struct Sorting {
  Order order{};
  bool descending = false;
};

// `field`, `field asc` or `field desc`; absent: as the list is by itself.
template <class Order>
Result<Sorting<Order>> parse_sorting(const std::optional<std::string>& given,
                                     std::initializer_list<std::pair<std::string_view, Order>> orders) {
  Sorting<Order> sorting;
  if (!given) return sorting;
  const std::string text = text::collapse_blanks(*given);
  const auto blank = text.find(' ');
  const auto field = std::string_view(text).substr(0, blank);
  const auto direction =
      blank == std::string::npos ? std::string_view("asc") : std::string_view(text).substr(blank + 1);
  sorting.descending = text::equal_ignoring_ascii_case(direction, "desc");
  const bool readable = sorting.descending || text::equal_ignoring_ascii_case(direction, "asc");
  std::string known;
  for (const auto& [name, order] : orders) {
    if (readable && text::equal_ignoring_ascii_case(field, name)) {
      sorting.order = order;
      return sorting;
    }
    known += known.empty() ? "" : ", ";
    known += name;
  }
  return invalid_field("request.invalid", "sorting", "must be one of " + known + ", and asc or desc");
}

}  // namespace gatehouse::api::v1
