// What may happen once happens once, on whichever node it is asked for; and what is counted is counted over all of them.
#include "support_cpp/two_nodes.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::kPassword;
using gatehouse::testing::need;
using gatehouse::testing::Node;
using Words = std::multiset<std::string>;

class Nodes : public gatehouse::testing::TwoNodes {
 protected:
  // The codes of what both answered, in no order.
  template <class F>
  Words codes(F&& work) {
    const auto [here, there] = on_both([&](Node& node) { return code(work(node)); });
    return {here, there};
  }
  TokenPair signed_in() {
    auto pair = need(first->try_sign_in(kPassword));
    settle();
    return pair;
  }
};

TEST_F(Nodes, CountFailedSignInsTogether) {
  for (int i = 0; i < 10; ++i) {
    auto& node = i % 2 == 0 ? *first : *second;
    EXPECT_EQ(code(node.try_sign_in("surely wrong")), "auth.credentials_invalid") << i;
  }
  EXPECT_EQ(code(first->try_sign_in(kPassword)), "auth.throttled");
  EXPECT_EQ(code(second->try_sign_in(kPassword)), "auth.throttled");
}

TEST_F(Nodes, LetNoAttemptsAtTheSameMomentSlipBy) {
  const auto tries = [](Node& node) {
    int looked_at = 0;
    for (int i = 0; i < 12; ++i) {
      if (code(node.try_sign_in("surely wrong")) == "auth.credentials_invalid") ++looked_at;
    }
    return looked_at;
  };
  const auto [here, there] = on_both(tries);
  EXPECT_EQ(here + there, 10);
}

TEST_F(Nodes, ForgetFailuresTogetherAtSuccess) {
  for (int i = 0; i < 9; ++i) EXPECT_EQ(code(first->try_sign_in("surely wrong")), "auth.credentials_invalid");
  EXPECT_TRUE(second->try_sign_in(kPassword).ok());
  for (int i = 0; i < 9; ++i) EXPECT_EQ(code(first->try_sign_in("surely wrong")), "auth.credentials_invalid");
  EXPECT_TRUE(first->try_sign_in(kPassword).ok());
}

TEST_F(Nodes, LeaveOneLivingRefreshTokenOfOneThatIsUsedOnBothAtOnce) {
  for (int round = 0; round < 20; ++round) {
    const auto pair = signed_in();
    EXPECT_EQ(codes([&](Node& node) { return node.sessions.refresh(pair.refresh_token, ""); }), (Words{"ok", "ok"}));
    EXPECT_EQ(world.rows("refresh_tokens WHERE used_at IS NULL AND session_id = (SELECT id FROM sessions "
                         "ORDER BY id DESC LIMIT 1)"),
              1);
  }
}

TEST_F(Nodes, EndASessionWhoseRefreshTokenIsUsedAgainOnTheOther) {
  const auto pair = signed_in();
  const auto next = need(first->sessions.refresh(pair.refresh_token, ""));
  world.clock.advance_s(10 + kClockTolerance_s + 1);
  EXPECT_EQ(code(second->sessions.refresh(pair.refresh_token, "")), "auth.refresh_token_invalid");
  settle();
  EXPECT_FALSE(first->who(next.access_token).ok());
  EXPECT_FALSE(second->who(next.access_token).ok());
  EXPECT_EQ(code(first->sessions.refresh(next.refresh_token, "")), "auth.refresh_token_invalid");
}

TEST_F(Nodes, RecoverALostAnswerOnTheOtherHoweverFarApartTheirClocksMayBe) {
  for (const auto apart_s : {-kClockTolerance_s, kClockTolerance_s}) {
    const auto pair = signed_in();
    need(first->sessions.refresh(pair.refresh_token, ""));
    world.clock.advance_s(10 + apart_s);
    const auto recovered = second->sessions.refresh(pair.refresh_token, "");
    ASSERT_EQ(code(recovered), "ok") << apart_s;
    settle();
    EXPECT_TRUE(first->who(recovered->access_token).ok());
    world.clock.advance_s(-apart_s);
  }
}

