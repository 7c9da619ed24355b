// What every list takes and gives: an offset with a limit, and one page with the total.
#pragma once

#include <cstdint>
#include <vector>

namespace gatehouse::domain {

// Both within what the surface allows; nothing here checks them again.
struct Paging {
  std::int64_t skip = 0;
  std::int64_t limit = 100;
};

template <class T>
struct Page {
  std::int64_t total = 0;  // of the whole list, not of this page
  std::vector<T> items;
};

// The part of an ordered list that is in memory already.
template <class T>
Page<T> page_of(std::vector<T> all, const Paging& paging) {
  Page<T> page;
  page.total = static_cast<std::int64_t>(all.size());
  for (auto i = paging.skip; i < page.total && i - paging.skip < paging.limit; ++i) {
    page.items.push_back(std::move(all[static_cast<std::size_t>(i)]));
  }
  return page;
}

}  // namespace gatehouse::domain
