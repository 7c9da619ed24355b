#include "api/authzen/decide.hpp"

#include <gtest/gtest.h>

#include "support_cpp/domain_fixture.hpp"

namespace gatehouse::api::authzen {
namespace {

using gatehouse::authzen::Decision;
using gatehouse::authzen::Evaluation;
using gatehouse::authzen::ItemError;
using gatehouse::testing::Domain;

// Acme has North. Ann is admin of Acme, Vic viewer of North, Eve belongs to nobody. Checker may evaluate at Acme.
class Decide : public ::testing::Test {
 protected:
  Decide() : domain(kRoles) {
    acme = domain.organization("Acme");
    north = domain.organization("North", acme.no);
    other = domain.organization("Other");
    domain.join(ann, acme.no, {"admin"});
    domain.join(vic, north.no, {"viewer"});
    domain.join(checker, acme.no, {"checker"});
    domain.join(root, domain.platform, {"Super Admin"});
  }
  Outcome ask(const Principal& caller, std::string subject, std::string action, std::string resource,
              std::string type = "user") {
    texts = {std::move(type), std::move(subject), std::move(action), std::move(resource)};
    Outcome outcome;
    domain.graph->read([&](const access::View& view) {
      outcome = decide(view, domain.permissions, caller,
                       {texts[0], texts[1], texts[2], "organization", texts[3], at_least}, domain.now());
    });
    return outcome;
  }
  static int status(const Outcome& outcome) {
    const auto* error = std::get_if<ItemError>(&outcome);
    return error == nullptr ? 200 : error->status;
  }
  static Decision decision(const Outcome& outcome) { return *std::get_if<Decision>(&outcome); }
  static std::string unknown() { return "00000000-0000-7000-8000-000000000001"; }

  static inline const std::vector<domain::RoleDefinition> kRoles{
      {"checker", "PLATFORM", 1, "", {"decisions.evaluate"}, {}}};
  Domain domain;
  domain::Organization acme, north, other;
  domain::User ann = domain.user("ann"), vic = domain.user("vic"), eve = domain.user("eve"),
               checker = domain.user("checker"), root = domain.user("root");
  std::vector<std::string> texts;
  std::optional<std::int64_t> at_least;
};

TEST_F(Decide, TellsTheRoleAndWhereItIsHeld) {
  const auto allowed = decision(ask(domain.as(ann), ann.id.to_string(), "organizations.view", north.id.to_string()));
  EXPECT_TRUE(allowed.allowed);
  EXPECT_EQ(allowed.reason.role, "admin");
  EXPECT_EQ(allowed.reason.held_at, acme.id);
  EXPECT_EQ(allowed.reason.via, "direct");
  EXPECT_GT(allowed.revision, 0);
}

TEST_F(Decide, TellsWhatWouldHaveBeenEnough) {
  const auto denied = decision(ask(domain.as(checker), vic.id.to_string(), "organizations.edit", north.id.to_string()));
  EXPECT_FALSE(denied.allowed);
  EXPECT_EQ(denied.reason.why_not, "not_held");
  EXPECT_GT(denied.reason.enough_count, 0U);
}

TEST_F(Decide, AnswersEverybodyAboutThemselvesAndOnlyTheEntitledAboutOthers) {
  EXPECT_EQ(status(ask(domain.as(vic), vic.id.to_string(), "organizations.view", north.id.to_string())), 200);
  EXPECT_EQ(status(ask(domain.as(vic), ann.id.to_string(), "organizations.view", north.id.to_string())), 403);
  EXPECT_EQ(status(ask(domain.as(checker), ann.id.to_string(), "organizations.view", north.id.to_string())), 200);
  EXPECT_EQ(status(ask(domain.as(checker), ann.id.to_string(), "organizations.view", other.id.to_string())), 403);
  EXPECT_EQ(status(ask(domain.as(checker), ann.id.to_string(), "organizations.view", unknown())), 403);
}

TEST_F(Decide, LeaksNeitherOrganizationsNorUsers) {
  const auto as_eve = domain.as(eve);
  const auto there = decision(ask(as_eve, eve.id.to_string(), "organizations.view", other.id.to_string()));
  const auto nowhere = decision(ask(as_eve, eve.id.to_string(), "organizations.view", unknown()));
  EXPECT_EQ(there.reason.why_not, nowhere.reason.why_not);
  EXPECT_EQ(there.reason.enough_count, nowhere.reason.enough_count);
  const auto known = decision(ask(domain.as(checker), eve.id.to_string(), "organizations.view", north.id.to_string()));
  const auto stranger = decision(ask(domain.as(checker), unknown(), "organizations.view", north.id.to_string()));
  EXPECT_EQ(known.reason.why_not, stranger.reason.why_not);
  const auto from_above =
      decision(ask(domain.as(checker), root.id.to_string(), "organizations.view", north.id.to_string()));
  EXPECT_TRUE(from_above.allowed);
  EXPECT_FALSE(from_above.reason.held_at);
}

TEST_F(Decide, TellsThoseWhoSeeAllWhatIsUnknown) {
  const auto as_root = domain.as(root);
  EXPECT_EQ(decision(ask(as_root, unknown(), "organizations.view", north.id.to_string())).reason.why_not,
            "subject_unknown");
  EXPECT_EQ(decision(ask(as_root, ann.id.to_string(), "organizations.view", unknown())).reason.why_not,
            "organization_unknown");
}

TEST_F(Decide, DeniesWhatNobodyKnows) {
  const auto as_root = domain.as(root);
  const auto id = north.id.to_string();
  const auto denied = [](const Outcome& outcome) {
    const auto* decision = std::get_if<gatehouse::authzen::Decision>(&outcome);
    return decision != nullptr && !decision->allowed;
  };
  EXPECT_TRUE(denied(ask(as_root, ann.id.to_string(), "no.such", id)));
  EXPECT_TRUE(denied(ask(as_root, "ann", "organizations.view", id)));
  EXPECT_TRUE(denied(ask(as_root, ann.id.to_string(), "organizations.view", "north")));
  EXPECT_TRUE(denied(ask(as_root, ann.id.to_string(), "organizations.view", id, "robot")));
}

TEST_F(Decide, WaitsForNoRevisionThatIsNotThereYet) {
  at_least = domain.graph->revision();
  EXPECT_EQ(status(ask(domain.as(ann), ann.id.to_string(), "organizations.view", north.id.to_string())), 200);
  at_least = domain.graph->revision() + 1000;
  EXPECT_EQ(status(ask(domain.as(ann), ann.id.to_string(), "organizations.view", north.id.to_string())), 503);
}

}  // namespace
}  // namespace gatehouse::api::authzen
