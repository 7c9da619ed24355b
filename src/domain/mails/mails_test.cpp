#include "domain/mails/mails.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "support_cpp/credentials_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Credentials;
using gatehouse::testing::need;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Mails_ : public ::testing::Test {
 protected:
  // A second later than the one before.
  MailId write(const std::string& to, const std::string& link = "https://x.example/#token=secret-word") {
    world.clock.advance_s(1);
    world.unit([&](Unit& unit) {
      world.mails->enqueue(unit, {to, "invitation", "en", {{"link", link}, {"inviter_company", "Ä & <Ö>"}}});
    });
    return newest().id;
  }
  std::vector<Mail> list(std::optional<MailStatus> status = {}) {
    return world.mails->list(world.system<Action::kStoreAdminister>(), status, 100);
  }
  Mail newest() { return list().at(0); }
  std::vector<std::string> due() {
    std::vector<std::string> to;
    for (const auto& mail : world.mails->due(100)) to.push_back(mail.mail.to);
    return to;
  }
  Result<std::int64_t> retry(const std::optional<MailId>& only) {
    return world.mails->retry(world.system<Action::kStoreAdminister>(), only);
  }
  void fail_until_dead(const MailId& id) {
    for (int i = 0; i < kMaxMailAttempts; ++i) need(world.mails->failed(id, "451 later", false));
  }
  bool sealed_kept() { return world.rows("mails WHERE parameters IS NOT NULL") > 0; }

  Credentials world;
};

TEST_F(Mails_, AreDueAtOnceOldestFirst) {
  const auto first = write("a@example.org");
  const auto written_at = world.now();
  write("b@example.org");
  const auto due = world.mails->due(1);
  ASSERT_THAT(due, SizeIs(1));
  EXPECT_EQ(due[0].id, first);
  EXPECT_EQ(due[0].created_at, written_at);
  EXPECT_EQ(due[0].mail.to, "a@example.org");
  EXPECT_EQ(due[0].mail.template_name, "invitation");
  EXPECT_EQ(due[0].mail.locale, "en");
  EXPECT_EQ(due[0].mail.parameters.at("inviter_company"), "Ä & <Ö>");
  EXPECT_THAT(this->due(), ElementsAre("a@example.org", "b@example.org")) << "until its outcome is told";
}

TEST_F(Mails_, AreNotWrittenByAChangeThatIsRolledBack) {
  const auto outcome = world.ledger->unguarded("test", Principal::system(), [&](Unit& unit) -> Result<void> {
    world.mails->enqueue(unit, {"a@example.org", "invitation", "en", {}});
    return conflict("organization.name_taken", "no");
  });
  EXPECT_FALSE(outcome.ok());
  EXPECT_THAT(due(), IsEmpty());
  EXPECT_EQ(world.rows("mails"), 0);
}

TEST_F(Mails_, KeepWhatTheySaySealedAndOnlyUntilTheyAreSent) {
  const auto id = write("a@example.org");
  bool clear = false;
  world.database->read([&](sql::Tx& tx) {
    tx.each("SELECT parameters FROM mails", {}, [&](const sql::Row& row) {
      clear = row.bytes(0).empty() || row.bytes(0).find("secret-word") != std::string_view::npos ||
              row.bytes(0).find("inviter_company") != std::string_view::npos;
      return true;
    });
  });
  EXPECT_FALSE(clear);
  need(world.mails->failed(id, "451 later", false));
  EXPECT_TRUE(sealed_kept());
  need(world.mails->sent(id));
  EXPECT_FALSE(sealed_kept());
}

TEST_F(Mails_, AreRememberedWhenSentAndNotSentAgain) {
  const auto id = write("a@example.org");
  need(world.mails->failed(id, "451 later", false));
  world.clock.advance_s(60);
  need(world.mails->sent(id));
  EXPECT_THAT(due(), IsEmpty());
  EXPECT_EQ(newest().status, MailStatus::kSent);
  EXPECT_EQ(newest().attempts, 2);
  EXPECT_EQ(newest().sent_at, world.now());
  EXPECT_EQ(newest().failure, "");
  EXPECT_EQ(newest().next_attempt_at, std::nullopt);
  need(world.mails->failed(id, "too late", true));
  EXPECT_EQ(newest().status, MailStatus::kSent);
  EXPECT_EQ(code(retry(id)), "mail.not_found");
  EXPECT_EQ(need(retry({})), 0);
}

