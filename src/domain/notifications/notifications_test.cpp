#include "domain/notifications/notifications.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/companies_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Companies;
using gatehouse::testing::need;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Notifications_ : public ::testing::Test {
 protected:
  std::vector<Notification> list(const Principal& who, const Organization& at) {
    return world.notifications->list(world.permit<Action::kNotificationList>(who, at.id));
  }

  Companies world;
};

TEST_F(Notifications_, SayWhatHappenedWithWhichOtherSide) {
  const auto invitation = need(world.invite(world.as_ann, world.acme, world.for_bolt()));
  const auto accepted = need(world.invitations->accept(world.token()));
  world.clock.advance_s(60);
  need(world.connections->end(world.permit<Action::kConnectionEnd>(world.as_ben, world.bolt.id), accepted.connection));
  const auto of_acme = list(world.as_ann, world.acme);
  EXPECT_THAT(world.told(world.acme.no), ElementsAre("connection.ended", ::testing::_, ::testing::_));
  EXPECT_EQ(of_acme[0].created_at, world.now());
  for (const auto& one : of_acme) {
    EXPECT_EQ(one.invitation, invitation) << one.event;
    EXPECT_EQ(one.company_name, "Bolt") << one.event;
    EXPECT_EQ(one.connection.has_value(), one.event != "invitation.sent") << one.event;
  }
  for (const auto& one : list(world.as_ben, world.bolt)) EXPECT_EQ(one.company_name, "Acme") << one.event;
}

TEST_F(Notifications_, PointToTheChangeTheyTellOf) {
  need(world.invite(world.as_ann, world.acme, world.for_bolt()));
  need(world.invitations->accept(world.token()));
  EXPECT_EQ(world.rows("notifications"), 4);
  EXPECT_EQ(world.rows("notifications n JOIN changes c ON c.revision = n.revision AND c.target_id = n.invitation_id "
                       "AND (c.action = n.event OR c.action = 'invitation.created')"),
            4);
}

TEST_F(Notifications_, AreToldOfNothingThatWasRefused) {
  need(world.invite(world.as_ann, world.acme, {"new@stranger.example", "Bolt", Relation::kAgency}));
  EXPECT_EQ(code(world.invitations->accept(world.token())), "organization.name_taken");
  EXPECT_THAT(world.told(world.acme.no), ElementsAre("invitation.sent"));
  EXPECT_THAT(list(world.as_ben, world.bolt), IsEmpty());
}

TEST_F(Notifications_, AreForWhoMaySeeInvitations) {
  const auto seen = [&](const Principal& who, const Organization& at) {
    return code(world.ledger->policy().permit<Action::kNotificationList>(who, at.id, world.now()));
  };
  EXPECT_EQ(seen(world.at(world.cid, world.acme), world.acme), "access.forbidden");
  EXPECT_EQ(seen(world.as_ann, world.bolt), "organization.not_found");
  world.join(world.cid, world.acme.no, {"USER_VIEW"});
  EXPECT_EQ(seen(world.at(world.cid, world.acme), world.acme), "ok");
}

TEST_F(Notifications_, AreRememberedNewestFirstTheNewestThousand) {
  world.unit([&](Unit& unit) {
    for (int i = 0; i < kMaxListedNotifications + 5; ++i) {
      Notifications::tell(unit, world.acme.no, 1, {"invitation.sent", {}, {}, "Early"});
    }
  });
  world.clock.advance_s(1);
  world.unit([&](Unit& unit) { Notifications::tell(unit, world.acme.no, 1, {"invitation.sent", {}, {}, "Late"}); });
  const auto listed = list(world.as_ann, world.acme);
  ASSERT_THAT(listed, SizeIs(kMaxListedNotifications));
  EXPECT_EQ(listed.front().company_name, "Late");
  EXPECT_EQ(listed.back().company_name, "Early");
  EXPECT_EQ(world.rows("notifications"), kMaxListedNotifications);
}

TEST_F(Notifications_, GoWithTheirOrganization) {
  need(world.invite(world.as_ann, world.acme, world.for_bolt()));
  need(world.invitations->accept(world.token()));
  world.remove_organization(world.bolt);
  EXPECT_EQ(world.rows("notifications WHERE organization_no = " + std::to_string(world.bolt.no.value)), 0);
  EXPECT_THAT(list(world.as_ann, world.acme), SizeIs(3)) << "the other side keeps its own";
  EXPECT_THAT(world.database->check(), IsEmpty());
}

}  // namespace
}  // namespace gatehouse::domain
