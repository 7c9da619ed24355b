#include "domain/changes/changes.hpp"

#include "domain/changes/change_store.hpp"

namespace gatehouse::domain {

LogPage Changes::list(const access::Permit<access::Action::kChangeList>& permit, std::optional<Revision> before,
                      std::int64_t limit) const {
  LogPage page;
  // One more than asked for says whether there is a next page.
  ledger_.read([&](sql::Tx& tx) { page.items = change_store::list(tx, permit.organization(), before, limit + 1); });
  if (static_cast<std::int64_t>(page.items.size()) > limit) {
    page.items.pop_back();
    page.next_before = page.items.back().revision;
  }
  return page;
}

}  // namespace gatehouse::domain
