// Mails of which several nodes could send each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/mails/mails.hpp"
#include "support_cpp/credentials_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::Credentials;
using gatehouse::testing::need;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kClaim_s = 120;

class MailClaims_ : public ::testing::Test {
 protected:
  MailId write(const std::string& to) {
    world.clock.advance_s(1);
    world.unit([&](Unit& unit) { world.mails->enqueue(unit, {to, "invitation", "en", {{"link", "x"}}}); });
    return list().at(0).id;
  }
  std::vector<Mail> list() { return world.mails->list(world.system<Action::kStoreAdminister>(), {}, 100); }
  Mail only() { return list().at(0); }
  static std::vector<std::string> due(Mails& node, std::int64_t limit = 100) {
    std::vector<std::string> to;
    for (const auto& mail : node.due(limit)) to.push_back(mail.mail.to);
    return to;
  }

  Credentials world;
  Mails here{*world.ledger, world.seal, {NodeId::make(world.now(), world.system_random), kClaim_s}};
  Mails there{*world.ledger, world.seal, {NodeId::make(world.now(), world.system_random), kClaim_s}};
};

TEST_F(MailClaims_, AreOfTheNodeThatCameFirst) {
  write("a@example.org");
  write("b@example.org");
  EXPECT_THAT(due(here, 1), ElementsAre("a@example.org"));
  EXPECT_THAT(due(there), ElementsAre("b@example.org"));
  EXPECT_THAT(due(here), ElementsAre("a@example.org")) << "until its outcome is told";
}

TEST_F(MailClaims_, EndWhenTheirNodeIsGoneForTheWholeTimeByEveryClock) {
  write("a@example.org");
  EXPECT_THAT(due(here), ElementsAre("a@example.org"));
  world.clock.advance_s(kClaim_s + kClockTolerance_s - 1);
  EXPECT_THAT(due(there), IsEmpty());
  world.clock.advance_s(1);
  EXPECT_THAT(due(there), ElementsAre("a@example.org"));
  EXPECT_THAT(due(here), IsEmpty());
}

TEST_F(MailClaims_, EndWithTheOutcome) {
  const auto id = write("a@example.org");
  EXPECT_THAT(due(here), ElementsAre("a@example.org"));
  need(here.failed(id, "451 later", false));
  world.clock.advance_s(kFirstMailDelay_s);
  EXPECT_THAT(due(there), ElementsAre("a@example.org"));
  need(there.sent(id));
  EXPECT_THAT(due(here), IsEmpty());
  EXPECT_EQ(only().attempts, 2);
}

TEST_F(MailClaims_, AreProlongedForWhatWaitsBehindSlowMails) {
  const auto id = write("a@example.org");
  EXPECT_THAT(due(here), ElementsAre("a@example.org"));
  world.clock.advance_s(kClaim_s / 2 + 1);
  EXPECT_TRUE(need(here.hold(id)));
  world.clock.advance_s(kClaim_s - 1);
  EXPECT_THAT(due(there), IsEmpty()) << "it was claimed anew";
}

TEST_F(MailClaims_, AreLookedAtBeforeEachMailIsSent) {
  const auto id = write("a@example.org");
  EXPECT_THAT(due(here), ElementsAre("a@example.org"));
  EXPECT_TRUE(need(here.hold(id)));
  EXPECT_FALSE(need(there.hold(id)));
  world.clock.advance_s(kClaim_s + kClockTolerance_s);
  EXPECT_THAT(due(there), ElementsAre("a@example.org"));
  EXPECT_FALSE(need(here.hold(id)));
  EXPECT_TRUE(need(there.hold(id)));
  need(there.sent(id));
  EXPECT_FALSE(need(there.hold(id)));
}

TEST_F(MailClaims_, OfANodeThatLostThemSayNothingUnlessTheMailIsSent) {
  const auto id = write("a@example.org");
  EXPECT_THAT(due(here), ElementsAre("a@example.org"));
  world.clock.advance_s(kClaim_s + kClockTolerance_s);
  EXPECT_THAT(due(there), ElementsAre("a@example.org"));
  need(here.failed(id, "550 no such mailbox", true));
  EXPECT_EQ(only().status, MailStatus::kWaiting);
  EXPECT_EQ(only().attempts, 0);
  EXPECT_TRUE(need(there.hold(id)));
  need(here.sent(id));
  EXPECT_EQ(only().status, MailStatus::kSent);
  need(there.failed(id, "451 later", false));
  EXPECT_EQ(only().status, MailStatus::kSent);
  EXPECT_EQ(only().attempts, 1);
}

TEST_F(MailClaims_, MakeWhatAnotherGaveUpSentWhenItWas) {
  const auto id = write("a@example.org");
  EXPECT_THAT(due(here), ElementsAre("a@example.org"));
  world.clock.advance_s(kClaim_s + kClockTolerance_s);
  EXPECT_THAT(due(there), ElementsAre("a@example.org"));
  need(there.failed(id, "550 no such mailbox", true));
  need(here.sent(id));
  EXPECT_EQ(only().status, MailStatus::kSent);
  EXPECT_EQ(world.rows("mails WHERE parameters IS NOT NULL"), 0);
}

TEST_F(MailClaims_, AreGivenBackAtTheEnd) {
  const auto sent = write("a@example.org");
  write("b@example.org");
  EXPECT_THAT(due(here), ElementsAre("a@example.org", "b@example.org"));
  need(here.sent(sent));
  here.give_back();
  EXPECT_THAT(due(there), ElementsAre("b@example.org"));
  here.give_back();
  EXPECT_THAT(due(here), IsEmpty()) << "not what is another's by now";
}

TEST_F(MailClaims_, OfTheOneNodeThereCanBeAreItsOwnAfterARestart) {
  write("a@example.org");
  EXPECT_THAT(due(*world.mails), ElementsAre("a@example.org"));
  world.restart();
  EXPECT_THAT(due(*world.mails), ElementsAre("a@example.org"));
}

TEST_F(MailClaims_, CostNoChangeWhileNothingIsDue) {
  const auto id = write("a@example.org");
  need(here.failed(id, "451 later", false));
  int units = 0;
  struct Count final : sql::Lane::Observer {
    explicit Count(int& in) : units(in) {}
    void unit_begins() override { ++units; }
    void unit_undone() override {}
    void group_committed() override {}
    void group_undone() override {}
    int& units;
  } count(units);
  world.database->lane().observe(&count);
  EXPECT_THAT(due(here), IsEmpty());
  EXPECT_EQ(here.maintain(world.now()), 0);
  world.database->lane().observe(nullptr);
  EXPECT_EQ(units, 0);
}

}  // namespace
}  // namespace gatehouse::domain
