// What becomes of invitations by those who are signed in: sent again, rejected, gone with their organization.
#include "domain/invitations/invitations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/companies_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Companies;
using gatehouse::testing::need;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr std::int64_t kDay_s = 86'400;

class InvitationAnswers : public ::testing::Test {
 protected:
  std::string resend(const Principal& who, const Organization& at, const InvitationId& id) {
    return code(world.invitations->resend(world.permit<Action::kInvitationResend>(who, at.id), id));
  }
  // "inviter", "invitee" or the code of the refusal.
  std::string reject(const Principal& who, const InvitationId& id) {
    const auto by_inviter = world.invitations->reject(world.permit<Action::kInvitationReject>(who), id);
    if (!by_inviter) return std::string(by_inviter.error().code);
    return *by_inviter ? "inviter" : "invitee";
  }
  std::string rejected_by() {
    std::string word;
    world.database->read([&](sql::Tx& tx) {
      tx.each("SELECT rejected_by FROM invitations", {}, [&](const sql::Row& row) {
        word = row.text(0);
        return true;
      });
    });
    return word;
  }

  Companies world;
};

TEST_F(InvitationAnswers, AreSentAgainWhenOlderThanTwoDays) {
  const auto id = need(world.invite(world.as_ann, world.acme, world.for_bolt()));
  const auto first = world.token();
  const auto made_at = world.now();
  world.clock.advance_s(2 * kDay_s);
  EXPECT_EQ(resend(world.as_ann, world.acme, id), "invitation.too_young");
  EXPECT_FALSE(world.listed(world.as_ann, world.acme).can_resend);
  world.clock.advance_s(1);
  EXPECT_TRUE(world.listed(world.as_ann, world.acme).can_resend);
  EXPECT_FALSE(world.listed(world.as_ben, world.bolt).can_resend) << "the invited side never may";
  EXPECT_EQ(resend(world.as_ann, world.acme, id), "ok");
  const auto again = world.listed(world.as_ann, world.acme);
  EXPECT_EQ(again.last_sent_at, world.now());
  EXPECT_EQ(again.created_at, made_at);
  EXPECT_THAT(world.told(world.bolt.no), ElementsAre("invitation.resent", "invitation.received"));
  const auto second = world.token();
  EXPECT_NE(first, second);
  EXPECT_EQ(code(world.invitations->preview(first)), "invitation.token_unknown");
  EXPECT_EQ(code(world.invitations->accept(first)), "invitation.token_unknown");
  world.clock.advance_s(7 * kDay_s - 1);
  EXPECT_EQ(code(world.invitations->accept(second)), "ok") << "it lasts seven days since it was last sent";
}

TEST_F(InvitationAnswers, AreSentTenTimesAtMost) {
  const auto id = need(world.invite(world.as_ann, world.acme, world.for_bolt()));
  world.clock.advance_s(3 * kDay_s);
  for (int i = 1; i < kMaxSendings; ++i) EXPECT_EQ(resend(world.as_ann, world.acme, id), "ok");
  const auto last = world.listed(world.as_ann, world.acme).last_sent_at;
  world.clock.advance_s(kDay_s);
  EXPECT_EQ(resend(world.as_ann, world.acme, id), "invitation.too_many");
  EXPECT_EQ(world.listed(world.as_ann, world.acme).last_sent_at, last);
}

TEST_F(InvitationAnswers, AreSentAgainByWhoMaySoAndWhoThenVouches) {
  const auto id = need(world.invite(world.as_ann, world.acme, world.for_bolt()));
  world.join(world.cid, world.acme.no, {"USER_ADD"});
  const auto globex = world.organization("Globex");
  world.join(world.dot, globex.no, {"admin"});
  world.clock.advance_s(3 * kDay_s);
  const auto as_dot = world.at(world.dot, globex);
  EXPECT_EQ(resend(world.at(world.ben, world.bolt), world.bolt, id), "invitation.not_sender");
  EXPECT_EQ(resend(as_dot, globex, id), "invitation.not_found");
  EXPECT_EQ(resend(world.at(world.ann, world.acme), world.acme, InvitationId()), "invitation.not_found");
  EXPECT_EQ(resend(world.at(world.cid, world.acme), world.acme, id), "ok");
  world.take_roles(world.ann, world.acme.no);
  EXPECT_EQ(code(world.invitations->accept(world.token())), "ok");
  EXPECT_EQ(resend(world.at(world.cid, world.acme), world.acme, id), "invitation.not_pending");
}

