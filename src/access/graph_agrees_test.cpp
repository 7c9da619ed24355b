// The graph against the naive model: random sequences of facts, taken back and published, and every question asked.
#include <gtest/gtest.h>

#include "access/naive_model.hpp"

namespace gatehouse::access {
namespace {

constexpr std::uint32_t kOrganizations = 30;
constexpr std::uint32_t kUsers = 20;
constexpr std::uint32_t kRoles = 6;
constexpr std::uint32_t kOthers = 5;  // connections, clients, tokens, sessions: each
constexpr Timestamp kNow{1'000'000};

template <class T>
T id(std::uint32_t kind, std::uint32_t no) {
  Uuid uuid;
  uuid.bytes[0] = static_cast<std::uint8_t>(kind);
  uuid.bytes[14] = 1;
  uuid.bytes[15] = static_cast<std::uint8_t>(no);
  return T(uuid);
}

class RandomFacts {
 public:
  explicit RandomFacts(std::uint64_t seed) : random_(seed) {}

  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_.below(bound)); }

  Fact next() {
    switch (below(21)) {
      case 0:
      case 1:
      case 2: return organization();
      case 3: return OrganizationGone{{1 + below(kOrganizations)}};
      case 4:
      case 5: return UserFact{user(), id<UserId>(2, last_ + 100 * below(2)), below(5) != 0};
      case 6: return UserGone{user()};
      case 7: return role();
      case 8: return RoleGone{{1 + below(kRoles)}};
      case 9: return ConnectionFact{id<ConnectionId>(4, below(kOthers)), place(), place(), roles()};
      case 10: return ConnectionGone{id<ConnectionId>(4, below(kOthers))};
      case 11: return ClientFact{id<ClientId>(5, below(kOthers)), user(), place(), time(), {}, scopes()};
      case 12: return below(3) == 0 ? Fact(ClientGone{id<ClientId>(5, below(kOthers))}) : token();
      case 13: return below(3) == 0 ? Fact(ApiTokenGone{id<ApiTokenId>(6, below(kOthers))}) : token();
      case 14: return SessionFact{id<SessionId>(7, below(kOthers)), user(), place(), time()};
      case 15: return below(3) == 0 ? Fact(SessionGone{id<SessionId>(7, below(kOthers))}) : organization();
      case 16: return OrganizationNameFact{place(), std::string(below(40), static_cast<char>('a' + below(26)))};
      default: return HoldingFact{user(), place(), below(2) == 0, roles()};
    }
  }
  // The tree has no cycles: a parent's number is below its child's.
  Fact organization() {
    const auto no = 1 + below(kOrganizations);
    return OrganizationFact{{no}, id<OrganizationId>(1, no), {no == 1 ? 0 : 1 + below(no - 1)}};
  }
  Fact role() {
    static const std::vector<std::string> kNames{"organizations.view", "users.view", "users.edit", "app.view",
                                                 "nobody.knows"};
    RoleFact fact{{1 + below(kRoles)}, {}, {}, static_cast<std::int32_t>(below(5)) - 1, {}};
    fact.id = id<RoleId>(3, fact.no.value);
    fact.name = "role " + std::to_string(fact.no.value);
    for (const auto& name : kNames) {
      if (below(3) == 0) fact.permissions.push_back(name);
    }
    return fact;
  }

 private:
  UserNo user() { return {last_ = 1 + below(kUsers)}; }
  OrganizationNo place() { return {1 + below(kOrganizations)}; }
  Timestamp time() { return below(4) == 0 ? Timestamp{kNow.micros + below(2)} : kNever; }
  std::vector<RoleNo> roles() {
    std::vector<RoleNo> some(below(4));
    for (auto& no : some) no = {1 + below(kRoles)};
    return some;
  }
  std::vector<std::string> scopes() {
    std::vector<std::string> some;
    for (const auto* scope : {"organizations.read", "users.read", "users.write", "app.write"}) {
      if (below(2) == 0) some.emplace_back(scope);
    }
    return some;
  }
  Fact token() {
    const auto no = below(kOthers);
    Digest secret{};
    secret[0] = static_cast<std::uint8_t>(1 + no);
    secret[1] = static_cast<std::uint8_t>(below(2));
    return ApiTokenFact{id<ApiTokenId>(6, no), place(), time(), secret, roles()};
  }

  SeededRandom random_;
  std::uint32_t last_ = 0;
};

std::vector<Principal> everybody() {
  std::vector<Principal> all{Principal{}, Principal::system()};
  for (std::uint32_t no = 1; no <= kUsers; ++no) {
    Principal user;
    user.kind = Principal::Kind::kUser;
    user.user = {no};
    all.push_back(user);
    user.session = id<SessionId>(7, no % kOthers);
    all.push_back(user);
  }
  for (std::uint32_t no = 0; no < kOthers; ++no) {
    Principal other;
    other.kind = Principal::Kind::kClient;
    other.id = id<ClientId>(5, no);
    all.push_back(other);
    other.kind = Principal::Kind::kApiToken;
    other.id = id<ApiTokenId>(6, no);
    all.push_back(other);
  }
  return all;
}

void expect_well_formed(const View& view, const Scope& scope) {
  for (const auto tree : scope.trees) {
    for (const auto other : scope.trees) EXPECT_TRUE(tree == other || !view.is_within(tree, other));
    for (const auto single : scope.singles) EXPECT_FALSE(view.is_within(single, tree));
  }
  EXPECT_TRUE(!scope.everything || (scope.trees.empty() && scope.singles.empty()));
}

