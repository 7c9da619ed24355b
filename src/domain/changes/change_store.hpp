// The SQL of the log.
#pragma once

#include "domain/changes/changes.hpp"
#include "domain/changes/ledger.hpp"

namespace gatehouse::domain::change_store {

// The revision of the last change. Nobody else appends until the transaction ends: whoever holds this row is next.
Revision lock_head(sql::Tx& tx);
void set_head(sql::Tx& tx, Revision revision);
Revision head(sql::Tx& tx);
// `facts`: of `change`, encoded.
void append(sql::Tx& tx, Revision revision, const Principal& actor, Timestamp now, const Change& change,
            std::string_view facts);
struct Entry {
  Revision revision;
  Timestamp at;
  std::string_view facts;  // encoded; lives until the callback returns
};
// In their order; at most `limit`.
void each_since(sql::Tx& tx, Revision first, std::int64_t limit, FunctionRef<void(const Entry&)> use);
std::uint32_t next_number(sql::Tx& tx, std::string_view sequence);
// An organization's entries with revisions below `before`, newest first.
// Ends with the entry that brings `before` and `after` together over `most_bytes`.
std::vector<LogEntry> list(sql::Tx& tx, OrganizationNo organization, std::optional<Revision> before, std::int64_t limit,
                           std::size_t most_bytes);

}  // namespace gatehouse::domain::change_store
