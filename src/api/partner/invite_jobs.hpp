// Invite jobs: files of people to invite, worked off in the background. Registered with the partner surface.
#pragma once

#include "domain/invite_jobs/invite_jobs.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::partner {

// What is given must outlive the surface.
void register_invite_jobs(http::Surface& surface, domain::InviteJobs& jobs);

}  // namespace gatehouse::api::partner
