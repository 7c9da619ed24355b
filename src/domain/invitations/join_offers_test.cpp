// Offers as those see them who administer an organization, and taking them back: by who sent them, or by who could have.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/people_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::need;
using gatehouse::testing::People;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kNew = "new@stranger.example";

class JoinOffers : public ::testing::Test {
 protected:
  JoinOffers() {
    world.join(world.dot, world.acme.no, {"USER_ADD", "USER_VIEW", "viewer"});
    world.join(world.dot, world.bolt.no, {"USER_ADD", "USER_VIEW", "viewer"});
  }
  std::string into_both(const std::string& role = "viewer") {
    return world.joining(world.as(world.dot), world.somebody(kNew, role, {world.acme, world.bolt}));
  }
  Result<std::vector<JoinOffer>> seen(const Principal& who) {
    return world.joins->offers(need(world.ledger->policy().permit<Action::kAccountGet>(who, world.now())),
                               world.account_of(kNew)->id);
  }
  std::vector<std::string> places(const Principal& who) {
    std::vector<std::string> names;
    const auto offer = need(seen(who)).at(0);
    for (const auto& place : offer.places) names.push_back(place.name);
    return names;
  }
  std::string withdraw(const Principal& who, const InvitationId& id) {
    return code(world.joins->withdraw(need(world.ledger->policy().permit<Action::kUserInvite>(who, world.now())), id));
  }
  InvitationId only() { return need(seen(world.as(world.dot))).at(0).id; }
  std::string status() { return std::string(name(need(seen(world.as(world.dot))).at(0).status)); }

  People world;
};

TEST_F(JoinOffers, AreSeenWhereUsersAreSeenAndNowhereElse) {
  into_both();
  EXPECT_THAT(places(world.as(world.dot)), ElementsAre("Acme", "Bolt"));
  EXPECT_THAT(places(world.as_ann), ElementsAre("Acme"));
  EXPECT_THAT(places(world.as_ben), ElementsAre("Bolt"));
  EXPECT_EQ(code(seen(world.as(world.cid))), "user.not_found");
  const auto offer = need(seen(world.as_ann)).at(0);
  EXPECT_EQ(offer.inviter_person, world.dot.display_name.empty() ? world.dot.user_name : world.dot.display_name);
  EXPECT_THAT(offer.places.at(0).roles, SizeIs(1));
}

TEST_F(JoinOffers, TellWhatBecameOfThem) {
  const auto first = into_both();
  EXPECT_EQ(status(), "pending");
  world.clock.advance_s(8 * 86'400);
  EXPECT_EQ(status(), "expired");
  const auto second = into_both();
  EXPECT_THAT(need(seen(world.as(world.dot))), SizeIs(2));
  need(world.joins->reject(second));
  EXPECT_EQ(status(), "rejected");
  EXPECT_EQ(world.activate(into_both()), "ok");
  EXPECT_EQ(status(), "accepted");
}

TEST_F(JoinOffers, AreWithdrawnAsAWholeByWhoSentThem) {
  const auto secret = into_both();
  const auto id = only();
  const auto as_dot = world.as(world.dot);
  EXPECT_EQ(withdraw(as_dot, id), "ok");
  EXPECT_EQ(status(), "withdrawn");
  world.expect_worthless(secret, "invitation.not_pending");
  world.expect_nothing_changed([&] { EXPECT_EQ(withdraw(as_dot, id), "invitation.not_pending"); });
  EXPECT_EQ(world.activate(into_both()), "ok") << "invited anew";
}

TEST_F(JoinOffers, AreWithdrawnByOthersWhereTheyCouldOfferThem) {
  const auto secret = into_both();
  EXPECT_EQ(withdraw(world.as_ann, only()), "ok");
  EXPECT_THAT(places(world.as(world.dot)), ElementsAre("Bolt"));
  EXPECT_EQ(code(seen(world.as_ann)), "user.not_found");
  EXPECT_THAT(need(world.joins->activate(secret)).organizations, ElementsAre(world.bolt.id));
  EXPECT_THAT(world.holds(kNew, world.acme), IsEmpty());
}

TEST_F(JoinOffers, AreGoneWhenTheLastPlaceIsWithdrawn) {
  const auto secret = into_both();
  EXPECT_EQ(withdraw(world.as_ann, only()), "ok");
  EXPECT_EQ(withdraw(world.as_ben, only()), "ok");
  world.expect_worthless(secret, "invitation.not_pending");
  EXPECT_EQ(status(), "withdrawn");
}

TEST_F(JoinOffers, StandAgainstWhoCouldNotOfferThem) {
  world.join(world.dot, world.acme.no, {"admin"});
  const auto secret = world.joining(world.as(world.dot), world.somebody(kNew, "admin", {world.acme}));
  const auto id = only();
  world.join(world.cid, world.acme.no, {"USER_VIEW"});
  const auto as_cid = world.as(world.cid);
  world.expect_nothing_changed([&] { EXPECT_EQ(withdraw(as_cid, id), "access.forbidden"); });
  world.join(world.cid, world.acme.no, {"USER_ADD", "USER_VIEW"});
  world.expect_nothing_changed([&] { EXPECT_EQ(withdraw(as_cid, id), "access.ceiling"); });
  world.expect_nothing_changed([&] { EXPECT_EQ(withdraw(world.as_ben, id), "invitation.not_found"); });
  EXPECT_EQ(world.activate(secret), "ok");
}

TEST_F(JoinOffers, OfAnotherPurposeAreUnknownHere) {
  const auto connect = need(world.invite(world.as_ann, world.acme, world.for_stranger()));
  world.expect_nothing_changed([&] { EXPECT_EQ(withdraw(world.as_ann, connect), "invitation.not_found"); });
}

TEST_F(JoinOffers, StandInTheLogOfEachOrganization) {
  into_both();
  into_both();
  EXPECT_EQ(withdraw(world.as_ann, only()), "ok");
  const auto logged = [&](const Organization& at, const std::string& action) {
    return world.rows("changes WHERE organization_no = " + std::to_string(at.no.value) + " AND action = '" + action +
                      "'");
  };
  EXPECT_EQ(logged(world.acme, "invitation.offered"), 1) << "once, however often it is sent";
  EXPECT_EQ(logged(world.bolt, "invitation.offered"), 1);
  EXPECT_EQ(logged(world.acme, "invitation.withdrawn"), 1);
  EXPECT_EQ(logged(world.bolt, "invitation.withdrawn"), 0);
}

}  // namespace
}  // namespace gatehouse::domain
