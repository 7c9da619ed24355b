// Reading the log: who did what, when, before and after. Refuses to show what its writers kept out (secrets never get
// in).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/changes/ledger.hpp"

namespace gatehouse::domain {

struct LogEntry {
  Revision revision = 0;
  Timestamp at;
  std::string actor_kind;  // "user", "client", "api_token", "system", "nobody"
  std::optional<Uuid> actor;
  std::string action;
  std::string target_kind;
  std::optional<Uuid> target;
  std::string before;  // JSON object, or empty
  std::string after;
};

struct LogPage {
  std::vector<LogEntry> items;          // newest first
  std::optional<Revision> next_before;  // give it as `before` to go on; none at the end
};

class Changes {
 public:
  explicit Changes(Ledger& ledger) : ledger_(ledger) {}
  // The organization's entries with revisions below `before`.
  [[nodiscard]] LogPage list(const access::Permit<access::Action::kChangeList>& permit, std::optional<Revision> before,
                             std::int64_t limit) const;

 private:
  Ledger& ledger_;
};

}  // namespace gatehouse::domain