TEST_F(Nodes, TakeASessionOfTheOtherWhoseClockIsAhead) {
  world.clock.advance_s(kClockTolerance_s);
  const auto pair = signed_in();
  world.clock.advance_s(-kClockTolerance_s);
  EXPECT_TRUE(second->who(pair.access_token).ok());
  EXPECT_TRUE(second->sessions.refresh(pair.refresh_token, "").ok());
  EXPECT_EQ(second->sessions.maintain(world.now()), 0);
}

TEST_F(Nodes, ForgetNoSessionThatStandsByTheClockOfTheOther) {
  const auto pair = signed_in();
  const SessionRules rules;
  world.clock.advance_s(rules.session_s + kClockTolerance_s - 1);
  EXPECT_EQ(second->sessions.maintain(world.now()), 0);
  world.clock.advance_s(1);
  EXPECT_EQ(second->sessions.maintain(world.now()), 1);
  settle();
  EXPECT_FALSE(first->who(pair.access_token).ok());
}

TEST_F(Nodes, AcceptAnInvitationOnce) {
  for (int round = 0; round < 10; ++round) {
    const auto name = "Stranger " + std::to_string(round);
    const auto token = world.invited({"new" + std::to_string(round) + "@x.example", name, Relation::kAgency});
    settle();
    EXPECT_EQ(codes([&](Node& node) { return node.invitations.accept(token); }),
              (Words{"invitation.not_pending", "ok"}));
    EXPECT_EQ(world.rows("connections"), round + 1);
  }
}

TEST_F(Nodes, AcceptOrRejectAnInvitationButNotBoth) {
  for (int round = 0; round < 10; ++round) {
    const auto name = "Stranger " + std::to_string(round);
    const auto token = world.invited({"new" + std::to_string(round) + "@x.example", name, Relation::kAgency});
    settle();
    std::string accepted;
    std::string rejected;
    at_once([&] { accepted = code(first->invitations.accept(token)); },
            [&] { rejected = code(second->invitations.reject_by_token(token)); });
    EXPECT_EQ((Words{accepted, rejected}), (Words{"invitation.not_pending", "ok"}));
  }
}

TEST_F(Nodes, ActivateAnInvitationToJoinOnce) {
  for (int round = 0; round < 10; ++round) {
    const auto email = "new" + std::to_string(round) + "@x.example";
    const auto secret = world.joining(world.as_ann, world.somebody(email, "viewer", {world.acme}));
    settle();
    EXPECT_EQ(codes([&](Node& node) { return node.joins.activate(secret, std::string(kPassword)); }),
              (Words{"invitation.not_pending", "ok"}));
  }
}

TEST_F(Nodes, GiveAnIdempotencyKeyToOneRequest) {
  Principal who;
  who.id = world.ann.id;
  for (int round = 0; round < 20; ++round) {
    const auto key = "key " + std::to_string(round);
    EXPECT_EQ(codes([&](Node& node) { return node.idempotency.claim(who, key, "body"); }),
              (Words{"idempotency.in_progress", "ok"}));
    second->idempotency.complete(who, key, "the answer");
    const auto repeated = need(first->idempotency.claim(who, key, "body"));
    EXPECT_TRUE(repeated.replay);
    EXPECT_EQ(repeated.answer, "the answer");
    EXPECT_EQ(code(first->idempotency.claim(who, key, "another body")), "idempotency.key_reused");
  }
}

TEST_F(Nodes, KeepAKeyWhoseFirstRequestDiedWithItsNode) {
  Principal who;
  who.id = world.ann.id;
  EXPECT_FALSE(need(first->idempotency.claim(who, "key", "body")).replay);
  world.clock.advance_s(Idempotency::kKept_s - 1);
  EXPECT_EQ(code(second->idempotency.claim(who, "key", "body")), "idempotency.in_progress");
  world.clock.advance_s(1);
  EXPECT_FALSE(need(second->idempotency.claim(who, "key", "body")).replay);
}

