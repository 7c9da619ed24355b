#include "access/graph.hpp"

#include <gmock/gmock.h>

namespace gatehouse::access {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

template <class T>
T id(std::uint8_t no) {
  Uuid uuid;
  uuid.bytes[15] = no;
  return T(uuid);
}

constexpr Timestamp kNow{1000};
constexpr auto kView = permission::kUsersView;

Principal user(std::uint32_t no) {
  Principal who;
  who.kind = Principal::Kind::kUser;
  who.user = {no};
  return who;
}
Principal session_of(std::uint32_t no, std::uint8_t session) {
  auto who = user(no);
  who.session = id<SessionId>(session);
  return who;
}

// 1 platform > 2 parent > 3 child; 4 agency; users 1 to 4; roles 1 viewer, 2 editor (heavier, carries the same and
// more).
class GraphTest : public testing::Test {
 protected:
  GraphTest() {
    graph.load(OrganizationFact{{1}, id<OrganizationId>(1), {}});
    graph.load(OrganizationFact{{2}, id<OrganizationId>(2), {1}});
    graph.load(OrganizationFact{{3}, id<OrganizationId>(3), {2}});
    graph.load(OrganizationFact{{4}, id<OrganizationId>(4), {1}});
    for (std::uint8_t no = 1; no <= 4; ++no) graph.load(UserFact{{no}, id<UserId>(no), true});
    graph.load(RoleFact{{1}, id<RoleId>(1), "viewer", 10, {"users.view", "organizations.view"}});
    graph.load(RoleFact{{2}, id<RoleId>(2), "editor", 20, {"users.view", "users.edit"}});
    graph.finish_load(1);
  }
  [[nodiscard]] const View& view() const { return graph.working(); }

