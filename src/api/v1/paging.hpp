// Lists of the v1 surface: `skipCount`, `maxResultCount`, and {"totalCount", "items"}.
#pragma once

#include <cstdint>
#include <vector>

#include "http/schema.hpp"

namespace gatehouse::api::v1 {

inline constexpr std::int64_t kMostItems = 1000;

template <class T>
struct Listing {
  std::int64_t total = 0;
  std::vector<T> items;
};

template <class T>
void describe(http::Fields<Listing<T>>& f) {
  static const std::string name = std::string(http::schema_of<T>().name) + "List";
  f.name(name);
  f.template add<&Listing<T>::total>("totalCount");
  f.template add<&Listing<T>::items>("items");
}

// Adds the two paging parameters to a described input with members `skip` and `limit`.
template <class T>
void describe_paging(http::Fields<T>& f) {
  f.template add<&T::skip>("skipCount",
                           {.in = http::In::kQuery, .min = 0, .doc = "Entries to pass over.", .fallback = "0"});
  f.template add<&T::limit>(
      "maxResultCount",
      {.in = http::In::kQuery, .min = 1, .max = kMostItems, .doc = "Entries to return at most.", .fallback = "100"});
}

}  // namespace gatehouse::api::v1