TEST_F(Nodes, SendAMailOnce) {
  constexpr int kMails = 200;
  world.unit([&](Unit& unit) {
    for (int i = 0; i < kMails; ++i) {
      world.mails->enqueue(unit, {"p" + std::to_string(i) + "@example.org", "invitation", "en", {{"link", "x"}}});
    }
  });
  const auto send_all = [](Node& node) {
    std::vector<MailId> sent;
    for (auto due = node.mails.due(16); !due.empty(); due = node.mails.due(16)) {
      for (const auto& mail : due) {
        const auto ours = node.mails.hold(mail.id);
        if (!ours || !*ours) continue;
        sent.push_back(mail.id);
        if (!node.mails.sent(mail.id)) sent.clear();
      }
    }
    return sent;
  };
  auto [here, there] = on_both(send_all);
  EXPECT_EQ(here.size() + there.size(), static_cast<std::size_t>(kMails));
  here.insert(here.end(), there.begin(), there.end());
  EXPECT_EQ(std::set<MailId>(here.begin(), here.end()).size(), static_cast<std::size_t>(kMails));
}

TEST_F(Nodes, KnowTheLatestUseOfAnApiTokenWhoeverSawIt) {
  const auto at = world.system<Action::kApiTokenList>(world.acme.no);
  auto create = world.permit<Action::kApiTokenCreate>(world.as_ann, world.acme.id);
  NewApiToken wanted;
  wanted.name = "ci";
  const auto made = need(first->api_tokens.create(create, wanted));
  settle();
  const auto seen = [&](Node& node) { return need(node.api_tokens.list(at, {0, 10})).items.at(0).last_used_at; };
  EXPECT_TRUE(second->who(made.secret).ok());
  const auto earlier = world.now();
  world.clock.advance_s(60);
  EXPECT_TRUE(first->who(made.secret).ok());
  const auto later = world.now();
  EXPECT_EQ(seen(*second), earlier) << "what it has seen itself";
  first->api_tokens.maintain(world.now());
  EXPECT_EQ(seen(*second), later);
  second->api_tokens.maintain(world.now());
  EXPECT_EQ(seen(*first), later);
}

TEST_F(Nodes, StartAtTheSameMomentWithOneSetOfEverything) {
  const auto start = [](Node& node) -> std::string {
    if (const auto done = node.signing_keys.ensure(); !done) return code(done);
    IdentificationTypes types(node.ledger);
    if (const auto done = types.ensure(); !done) return code(done);
    return code(Roles(node.ledger).sync({}));
  };
  const auto [here, there] = on_both(start);
  EXPECT_EQ(here, "ok");
  EXPECT_EQ(there, "ok");
  EXPECT_EQ(world.rows("signing_keys"), 1);
  EXPECT_EQ(first->signing_keys.current()->kid(), second->signing_keys.current()->kid());
  EXPECT_EQ(world.rows("changes WHERE action = 'signing_key.created'"), 1);
  EXPECT_EQ(world.rows("organizations WHERE parent_no IS NULL"), 1);
  EXPECT_EQ(world.rows("roles"), world.rows("changes WHERE action = 'role.created'"));
}

TEST_F(Nodes, WithOneMasterKeyStartAtTheSameMomentAndWithTwoOneOfThemDoes) {
  const crypto::Seal other{crypto::MasterKey{9}, world.system_random};
  for (const crypto::Seal* seal : {static_cast<const crypto::Seal*>(&world.seal), &other}) {
    std::string here;
    std::string there;
    at_once([&] { here = code(DeploymentKey(first->ledger, world.seal).ensure()); },
            [&] { there = code(DeploymentKey(second->ledger, *seal).ensure()); });
    const bool same = seal == &world.seal;
    EXPECT_EQ((Words{here, there}), same ? (Words{"ok", "ok"}) : (Words{"config.master_key", "ok"}));
    world.unit([](Unit& unit) { unit.tx().execute("DELETE FROM deployment"); });
  }
}

}  // namespace
}  // namespace gatehouse::domain