  Permissions names;
  Graph graph{names};
};

TEST_F(GraphTest, GrantsFlowDownAndNotUp) {
  graph.apply(HoldingFact{{1}, {2}, true, {{1}}});
  EXPECT_TRUE(view().allows(user(1), kView, {2}, kNow));
  EXPECT_TRUE(view().allows(user(1), kView, {3}, kNow));
  EXPECT_FALSE(view().allows(user(1), kView, {1}, kNow));
  EXPECT_FALSE(view().allows(user(1), kView, {4}, kNow));
  EXPECT_FALSE(view().allows(user(1), permission::kUsersEdit, {3}, kNow));
}

TEST_F(GraphTest, AMembershipAloneShowsOneOrganization) {
  graph.apply(HoldingFact{{1}, {2}, true, {}});
  EXPECT_TRUE(view().reaches(user(1), {2}, kNow));
  EXPECT_FALSE(view().reaches(user(1), {3}, kNow));
  EXPECT_FALSE(view().allows(user(1), kView, {2}, kNow));
  EXPECT_THAT(view().scope(user(1), kNow).singles, ElementsAre(OrganizationNo{2}));
  EXPECT_EQ(view().scope(user(1), kNow).self, UserNo{1});
}

TEST_F(GraphTest, AConnectionServesMembersOfTheAgencyOnly) {
  graph.apply(ConnectionFact{id<ConnectionId>(1), {2}, {4}, {{1}}});
  graph.apply(HoldingFact{{1}, {4}, true, {}});
  graph.apply(HoldingFact{{2}, {4}, false, {{2}}});  // a role there, but no member
  EXPECT_TRUE(view().allows(user(1), kView, {3}, kNow));
  EXPECT_FALSE(view().allows(user(2), kView, {3}, kNow));
  graph.apply(ConnectionGone{id<ConnectionId>(1)});
  EXPECT_FALSE(view().allows(user(1), kView, {3}, kNow));
  EXPECT_THAT(view().connections_of_agency({4}), IsEmpty());
}

TEST_F(GraphTest, AConnectionWithoutRolesShowsTheCustomer) {
  graph.apply(ConnectionFact{id<ConnectionId>(1), {2}, {4}, {}});
  graph.apply(HoldingFact{{1}, {4}, true, {}});
  EXPECT_TRUE(view().reaches(user(1), {2}, kNow));
  EXPECT_FALSE(view().reaches(user(1), {3}, kNow));
  EXPECT_THAT(view().scope(user(1), kNow).singles, ElementsAre(OrganizationNo{2}, OrganizationNo{4}));
}

TEST_F(GraphTest, ASessionMustBeTheUsersAndUnexpired) {
  graph.apply(HoldingFact{{1}, {2}, true, {{1}}});
  graph.apply(SessionFact{id<SessionId>(1), {1}, {2}, {kNow.micros + 1}});
  EXPECT_TRUE(view().allows(session_of(1, 1), kView, {2}, kNow));
  EXPECT_FALSE(view().allows(session_of(1, 1), kView, {2}, {kNow.micros + 1}));
  EXPECT_FALSE(view().allows(session_of(1, 2), kView, {2}, kNow));
  graph.apply(HoldingFact{{2}, {2}, true, {{1}}});
  EXPECT_FALSE(view().allows(session_of(2, 1), kView, {2}, kNow));
  graph.apply(SessionGone{id<SessionId>(1)});
  EXPECT_FALSE(view().stands(session_of(1, 1), kNow));
}

TEST_F(GraphTest, AnInactiveUserHoldsNothingAndKeepsItForLater) {
  graph.apply(HoldingFact{{1}, {2}, true, {{1}}});
  graph.apply(UserFact{{1}, id<UserId>(1), false});
  EXPECT_FALSE(view().allows(user(1), kView, {2}, kNow));
  EXPECT_FALSE(view().reaches(user(1), {2}, kNow));
  EXPECT_EQ(view().explain(user(1), kView, {2}, kNow).why_not, "subject_inactive");
  graph.apply(UserFact{{1}, id<UserId>(1), true});
  EXPECT_TRUE(view().allows(user(1), kView, {2}, kNow));
}

TEST_F(GraphTest, AClientIsItsOwnerNarrowed) {
  graph.apply(HoldingFact{{1}, {1}, true, {{1}, {2}}});
  graph.apply(ClientFact{id<ClientId>(1), {1}, {2}, {kNow.micros + 1}, {}, {"users.read"}});
  const auto client = *view().subject_client(id<ClientId>(1));
  EXPECT_TRUE(view().allows(client, kView, {3}, kNow));
  EXPECT_EQ(view().explain(client, kView, {3}, kNow).via, Via::kClient);
  EXPECT_EQ(view().explain(client, permission::kUsersEdit, {3}, kNow).why_not, "scope");
  EXPECT_EQ(view().explain(client, kView, {4}, kNow).why_not, "outside");
  EXPECT_EQ(view().explain(client, kView, {3}, {kNow.micros + 1}).why_not, "expired");
  EXPECT_TRUE(view().reaches(client, {2}, kNow));
  EXPECT_THAT(view().scope(client, kNow).singles, ElementsAre(OrganizationNo{2}));
  EXPECT_THAT(view().scope(client, kView, kNow).trees, ElementsAre(OrganizationNo{2}));
  graph.apply(UserFact{{1}, id<UserId>(1), false});
  EXPECT_FALSE(view().allows(client, kView, {3}, kNow));
}

TEST_F(GraphTest, AnApiTokenIsFoundByItsSecretUntilItChanges) {
  Digest old_secret{1};
  Digest new_secret{2};
  graph.apply(ApiTokenFact{id<ApiTokenId>(1), {2}, kNever, old_secret, {{1}}});
  ASSERT_NE(view().api_token(old_secret), nullptr);
  const auto token = *view().subject_api_token(id<ApiTokenId>(1));
  EXPECT_TRUE(view().allows(token, kView, {3}, kNow));
  EXPECT_FALSE(view().allows(token, kView, {4}, kNow));
  EXPECT_EQ(view().explain(token, kView, {3}, kNow).held_at, OrganizationNo{2});
  graph.apply(ApiTokenFact{id<ApiTokenId>(1), {2}, kNever, new_secret, {{1}}});
  EXPECT_EQ(view().api_token(old_secret), nullptr);
  EXPECT_NE(view().api_token(new_secret), nullptr);
  graph.apply(ApiTokenGone{id<ApiTokenId>(1)});
  EXPECT_EQ(view().api_token(new_secret), nullptr);
  EXPECT_FALSE(view().stands(token, kNow));
}

TEST_F(GraphTest, ARoleThatChangesChangesWhoHoldsIt) {
  graph.apply(HoldingFact{{1}, {2}, true, {{2}, {1}, {2}}});
  EXPECT_EQ(view().weight(user(1), {3}, kNow), 20);
  EXPECT_THAT(view().direct_roles({1}, {2}), ElementsAre(RoleNo{1}, RoleNo{2}));
  graph.apply(RoleFact{{2}, id<RoleId>(2), "editor", 50, {"roles.view", "nobody.knows"}});
  EXPECT_EQ(view().weight(user(1), {3}, kNow), 50);
  EXPECT_FALSE(view().allows(user(1), permission::kUsersEdit, {2}, kNow));
  EXPECT_TRUE(view().allows(user(1), permission::kRolesView, {2}, kNow));
  graph.apply(RoleGone{{2}});
  EXPECT_EQ(view().weight(user(1), {3}, kNow), 10);
  EXPECT_THAT(view().direct_roles({1}, {2}), ElementsAre(RoleNo{1}));
}

TEST_F(GraphTest, ExplainsByTheNearestDirectAndHeaviestRole) {
  graph.apply(HoldingFact{{1}, {1}, false, {{1}, {2}}});
  graph.apply(HoldingFact{{1}, {4}, true, {}});
  graph.apply(ConnectionFact{id<ConnectionId>(1), {3}, {4}, {{2}}});
  auto why = view().explain(user(1), kView, {3}, kNow);
  EXPECT_EQ(why.via, Via::kDirect);
  EXPECT_EQ(why.role, RoleNo{2});
  EXPECT_EQ(why.held_at, OrganizationNo{1});
  graph.apply(HoldingFact{{1}, {1}, false, {}});
  why = view().explain(user(1), kView, {3}, kNow);
  EXPECT_EQ(why.via, Via::kConnection);
  EXPECT_EQ(why.connection, id<ConnectionId>(1));
  EXPECT_EQ(why.agency, OrganizationNo{4});
  EXPECT_EQ(why.held_at, OrganizationNo{3});
}

TEST_F(GraphTest, ExplainsWhatWouldHaveBeenEnough) {
  const auto why = view().explain(user(1), kView, {3}, kNow);
  EXPECT_FALSE(why.allowed);
  EXPECT_EQ(why.why_not, "not_held");
  EXPECT_THAT(why.enough, ElementsAre(RoleNo{1}, RoleNo{2}));
  EXPECT_EQ(view().explain(user(9), kView, {3}, kNow).why_not, "subject_unknown");
  EXPECT_EQ(view().explain(user(1), kView, {9}, kNow).why_not, "organization_unknown");
  EXPECT_EQ(view().explain(Principal::system(), kView, {3}, kNow).via, Via::kSystem);
}

TEST_F(GraphTest, ScopeKeepsOnlyTheRoots) {
  graph.apply(HoldingFact{{1}, {2}, true, {{1}}});
  graph.apply(HoldingFact{{1}, {3}, true, {{1}}});
  graph.apply(HoldingFact{{1}, {4}, true, {}});
  const auto scope = view().scope(user(1), kNow);
  EXPECT_THAT(scope.trees, ElementsAre(OrganizationNo{2}));
  EXPECT_THAT(scope.singles, ElementsAre(OrganizationNo{4}));
  graph.apply(HoldingFact{{1}, {1}, false, {{1}}});
  EXPECT_TRUE(view().scope(user(1), kNow).everything);
  EXPECT_THAT(view().scope(user(1), kNow).trees, IsEmpty());
  EXPECT_TRUE(view().reaches(user(1), {1}, kNow));
}

TEST_F(GraphTest, ThePlatformIsNotReachedByMembership) {
  graph.apply(HoldingFact{{1}, {1}, true, {}});
  EXPECT_FALSE(view().reaches(user(1), {1}, kNow));
  EXPECT_THAT(view().scope(user(1), kNow).singles, IsEmpty());
}

TEST_F(GraphTest, KnowsTheTree) {
  EXPECT_EQ(view().platform(), OrganizationNo{1});
  EXPECT_EQ(view().find_organization(id<OrganizationId>(3)), OrganizationNo{3});
  EXPECT_EQ(view().depth({1}), 0);
  EXPECT_EQ(view().depth({3}), 2);
  EXPECT_EQ(view().depth({9}), -1);
  EXPECT_TRUE(view().has_children({2}));
  EXPECT_FALSE(view().has_children({3}));
  EXPECT_EQ(view().organization_count(), 3);
  graph.apply(OrganizationFact{{3}, id<OrganizationId>(3), {4}});  // moved
  EXPECT_FALSE(view().has_children({2}));
  EXPECT_TRUE(view().is_within({3}, {4}));
  EXPECT_FALSE(view().is_within({3}, {2}));
}

TEST_F(GraphTest, ACycleInABrokenStoreHangsNothing) {
  graph.apply(OrganizationFact{{2}, id<OrganizationId>(2), {3}});
  graph.apply(HoldingFact{{1}, {2}, true, {{1}}});
  EXPECT_TRUE(view().allows(user(1), kView, {3}, kNow));
  EXPECT_FALSE(view().allows(user(1), kView, {4}, kNow));
  EXPECT_TRUE(view().is_within({2}, {3}));
  (void)view().scope(user(1), kNow);
  (void)view().explain(user(1), kView, {3}, kNow);
}

TEST_F(GraphTest, UndoTakesBackToTheMark) {
  graph.apply(HoldingFact{{1}, {2}, true, {{1}}});
  const auto mark = graph.mark();
  graph.apply(HoldingFact{{1}, {2}, false, {}});
  graph.apply(UserGone{{1}});
  graph.apply(OrganizationGone{{2}});
  EXPECT_FALSE(view().allows(user(1), kView, {3}, kNow));
  EXPECT_FALSE(view().find_user(id<UserId>(1)));
  graph.undo_to(mark);
  EXPECT_TRUE(view().allows(user(1), kView, {3}, kNow));
  EXPECT_EQ(view().find_user(id<UserId>(1)), UserNo{1});
  EXPECT_EQ(view().member_count({2}), 1);
}

TEST_F(GraphTest, ANameIsKnownAsLongAsItsOrganization) {
  EXPECT_EQ(view().name_key({2}), "");
  graph.apply(OrganizationNameFact{{2}, "acme"});
  graph.apply(OrganizationNameFact{{9}, "nobody's"});
  graph.publish(2);
  graph.read([](const View& published) {
    EXPECT_EQ(published.name_key({2}), "acme");
    EXPECT_EQ(published.name_key({9}), "");
    EXPECT_EQ(published.name_key({UINT32_MAX}), "");
  });
  const auto mark = graph.mark();
  graph.apply(OrganizationNameFact{{2}, "acme of the north"});
  graph.apply(OrganizationNameFact{{2}, "acme of the south"});
  EXPECT_EQ(view().name_key({2}), "acme of the south");
  graph.apply(OrganizationGone{{2}});
  EXPECT_EQ(view().name_key({2}), "");
  graph.read([](const View& published) { EXPECT_EQ(published.name_key({2}), "acme"); });
  graph.undo_to(mark);
  EXPECT_EQ(view().name_key({2}), "acme");
  graph.apply(OrganizationFact{{2}, id<OrganizationId>(2), {4}});  // moved
  EXPECT_EQ(view().name_key({2}), "acme");
  graph.apply(OrganizationGone{{2}});
  graph.publish(3);
  graph.apply(OrganizationFact{{2}, id<OrganizationId>(2), {1}});
  EXPECT_EQ(view().name_key({2}), "");
}

TEST_F(GraphTest, AKeyThatIsNoNamesIsNotKept) {
  graph.apply(OrganizationNameFact{{2}, "acme"});
  graph.apply(OrganizationNameFact{{2}, std::string(40'000, 'x')});
  EXPECT_EQ(view().name_key({2}), "");
  graph.apply(OrganizationNameFact{{3}, std::string(30'000, 'x')});
  EXPECT_EQ(view().name_key({3}).size(), 30'000U);
}

TEST_F(GraphTest, ReadersSeeNothingBeforePublishing) {
  graph.apply(HoldingFact{{1}, {2}, true, {{1}}});
  graph.read([](const View& published) { EXPECT_FALSE(published.allows(user(1), kView, {2}, kNow)); });
  graph.publish(2);
  graph.read([](const View& published) {
    EXPECT_TRUE(published.allows(user(1), kView, {2}, kNow));
    EXPECT_EQ(published.revision(), 2);
  });
  EXPECT_EQ(graph.revision(), 2);
  EXPECT_TRUE(view().allows(user(1), kView, {2}, kNow));
}

TEST_F(GraphTest, HoldsOfOneUserMayBeMany) {
  for (std::uint32_t no = 100; no < 200; ++no) {
    graph.apply(OrganizationFact{{no}, id<OrganizationId>(static_cast<std::uint8_t>(no)), {4}});
    graph.apply(HoldingFact{{1}, {no}, true, no % 2 == 0 ? std::vector<RoleNo>{{1}} : std::vector<RoleNo>{}});
  }
  graph.publish(2);
  for (std::uint32_t no = 100; no < 200; ++no) {
    EXPECT_EQ(view().allows(user(1), kView, {no}, kNow), no % 2 == 0);
    EXPECT_TRUE(view().is_member({1}, {no}));
  }
  EXPECT_EQ(view().holdings({1}).size(), 100U);
  EXPECT_GT(graph.memory().bytes, 800U);
}

TEST(GraphLoading, KeepsNamesOfAllLengthsInOnePlace) {
  const Permissions names;
  Graph graph(names);
  const auto key = [](std::uint32_t no) { return std::string(no * 7 % 300, static_cast<char>('a' + no % 26)); };
  for (std::uint32_t no = 1; no <= 2000; ++no) {
    Uuid uuid;
    uuid.bytes[14] = static_cast<std::uint8_t>(no >> 8U);
    uuid.bytes[15] = static_cast<std::uint8_t>(no);
    graph.load(OrganizationFact{{no}, OrganizationId(uuid), {no == 1 ? 0U : 1U}});
    graph.load(OrganizationNameFact{{no}, "to be forgotten"});
    graph.load(OrganizationNameFact{{no}, key(no)});
  }
  graph.finish_load(1);
  graph.apply(OrganizationNameFact{{7}, "renamed"});
  graph.publish(2);
  graph.read([&](const View& view) {
    EXPECT_EQ(view.organization_numbers_end(), 2001U);
    for (std::uint32_t no = 1; no <= 2000; ++no) EXPECT_EQ(view.name_key({no}), no == 7 ? "renamed" : key(no));
  });
  EXPECT_GT(graph.memory().organizations, 2000U * (150 + 16));
}

TEST(GraphLoading, TakesHoldingsInAnyOrder) {
  const Permissions names;
  Graph graph(names);
  graph.load(OrganizationFact{{1}, id<OrganizationId>(1), {}});
  graph.load(OrganizationFact{{2}, id<OrganizationId>(2), {1}});
  graph.load(OrganizationFact{{3}, id<OrganizationId>(3), {1}});
  for (std::uint8_t no = 1; no <= 3; ++no) graph.load(UserFact{{no}, id<UserId>(no), true});
  graph.load(RoleFact{{1}, id<RoleId>(1), "viewer", 10, {"users.view"}});
  const RoleNo role{1};
  graph.load_holding({2}, {3}, true, &role, 1);
  graph.load_holding({1}, {3}, true, nullptr, 0);
  graph.load_holding({1}, {2}, true, nullptr, 0);
  graph.load_holding({2}, {2}, true, nullptr, 0);
  graph.load_holding({2}, {3}, true, nullptr, 0);  // the later one counts
  graph.load_holding({1}, {2}, false, &role, 1);
  graph.load_holding({9}, {2}, true, &role, 1);  // nobody
  graph.finish_load(5);
  graph.read([](const View& view) {
    EXPECT_EQ(view.revision(), 5);
    EXPECT_EQ(view.holdings({1}).size(), 2U);
    EXPECT_TRUE(view.allows(user(1), kView, {2}, kNow));
    EXPECT_FALSE(view.is_member({1}, {2}));
    EXPECT_FALSE(view.allows(user(2), kView, {3}, kNow));
    EXPECT_EQ(view.member_count({2}), 1);
    EXPECT_EQ(view.member_count({3}), 2);
    EXPECT_EQ(view.find_user(id<UserId>(3)), UserNo{3});
    EXPECT_EQ(view.user_count(), 3);
  });
  EXPECT_EQ(graph.working().member_count({3}), 2);
}

}  // namespace
}  // namespace gatehouse::access