// Every question about one principal.
void expect_same(const View& view, const NaiveModel& model, const Permissions& names, const Principal& who) {
  ASSERT_EQ(view.stands(who, kNow), model.stands(who, kNow));
  std::set<OrganizationNo> reached;
  std::map<PermissionNo, std::set<OrganizationNo>> held_where;
  const std::vector<PermissionNo> asked{permission::kOrganizationsView, permission::kUsersView, permission::kUsersEdit,
                                        *names.find("app.view"), permission::kAccountsEdit};
  for (std::uint32_t value = 0; value <= kOrganizations + 1; ++value) {
    const OrganizationNo at{value};
    const auto expected = model.effective(who, at, kNow);
    PermissionSet set;
    for (const auto& name : expected) set.insert(*names.find(name));
    const auto effective = view.effective(who, at, kNow);
    if (who.kind == Principal::Kind::kSystem) {
      ASSERT_EQ(effective, expected.empty() ? PermissionSet() : PermissionSet::all());
    } else {
      ASSERT_EQ(effective, set) << "at " << value;
    }
    for (const auto permission : asked) {
      ASSERT_EQ(view.allows(who, permission, at, kNow), set.contains(permission));
      const auto why = view.explain(who, permission, at, kNow);
      ASSERT_EQ(why.allowed, set.contains(permission));
      ASSERT_EQ(why.why_not.empty(), why.allowed);
      if (why.allowed && why.via != Via::kSystem) {
        ASSERT_TRUE(view.role(why.role)->permissions.contains(permission));
        ASSERT_TRUE(model.within(at, why.held_at));
        ASSERT_TRUE(model.roles_at(who, at, kNow).contains(why.role));
      }
      if (set.contains(permission)) held_where[permission].insert(at);
    }
    ASSERT_EQ(view.weight(who, at, kNow), model.weight(who, at, kNow));
    ASSERT_EQ(view.reaches(who, at, kNow), model.reaches(who, at, kNow)) << "at " << value;
    if (model.reaches(who, at, kNow)) reached.insert(at);
  }
  const auto scope = view.scope(who, kNow);
  expect_well_formed(view, scope);
  if (scope.everything && who.kind != Principal::Kind::kSystem) {
    std::erase_if(reached, [&](OrganizationNo no) { return !model.within(no, model.platform()); });
  }
  ASSERT_EQ(model.meant_by(scope, who), reached);
  for (const auto permission : asked) {
    const auto where = view.scope(who, permission, kNow);
    expect_well_formed(view, where);
    ASSERT_TRUE(where.singles.empty());
    ASSERT_EQ(model.meant_by(where, who), held_where[permission]);
  }
}

void expect_same(const View& view, const NaiveModel& model, const Permissions& names) {
  for (const auto& who : everybody()) {
    expect_same(view, model, names, who);
    if (testing::Test::HasFatalFailure()) return;
  }
  ASSERT_EQ(view.platform(), model.platform());
  ASSERT_EQ(view.user_count(), model.user_count());
  const auto organizations = model.organizations();
  ASSERT_EQ(view.organization_count(), static_cast<std::int64_t>(organizations.size()) - (model.platform() ? 1 : 0));
  for (std::uint32_t value = 1; value <= kOrganizations; ++value) {
    ASSERT_EQ(view.member_count({value}), model.member_count({value}));
    ASSERT_EQ(view.has_children({value}), model.has_children({value}));
    ASSERT_EQ(view.name_key({value}), model.name_key({value}));
    ASSERT_LT(organizations.contains({value}) ? value : 0, view.organization_numbers_end());
    const OrganizationNo expected{organizations.contains({value}) ? value : 0};
    ASSERT_EQ(view.find_organization(id<OrganizationId>(1, value)), expected);
  }
}

class GraphAgrees : public testing::TestWithParam<std::uint64_t> {};

TEST_P(GraphAgrees, WithTheNaiveModelAfterAnySequence) {
  Permissions names;
  ASSERT_TRUE(names.add("app.view", "").ok());
  RandomFacts facts(GetParam());
  Graph graph(names);
  NaiveModel working(names);
  const auto load = [&](const Fact& fact) {
    graph.load(fact);
    working.apply(fact);
  };
  for (int i = 0; i < 60; ++i) load(facts.organization());
  for (std::uint32_t no = 1; no <= kUsers; ++no) load(UserFact{{no}, id<UserId>(2, no), true});
  for (int i = 0; i < 10; ++i) load(facts.role());
  for (int i = 0; i < 120; ++i) {
    auto fact = facts.next();
    if (std::holds_alternative<HoldingFact>(fact) || std::holds_alternative<OrganizationNameFact>(fact)) load(fact);
  }
  graph.finish_load(1);
  NaiveModel published = working;
  std::vector<std::pair<Graph::Mark, NaiveModel>> marks;
  Revision revision = 1;
  for (int step = 0; step < 12; ++step) {
    for (std::uint32_t i = facts.below(12); i != 0; --i) {
      if (facts.below(3) == 0) marks.emplace_back(graph.mark(), working);
      const auto fact = facts.next();
      graph.apply(fact);
      working.apply(fact);
    }
    if (!marks.empty() && facts.below(3) == 0) {
      const auto back = facts.below(static_cast<std::uint32_t>(marks.size()));
      graph.undo_to(marks[back].first);
      working = marks[back].second;
      marks.resize(back, {0, working});
    }
    expect_same(graph.working(), working, names);
    if (HasFatalFailure()) return;
    graph.read([&](const View& view) { expect_same(view, published, names); });
    if (HasFatalFailure()) return;
    if (facts.below(2) == 0) {
      graph.publish(++revision);
      published = working;
      marks.clear();
    }
  }
  graph.publish(++revision);
  graph.read([&](const View& view) {
    EXPECT_EQ(view.revision(), revision);
    expect_same(view, working, names);
  });
}

INSTANTIATE_TEST_SUITE_P(Seeds, GraphAgrees, testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace gatehouse::access
