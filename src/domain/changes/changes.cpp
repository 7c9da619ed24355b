#include "domain/changes/changes.hpp"

#include "domain/changes/change_store.hpp"

namespace gatehouse::domain {
namespace {

// Entries are of any length, and a page is held in memory: it ends early when it is long.
constexpr std::size_t kMostPageBytes = 1 << 20;

std::size_t bytes_of(const std::vector<LogEntry>& entries) {
  std::size_t bytes = 0;
  for (const auto& entry : entries) bytes += entry.before.size() + entry.after.size();
  return bytes;
}

}  // namespace

LogPage Changes::list(const access::Permit<access::Action::kChangeList>& permit, std::optional<Revision> before,
                      std::int64_t limit) const {
  LogPage page;
  // One more than asked for says whether there is a next page.
  ledger_.read([&](sql::Tx& tx) {
    page.items = change_store::list(tx, permit.organization(), before, limit + 1, kMostPageBytes);
  });
  const bool cut = page.items.size() > 1 && bytes_of(page.items) > kMostPageBytes;
  if (static_cast<std::int64_t>(page.items.size()) > limit || cut) {
    page.items.pop_back();
    page.next_before = page.items.back().revision;
  }
  return page;
}

}  // namespace gatehouse::domain
