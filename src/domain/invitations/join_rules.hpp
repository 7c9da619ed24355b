// What everybody asks of one organization and role of an invitation to join, whenever it is given, taken back or accepted.
#pragma once

#include "domain/invitations/join_store.hpp"

namespace gatehouse::domain::join_rules {

// Is that one told what is offered there? Whoever invites the same person for somebody else learns nothing of it.
bool sees(const access::View& view, const access::Pass& pass, OrganizationNo at);
// May that one let the person in there with that role? Errors: those of Policy::permit_in and may_give.
Result<void> may_give(const access::View& view, const access::Permissions& names, const Principal& who,
                      const join_store::Row& row, const join_store::Target& target, Timestamp now);
// Into the log of the organization: who is offered what there, and what became of it.
void record(Unit& unit, const join_store::Row& row, const join_store::Target& target, std::string_view action);

}  // namespace gatehouse::domain::join_rules