TEST_F(InvitationAnswers, AreRejectedFromEitherSideOrByThePersonOnce) {
  const auto invited = [&] { return need(world.invite(world.as_ann, world.acme, world.for_bolt())); };
  EXPECT_EQ(reject(world.as_ann, invited()), "inviter");
  EXPECT_EQ(rejected_by(), "inviter");
  world.join(world.dot, world.bolt.no, {"USER_ADD"});
  const auto id = invited();
  EXPECT_EQ(reject(world.at(world.dot, world.bolt), id), "invitee");
  EXPECT_EQ(reject(world.as_ben, id), "invitation.not_pending");
  EXPECT_EQ(reject(world.as_ann, id), "invitation.not_pending");
  world.take_roles(world.ben, world.bolt.no);
  EXPECT_EQ(reject(world.at(world.ben, world.bolt), invited()), "invitee") << "in person, without any role";
  EXPECT_THAT(world.list(world.as_ann, world.acme),
              ::testing::Each(::testing::Field(&Invitation::status, InvitationStatus::kRejected)));
}

TEST_F(InvitationAnswers, AreNotRejectedByOthersAndUnknownToStrangers) {
  const auto id = need(world.invite(world.as_ann, world.acme, world.for_bolt()));
  const auto before = world.left_behind();
  EXPECT_EQ(reject(world.at(world.cid, world.acme), id), "access.forbidden");
  EXPECT_EQ(reject(world.at(world.dot, world.bolt), id), "access.forbidden");
  const auto globex = world.organization("Globex");
  world.join(world.dot, globex.no, {"admin"});
  EXPECT_EQ(reject(world.at(world.dot, globex), id), "invitation.not_found");
  EXPECT_EQ(reject(world.as(world.dot), id), "invitation.not_found") << "active nowhere";
  EXPECT_EQ(reject(world.at(world.user("eve"), world.acme), id), "invitation.not_found") << "active where it is not";
  EXPECT_EQ(reject(world.as_ann, InvitationId()), "invitation.not_found");
  EXPECT_EQ(world.listed(world.as_ann, world.acme).status, InvitationStatus::kPending);
  EXPECT_EQ(world.left_behind().back(), before.back());
}

TEST_F(InvitationAnswers, TellBothSidesOfARejectionAndMailBothPersons) {
  const auto id = need(world.invite(world.as_ann, world.acme, world.for_bolt()));
  const auto secret = world.token();
  world.delivered();
  world.clock.advance_s(60);
  EXPECT_EQ(reject(world.as_ben, id), "invitee");
  EXPECT_EQ(code(world.invitations->accept(secret)), "invitation.not_pending");
  EXPECT_EQ(world.listed(world.as_ann, world.acme).responded_at, world.now());
  EXPECT_THAT(world.told(world.acme.no), ElementsAre("invitation.rejected", "invitation.sent"));
  EXPECT_THAT(world.told(world.bolt.no), ElementsAre("invitation.rejected", "invitation.received"));
  std::vector<std::pair<std::string, std::string>> readers;
  for (const auto& due : world.delivered()) {
    EXPECT_EQ(due.mail.template_name, "invitation_answered");
    EXPECT_EQ(due.mail.parameters.at("answer"), "rejected");
    EXPECT_FALSE(due.mail.parameters.contains("link"));
    readers.emplace_back(due.mail.to, due.mail.parameters.at("reader"));
  }
  EXPECT_THAT(readers,
              UnorderedElementsAre(std::pair("ann@example.com", "inviter"), std::pair("ben@example.com", "invitee")));
}

TEST_F(InvitationAnswers, GoWithTheOrganizationThatSentThem) {
  const auto secret = world.invited(world.for_bolt());
  world.remove_organization(world.acme);
  EXPECT_EQ(world.rows("invitations"), 0);
  EXPECT_EQ(code(world.invitations->accept(secret)), "invitation.token_unknown");
  EXPECT_THAT(world.list(world.as_ben, world.bolt), IsEmpty());
  EXPECT_THAT(world.database->check(), IsEmpty());
}

TEST_F(InvitationAnswers, AreDeclinedWhenTheInvitedOrganizationGoes) {
  const auto secret = world.invited(world.for_bolt());
  world.remove_organization(world.bolt);
  EXPECT_EQ(world.listed(world.as_ann, world.acme).status, InvitationStatus::kRejected);
  EXPECT_THAT(world.told(world.acme.no), Contains("invitation.rejected"));
  EXPECT_EQ(code(world.invitations->accept(secret)), "invitation.not_pending");
  EXPECT_EQ(world.rows("organizations WHERE name = 'Bolt'"), 0);
}

}  // namespace
}  // namespace gatehouse::domain
