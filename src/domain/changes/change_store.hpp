// The SQL of the log.
#pragma once

#include "domain/changes/changes.hpp"
#include "domain/changes/ledger.hpp"

namespace gatehouse::domain::change_store {

Revision append(sql::Tx& tx, const Principal& actor, Timestamp now, const Change& change);
Revision head(sql::Tx& tx);
std::uint32_t next_number(sql::Tx& tx, std::string_view sequence);
// An organization's entries with revisions below `before`, newest first.
// Ends with the entry that brings `before` and `after` together over `most_bytes`.
std::vector<LogEntry> list(sql::Tx& tx, OrganizationNo organization, std::optional<Revision> before, std::int64_t limit,
                           std::size_t most_bytes);

}  // namespace gatehouse::domain::change_store
