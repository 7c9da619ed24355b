// What a row says until it is worked off, why it failed, and what the log says of a job: JSON.
#pragma once

#include "domain/invite_jobs/invite_jobs.hpp"

namespace gatehouse::domain::invite_job_content {

std::string write(const InvitedPerson& person);
InvitedPerson read(std::string_view json);
std::string write(const std::vector<FieldError>& faults);
std::vector<FieldError> read_faults(std::string_view json);
// Without any address.
void record(Unit& unit, std::string_view action, const InviteJob& job);

}  // namespace gatehouse::domain::invite_job_content
