// What every file of this surface uses: bare lists with X-Total-Count, the members that a refusal of the domain names, the
// words for who may call. The surface stands at /api/{Name}, is registered ignoring case and speaks http::aspnet_dialect().
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/page.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::identity_manager {

using http::Action;
using http::Anyone;
using http::Call;
using http::In;
using http::Method;
using http::Nothing;
using http::Permit;
using http::Work;

inline constexpr std::int64_t kMaxPageSize = 1000;

// Adds the two paging parameters to a described input with members `page` and `page_size`.
template <class T>
void describe_paging(http::Fields<T>& f) {
  f.template add<&T::page>("page", {.in = In::kQuery,
                                    .min = 1,
                                    .max = std::numeric_limits<std::int64_t>::max() / kMaxPageSize,
                                    .doc = "Counted from 1.",
                                    .fallback = "1"});
  f.template add<&T::page_size>(
      "pageSize",
      {.in = In::kQuery, .min = 1, .max = kMaxPageSize, .doc = "Entries to return at most.", .fallback = "100"});
}

// A list that is asked for by its pages only.
struct PageQuery {
  std::int64_t page = 1;
  std::int64_t page_size = 100;
};
void describe(http::Fields<PageQuery>& f);

template <class T>
domain::Paging paging_of(const T& in) {
  return {(in.page - 1) * in.page_size, in.page_size};
}

// The page as this surface shows it, each item made by `shown`.
template <class Item, class Shown>
auto listed(Call& call, domain::Page<Item> page, Shown shown) {
  call.set_header("X-Total-Count", std::to_string(page.total));
  std::vector<decltype(shown(std::move(page.items.front())))> out;
  out.reserve(page.items.size());
  for (auto& item : page.items) out.push_back(shown(std::move(item)));
  return out;
}

// The list that a filter by id leaves of a catalogue: the one, or none. Other errors stay errors.
template <class Item>
Result<domain::Page<Item>> only(Result<Item> found, const domain::Paging& paging) {
  std::vector<Item> items;
  if (found) {
    items.push_back(*std::move(found));
  } else if (found.error().kind != ErrorKind::kNotFound) {
    return std::move(found).error();
  }
  return domain::page_of(std::move(items), paging);
}

// What is wrong with one member: "newPassword must not be the old one."
Error fault(std::string field, std::string message);

// The domain's `role_ids[2]` is `roleIds[2]` here. `password` is what the member of that name is called.
Error in_wire_words(Error error, std::string_view password = "password");

template <class T>
Result<T> in_wire_words(Result<T> result, std::string_view password = "password") {
  if (result) return result;
  return in_wire_words(std::move(result).error(), password);
}

}  // namespace gatehouse::api::identity_manager