TEST_F(Mails_, WaitTwiceAsLongAfterEachFailureUpToSixHours) {
  const auto id = write("a@example.org");
  std::int64_t expected = kFirstMailDelay_s;
  for (int i = 1; i < kMaxMailAttempts; ++i) {
    ASSERT_THAT(due(), SizeIs(1)) << "before attempt " << i;
    need(world.mails->failed(id, "451 later", false));
    EXPECT_EQ(newest().status, MailStatus::kWaiting);
    EXPECT_EQ(newest().attempts, i);
    EXPECT_EQ(newest().failure, "451 later");
    EXPECT_EQ(newest().next_attempt_at, world.now().plus_s(expected)) << "after attempt " << i;
    world.clock.advance_s(expected - 1);
    EXPECT_THAT(due(), IsEmpty());
    world.clock.advance_s(1);
    expected = std::min(expected * 2, kLongestMailDelay_s);
  }
  EXPECT_GT(world.now().seconds_since(newest().created_at), 86'400) << "a day of trying";
  need(world.mails->failed(id, "451 still", false));
  EXPECT_EQ(newest().status, MailStatus::kDead);
  EXPECT_EQ(newest().attempts, kMaxMailAttempts);
  EXPECT_EQ(newest().failure, "451 still");
  world.clock.advance_s(30 * 86'400);
  EXPECT_THAT(due(), IsEmpty());
}

TEST_F(Mails_, AreDeadAtOnceWhenTheyCanNeverBeDelivered) {
  const auto id = write("a@example.org");
  need(world.mails->failed(id, "550 no such mailbox", true));
  EXPECT_EQ(newest().status, MailStatus::kDead);
  EXPECT_EQ(newest().attempts, 1);
  EXPECT_EQ(newest().next_attempt_at, std::nullopt);
  EXPECT_THAT(due(), IsEmpty());
}

TEST_F(Mails_, AreDeadWhenTheirSealDoesNotOpen) {
  write("a@example.org");
  write("b@example.org");
  // A whole and valid seal of another mail does not open here either.
  world.unit([](Unit& unit) {
    unit.tx().execute(
        "UPDATE mails SET parameters = (SELECT parameters FROM mails WHERE recipient = 'b@example.org') "
        "WHERE recipient = 'a@example.org'");
  });
  EXPECT_THAT(due(), ElementsAre("b@example.org"));
  EXPECT_THAT(list(MailStatus::kDead), SizeIs(1));
  EXPECT_EQ(list(MailStatus::kDead).at(0).to, "a@example.org");
  EXPECT_THAT(list(MailStatus::kDead).at(0).failure, ::testing::HasSubstr("master key"));
}

TEST_F(Mails_, StandAfterARestart) {
  const auto id = write("a@example.org");
  need(world.mails->failed(id, "451 later", false));
  world.restart();
  EXPECT_THAT(due(), IsEmpty());
  world.clock.advance_s(kFirstMailDelay_s);
  const auto due = world.mails->due(10);
  ASSERT_THAT(due, SizeIs(1));
  EXPECT_EQ(due[0].id, id) << "the same, so that its Message-ID is";
  EXPECT_EQ(due[0].mail.parameters.at("link"), "https://x.example/#token=secret-word");
}

TEST_F(Mails_, AreTriedAgainOneByOneOrAll) {
  const auto dead = write("dead@example.org");
  fail_until_dead(dead);
  const auto waiting = write("waiting@example.org");
  need(world.mails->failed(waiting, "451 later", false));
  const auto gone = write("sent@example.org");
  need(world.mails->sent(gone));
  EXPECT_THAT(due(), IsEmpty());
  EXPECT_EQ(need(retry(dead)), 1);
  EXPECT_THAT(due(), ElementsAre("dead@example.org"));
  EXPECT_EQ(list(MailStatus::kWaiting).back().attempts, 0);
  world.clock.advance_s(1);
  EXPECT_EQ(need(retry({})), 2);
  EXPECT_THAT(due(), ::testing::UnorderedElementsAre("dead@example.org", "waiting@example.org"));
  fail_until_dead(dead);
  EXPECT_THAT(list(MailStatus::kDead), SizeIs(1)) << "with as many attempts as a new one";
  EXPECT_EQ(code(retry(MailId())), "mail.not_found");
}

TEST_F(Mails_, AreAdministeredOnThePlatformOnly) {
  const auto ann = world.user("ann");
  world.join(ann, world.organization("Acme").no, {"admin"});
  EXPECT_EQ(code(world.ledger->policy().permit<Action::kStoreAdminister>(world.as(ann), world.now())),
            "access.forbidden");
}

TEST_F(Mails_, AreListedNewestFirstByStatus) {
  const auto a = write("a@example.org");
  const auto b = write("b@example.org");
  const auto c = write("c@example.org");
  need(world.mails->sent(a));
  need(world.mails->failed(b, "550 no", true));
  const auto all = list();
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[0].id, c);
  EXPECT_EQ(all[2].id, a);
  EXPECT_THAT(list(MailStatus::kSent), SizeIs(1));
  EXPECT_THAT(list(MailStatus::kWaiting), SizeIs(1));
  EXPECT_THAT(world.mails->list(world.system<Action::kStoreAdminister>(), {}, 2), SizeIs(2));
}

TEST_F(Mails_, AreCounted) {
  EXPECT_EQ(world.mails->counts().oldest_waiting, std::nullopt);
  const auto first = write("a@example.org");
  const auto written_at = world.now();
  const auto second = write("b@example.org");
  need(world.mails->failed(first, "451 later", false));
  EXPECT_EQ(world.mails->counts().waiting, 2);
  EXPECT_EQ(world.mails->counts().dead, 0);
  EXPECT_EQ(world.mails->counts().oldest_waiting, written_at);
  need(world.mails->failed(first, "550 no", true));
  need(world.mails->sent(second));
  EXPECT_EQ(world.mails->counts().waiting, 0);
  EXPECT_EQ(world.mails->counts().dead, 1);
  EXPECT_EQ(world.mails->counts().oldest_waiting, std::nullopt);
}

TEST_F(Mails_, AreForgottenThirtyDaysAfterTheyWereSentOrGivenUp) {
  const auto sent = write("sent@example.org");
  need(world.mails->failed(sent, "451 later", false));
  world.clock.advance_s(3600);
  need(world.mails->sent(sent));
  const auto dead = write("dead@example.org");
  need(world.mails->failed(dead, "550 no", true));
  write("waiting@example.org");
  world.clock.advance_s(kKeptMail_s - 2);  // so much since the first was sent
  EXPECT_EQ(world.mails->maintain(world.now()), 0);
  world.clock.advance_s(1);
  EXPECT_EQ(world.mails->maintain(world.now()), 1);
  EXPECT_THAT(list(), SizeIs(2));
  world.clock.advance_s(1);
  EXPECT_EQ(world.mails->maintain(world.now()), 1);
  world.clock.advance_s(365 * 86'400);
  EXPECT_EQ(world.mails->maintain(world.now()), 0);
  EXPECT_THAT(list(MailStatus::kWaiting), SizeIs(1)) << "what waits is never forgotten";
}

TEST_F(Mails_, RememberTheBeginningOfALongFailureInWholeCharacters) {
  const auto id = write("a@example.org");
  need(world.mails->failed(id, std::string(499, 'x') + "\xC3\xA4 and more", false));
  EXPECT_LE(newest().failure.size(), 500U);
  EXPECT_GE(newest().failure.size(), 499U);
  EXPECT_TRUE(text::is_utf8(newest().failure));
}

TEST_F(Mails_, WakeWhoeverDelivers) {
  int woken = 0;
  world.mails->on_announce([&] { ++woken; });
  world.mails->announce();
  EXPECT_EQ(woken, 1);
  need(retry({}));
  EXPECT_EQ(woken, 2);
  world.mails->on_announce({});
  world.mails->announce();
  EXPECT_EQ(woken, 2);
}

TEST_F(Mails_, HaveNamesForWhatBecameOfThem) {
  for (const auto status : {MailStatus::kWaiting, MailStatus::kSent, MailStatus::kDead}) {
    EXPECT_EQ(parse_mail_status(name(status)), status);
  }
  EXPECT_EQ(parse_mail_status("lost"), std::nullopt);
}

}  // namespace
}  // namespace gatehouse::domain
