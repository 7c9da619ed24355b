// What those who are signed in do with invitations: make and list them. What becomes of them is in
// invitation_answers_test.cpp.
#include "domain/invitations/invitations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/opaque_token.hpp"
#include "support_cpp/companies_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Companies;
using gatehouse::testing::need;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kDay_s = 86'400;

class Invitations_ : public ::testing::Test {
 protected:
  std::string invite(const NewInvitation& input) { return code(world.invite(world.as_ann, world.acme, input)); }

  Companies world;
};

TEST_F(Invitations_, AreSeenByBothSidesAndToldToBoth) {
  const auto id = need(world.invite(world.as_ann, world.acme, world.for_bolt()));
  const auto sent = world.listed(world.as_ann, world.acme);
  EXPECT_EQ(sent.id, id);
  EXPECT_TRUE(sent.sent);
  EXPECT_EQ(sent.status, InvitationStatus::kPending);
  EXPECT_EQ(sent.relation, Relation::kAgency);
  EXPECT_EQ(sent.email, "ben@example.com");
  EXPECT_EQ(sent.company_name, "Bolt");
  EXPECT_EQ(sent.inviter_company, "Acme");
  EXPECT_EQ(sent.created_at, world.now());
  EXPECT_EQ(sent.last_sent_at, world.now());
  EXPECT_FALSE(sent.connection || sent.responded_at || sent.can_resend);
  const auto received = world.listed(world.as_ben, world.bolt);
  EXPECT_EQ(received.id, id);
  EXPECT_FALSE(received.sent);
  EXPECT_THAT(world.told(world.acme.no), ElementsAre("invitation.sent"));
  EXPECT_THAT(world.told(world.bolt.no), ElementsAre("invitation.received"));
}

TEST_F(Invitations_, LeaveAsOneMailWithTheLink) {
  need(world.invite(world.as_ann, world.acme, world.for_bolt()));
  const auto mails = world.delivered();
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].mail.to, "ben@example.com");
  EXPECT_EQ(mails[0].mail.template_name, "invitation");
  EXPECT_EQ(mails[0].mail.locale, "en");
  const auto& said = mails[0].mail.parameters;
  EXPECT_EQ(said.at("inviter_company"), "Acme");
  EXPECT_EQ(said.at("inviter_person"), "ann");
  EXPECT_EQ(said.at("invited_company"), "Bolt");
  EXPECT_EQ(said.at("relation"), "agency");
  EXPECT_EQ(said.at("expires_on"), "2026-05-08");
  EXPECT_THAT(said.at("link"), ::testing::StartsWith("https://gatehouse.example/invitations/accept#token=gth_invite_"));
}

TEST_F(Invitations_, KeepTheirSecretOutOfTheStore) {
  const auto secret = world.invited(world.for_bolt());
  ASSERT_TRUE(crypto::parse_opaque_token(secret).has_value());
  const auto kept = world.store.kept(*world.database);
  EXPECT_EQ(kept.find(secret.substr(11, 30)), std::string::npos);
  EXPECT_NE(kept.find("invitation.created"), std::string::npos) << "the invitation is not there";
}

TEST_F(Invitations_, SpeakTheLanguageOfTheInviterElseOfTheDeployment) {
  auto spanish = world.for_bolt();
  spanish.locale = "es";
  need(world.invite(world.as_ann, world.acme, spanish));
  EXPECT_EQ(world.delivered().at(0).mail.locale, "es");
  spanish.locale = "fr";
  spanish.relation = Relation::kCustomer;
  EXPECT_EQ(invite(spanish), "invitation.locale_invalid");
}

TEST_F(Invitations_, AreRefusedForWhatIsNoAddressAndNoName) {
  for (const auto* email : {"", "nobody", "a@b@c", "a@b\r\nBcc: c@d.example", "a b@example.org", "@example.org"}) {
    auto input = world.for_stranger();
    input.email = email;
    EXPECT_EQ(invite(input), "user.email_invalid") << email;
  }
  for (const auto& name : {std::string(), std::string("  "), std::string(101, 'x'), std::string("Two\r\nlines"),
                           std::string("A\ttab"), std::string("\xE2\x80\xAEsdrawkcab"), std::string("\xC3")}) {
    auto input = world.for_stranger();
    input.company_name = name;
    EXPECT_EQ(invite(input), "organization.name_invalid") << name;
  }
  EXPECT_EQ(world.rows("invitations") + world.rows("mails") + world.rows("notifications"), 0);
  auto longest = world.for_stranger();
  longest.company_name.clear();
  for (int i = 0; i < 100; ++i) longest.company_name += "\xC3\xA4";
  EXPECT_EQ(invite(longest), "ok");
}

TEST_F(Invitations_, AreNotForOneselfByWhateverName) {
  EXPECT_EQ(invite({"new@stranger.example", " ACME ", Relation::kAgency}), "invitation.own_organization");
  EXPECT_EQ(invite({"cid@example.com", "Acmee", Relation::kAgency}), "invitation.own_organization") << "alike";
}

TEST_F(Invitations_, AreForAKnownPersonsOwnCompanyOnly) {
  EXPECT_EQ(invite({"ben@example.com", "Globex", Relation::kAgency}), "invitation.company_mismatch");
  world.user("eve");
  EXPECT_EQ(invite({"EVE@Example.com", "Bolt", Relation::kAgency}), "invitation.company_mismatch");
  EXPECT_EQ(invite({"ben@example.com", "Boltt", Relation::kAgency}), "ok");
  EXPECT_THAT(world.list(world.as_ben, world.bolt), ::testing::SizeIs(1)) << "bound to the organization that is meant";
}

