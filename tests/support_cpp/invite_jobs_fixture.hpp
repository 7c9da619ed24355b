// A company whose administrator sends files of people to invite: ann, of Acme.
#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "domain/invite_jobs/invite_jobs.hpp"
#include "support_cpp/companies_fixture.hpp"

namespace gatehouse::testing {

class InviteJobs_ : public ::testing::Test {
 protected:
  using InvitePermit = access::Permit<access::Action::kUserInvite>;

  InviteJobs_() { rewire(); }

  // Everything anew over the same store, as after a restart.
  void restart() {
    jobs.reset();
    joins.reset();
    world.restart();
    rewire();
    world.as_ann = world.at(world.ann, world.acme);
  }
  // Leaves another administrator behind.
  void deactivate_ann() {
    world.join(world.cid, world.acme.no, {"admin"});
    world.set_status(world.ann, domain::UserStatus::kInactive);
  }
  void rewire() {
    joins = std::make_unique<domain::JoinInvitations>(*world.ledger, *world.mails, *world.passwords,
                                                      world.invitation_rules);
    jobs = std::make_unique<domain::InviteJobs>(*world.ledger, *joins);
  }

  [[nodiscard]] std::string group(const std::string& name) const {
    const auto no = world.role(name);
    std::string id;
    world.graph->read([&](const access::View& view) { id = view.role(no)->id.to_string(); });
    return id;
  }
  [[nodiscard]] domain::InvitedPerson person(const std::string& email) const {
    domain::InvitedPerson one;
    one.email = email;
    one.group = group("viewer");
    one.organizations = {world.acme.id.to_string()};
    return one;
  }
  [[nodiscard]] std::vector<domain::InvitedPerson> people(int count) const {
    std::vector<domain::InvitedPerson> all;
    for (int i = 0; i < count; ++i) all.push_back(person("p" + std::to_string(i) + "@example.org"));
    return all;
  }
  [[nodiscard]] InvitePermit permit(const Principal& who) const {
    return world.permit<access::Action::kUserInvite>(who);
  }
  // Lines from 2 on, as behind a header.
  Result<domain::InviteJob> create(const Principal& who, const std::vector<domain::InvitedPerson>& file) {
    std::size_t at = 0;
    return jobs->create(permit(who), [&](domain::InviteJobLine& line) -> Result<bool> {
      if (at == file.size()) return false;
      line.line = static_cast<std::int64_t>(at) + 2;
      line.person = file[at++];
      return true;
    });
  }
  domain::InviteJob created(const std::vector<domain::InvitedPerson>& file) { return need(create(world.as_ann, file)); }
  void work_all() {
    while (need(jobs->work())) {}
  }
  // To the end, however often it fails and rests meanwhile; how often.
  int work_through() {
    int failures = 0;
    for (int idle = 0; idle < 2; world.clock.advance_s(60)) {
      idle = jobs->waiting() == 0 ? idle + 1 : 0;
      while (const auto step = need(jobs->work())) failures += step->failure.empty() ? 0 : 1;
      if (failures > 100) break;
    }
    return failures;
  }
  // What a job looks as if it had stored.
  void pretend(const domain::InviteJob& job, std::int64_t total, std::int64_t bytes) {
    world.unit([&](domain::Unit& unit) {
      unit.tx().execute("UPDATE invite_jobs SET total = $2, kept_bytes = $3 WHERE id = $1", {job.id, total, bytes});
    });
  }
  Principal client_of(const domain::User& user, const std::vector<std::string>& scopes) {
    const auto as_user = need(world.who(world.signed_in(user).access_token));
    const auto made =
        need(world.clients->create(world.permit<access::Action::kClientEdit>(as_user), {"client", scopes, {}}));
    const auto token = need(world.clients->token(made.client.id.to_string(), made.secret, "", world.now()));
    return need(world.who(token.access_token));
  }
  Principal api_token_of(const domain::User& user, const domain::Organization& organization, const std::string& name,
                         const std::optional<std::vector<RoleNo>>& roles = {}) {
    const auto as_user = need(world.who(world.signed_in(user).access_token));
    const auto made = need(world.api_tokens->create(
        world.permit<access::Action::kApiTokenCreate>(as_user, organization.id), {name, roles, {}}));
    return need(world.who(made.secret));
  }
  domain::InviteJob look(const domain::InviteJob& job) { return need(jobs->get(permit(world.as_ann), job.id)); }
  std::vector<domain::InviteJobRow> rows(const domain::InviteJob& job,
                                         std::optional<domain::InviteJobOutcome> outcome = {},
                                         const domain::Paging& paging = {0, 1000}) {
    return need(jobs->rows(permit(world.as_ann), job.id, outcome, paging)).items;
  }
  // "line:outcome" and the fields of its faults.
  std::vector<std::string> told(const domain::InviteJob& job) {
    std::vector<std::string> all;
    for (const auto& row : rows(job)) {
      auto text = std::to_string(row.line) + ":" + std::string(name(row.outcome));
      for (const auto& fault : row.faults) text += " " + (fault.field.empty() ? fault.message : fault.field);
      all.push_back(std::move(text));
    }
    return all;
  }
  [[nodiscard]] std::int64_t invited() const { return world.rows("users WHERE email LIKE 'p%@example.org'"); }

  Companies world;
  std::unique_ptr<domain::JoinInvitations> joins;
  std::unique_ptr<domain::InviteJobs> jobs;
};

}  // namespace gatehouse::testing
