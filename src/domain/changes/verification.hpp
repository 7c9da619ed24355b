// Does a store hold together? The engine's own check, the log without gaps, and the graph built twice: from the rows, and
// from the log alone. They must be the same, or some change was made past the log.
#pragma once

#include <string>
#include <vector>

#include "domain/changes/ledger.hpp"

namespace gatehouse::domain {

// One sentence for each fault, the first thousand; empty when sound. `ledger`'s graph was built from the rows. Nothing is changed.
std::vector<std::string> find_faults(const Ledger& ledger);

}  // namespace gatehouse::domain
