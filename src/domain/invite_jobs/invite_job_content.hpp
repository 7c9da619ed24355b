// What a row says until it is worked off, why it failed, and what the log says of a job: JSON.
#pragma once

#include "domain/invite_jobs/invite_jobs.hpp"

namespace gatehouse::domain::invite_job_content {

std::string write(const InvitedPerson& person);
InvitedPerson read(std::string_view json);
// Of the address of a line, what is shown: its beginning, in whole characters; nothing when it is no text.
std::string shown_email(std::string_view email);
// What no store can look up or keep, whatever the member is; empty: nothing.
std::string fault_of(const InvitedPerson& person);
// The first of them, each text once for a member: what is wrong with a hundred organizations in the same way is no
// hundred sentences.
inline constexpr std::size_t kMaxKeptFaults = 10;
std::string write_faults(const std::vector<FieldError>& faults);
std::vector<FieldError> read_faults(std::string_view json);
// Without any address.
void record(Unit& unit, std::string_view action, const InviteJob& job);

}  // namespace gatehouse::domain::invite_job_content