TEST_F(Invitations_, DoNotTellToWhichCompaniesAPersonBelongs) {
  world.join(world.ben, world.organization("Northwind East").no, {});
  world.join(world.ben, world.organization("Northwind West").no, {});
  const auto refused = world.invite(world.as_ann, world.acme, {"ben@example.com", "Northwind", Relation::kAgency});
  ASSERT_EQ(code(refused), "organization.ambiguous");
  EXPECT_THAT(refused.error().detail, Not(HasSubstr("East")));
}

TEST_F(Invitations_, AreRefusedWhereTheConnectionStands) {
  world.connect(world.acme, world.bolt);
  EXPECT_EQ(invite(world.for_bolt()), "connection.exists");
  auto reversed = world.for_bolt();
  reversed.relation = Relation::kCustomer;
  EXPECT_EQ(invite(reversed), "ok");
}

TEST_F(Invitations_, AreRefusedWhileAnEqualOneIsPending) {
  EXPECT_EQ(invite(world.for_bolt()), "ok");
  EXPECT_EQ(invite({"BEN@example.com", "  bOLT ", Relation::kAgency}), "invitation.exists");
  EXPECT_EQ(invite({"ben@example.com", "Boltt", Relation::kAgency}), "invitation.exists") << "the same organization";
  EXPECT_EQ(invite({"dot@example.com", "Bolt", Relation::kAgency}), "ok") << "another person";
  EXPECT_EQ(invite({"ben@example.com", "Bolt", Relation::kCustomer}), "ok") << "another relation";
  world.clock.advance_s(8 * kDay_s);
  EXPECT_EQ(invite(world.for_bolt()), "invitation.exists") << "it can be sent again";
  const auto first = world.list(world.as_ann, world.acme).back().id;
  EXPECT_TRUE(world.invitations->reject(world.permit<Action::kInvitationReject>(world.as_ann), first).ok());
  EXPECT_EQ(invite(world.for_bolt()), "ok");
}

TEST_F(Invitations_, AreAtMostTenADayToOneAddressHoweverTheyWereAnswered) {
  const auto first_at = world.now();
  for (int i = 0; i < kMaxToOneAddress; ++i) {
    EXPECT_EQ(invite({"new@stranger.example", "Company " + std::to_string(i), Relation::kAgency}), "ok");
    if (i % 2 == 0) need(world.invitations->reject_by_token(world.token()));
  }
  EXPECT_EQ(invite({"NEW@stranger.example", "One more", Relation::kAgency}), "invitation.too_many");
  EXPECT_EQ(invite({"other@stranger.example", "One more", Relation::kAgency}), "ok");
  EXPECT_EQ(code(world.invite(world.as_ben, world.bolt, world.for_stranger())), "ok") << "from another organization";
  world.clock.advance_s(first_at.plus_s(kDay_s).seconds_since(world.now()) - 1);
  EXPECT_EQ(invite({"new@stranger.example", "One more", Relation::kAgency}), "invitation.too_many");
  EXPECT_EQ(invite({"new@stranger.example", "One more", Relation::kAgency}), "ok") << "a day after the first";
}

TEST_F(Invitations_, AreNotSentByThePlatformNorByMereMembers) {
  world.join(world.ben, world.platform, {"Super Admin"});
  OrganizationId platform;
  world.graph->read([&](const access::View& view) { platform = *view.organization_id(world.platform); });
  const auto permit = world.permit<Action::kInvitationCreate>(world.as_ben, platform);
  EXPECT_EQ(code(world.invitations->create(permit, world.for_stranger())), "organization.is_platform");
  EXPECT_EQ(code(world.invite(world.at(world.cid, world.acme), world.acme, world.for_bolt())), "access.forbidden");
  EXPECT_EQ(code(world.invite(world.as_ann, world.bolt, world.for_stranger())), "organization.not_found");
}

TEST_F(Invitations_, AreNotListedOnForWhoLostTheRightMeanwhile) {
  need(world.invite(world.as_ann, world.acme, world.for_bolt()));
  const auto permit = world.permit<Action::kInvitationList>(world.as_ann, world.acme.id);
  EXPECT_EQ(code(world.invitations->list(permit, {}, 10)), "ok");
  world.take_roles(world.ann, world.acme.no);
  EXPECT_EQ(code(world.invitations->list(permit, {}, 10)), "access.forbidden");
}

TEST_F(Invitations_, AreListedNewestFirstPageByPage) {
  std::vector<InvitationId> made;
  for (int i = 0; i < 5; ++i) {
    const auto& who = i % 2 == 0 ? world.as_ann : world.as_ben;
    const NewInvitation input =
        i % 2 == 0 ? NewInvitation{"p" + std::to_string(i) + "@example.org", "P", {}}
                   : NewInvitation{"cid@example.com", "Acme", i == 1 ? Relation::kAgency : Relation::kCustomer};
    made.insert(made.begin(), need(world.invite(who, i % 2 == 0 ? world.acme : world.bolt, input)));
  }
  const auto permit = world.permit<Action::kInvitationList>(world.as_ann, world.acme.id);
  std::vector<InvitationId> seen;
  std::optional<InvitationId> before;
  for (;;) {
    const auto page = need(world.invitations->list(permit, before, 2));
    for (const auto& one : page) seen.push_back(one.id);
    if (page.size() < 2) break;
    before = page.back().id;
  }
  EXPECT_EQ(seen, made);
}

}  // namespace
}  // namespace gatehouse::domain
