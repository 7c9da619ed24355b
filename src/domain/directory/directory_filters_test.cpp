// Lists of people against a naive reading of the rows: whatever the conditions, the order and the paging.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/directory_fixture.hpp"
#include "support_cpp/naive_directory.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::DirectoryWorld;
using gatehouse::testing::NaiveDirectory;
using gatehouse::testing::need;
using ::testing::ElementsAreArray;

constexpr std::size_t kPeople = 350;

// Names that are alike in parts, other scripts, and what means something in a pattern.
constexpr std::array<std::string_view, 10> kFirst{"Ann",  "ANNA", "Bo",        "\u00dcnal", "\u00fcnal",
                                                  "100%", "a_b",  "Jos\u00e9", "",          "de la"};
constexpr std::array<std::string_view, 8> kLast{"Lee", "lee", "Le", "M\u00fcller", "O'Hara", "x\\y", "", "Ng"};
constexpr std::array<std::string_view, 14> kSearched{"ann", "AN",  "lee", "\u00fcnal", "%",   "_",    "\\",
                                                     "o'h", "n l", "@",   "person-1",  "7@e", "zzzz", "  lee "};

class DirectoryFilters : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  DirectoryFilters() : random(GetParam()) {
    for (int i = 0; i < 24; ++i) {
      const auto parent = i < 3 ? OrganizationNo() : any(organizations).no;
      organizations.push_back(world.organization("Org " + std::to_string(i), parent));
    }
    for (int i = 0; i < 5; ++i) providers.push_back(world.external("Provider " + std::to_string(i)));
    const auto document = world.document("PP");
    while (people.size() < kPeople) {
      world.clock.advance_s(1);
      world.unit([&](Unit& unit) {
        for (auto count = 1 + below(30); count > 0; --count) people.push_back(make(unit, document.id));
      });
    }
    for (const auto& one : people) {
      if (below(8) == 0) world.set_status(one, UserStatus::kInactive);
    }
    for (int i = 0; i < 60; ++i) offer();
  }

  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random.below(bound)); }
  template <class T>
  const typename T::value_type& any(const T& all) {
    return all[below(all.size())];
  }
  // A few organizations and roles have most of the people, so that lists of every length are asked for.
  std::size_t skewed(std::size_t bound) { return below(below(bound) + 1); }

  User make(Unit& unit, const IdentificationTypeId& document) {
    const auto i = people.size();
    NewUser input;
    input.user_name = (below(2) == 0 ? "person-" : "P\u00e9rson_") + std::to_string(i);
    input.email = std::string(any(std::array{"a", "b", "Mail"})) + std::to_string(i) + "@example.org";
    input.first_name = any(kFirst);
    input.last_name = any(kLast);
    if (below(3) == 0) input.display_name = "Shown " + std::string(any(kFirst));
    if (below(3) != 0) input.password_hash = "no hash";
    if (below(2) == 0) input.identification = {document, (below(2) == 0 ? "ab " : "AB") + std::to_string(i)};
    auto made = need(Users::insert(unit, input));
    for (auto count = below(6); count > 0; --count) {
      Memberships::put(unit, made.no, organizations[skewed(organizations.size())].no, {});
    }
    if (below(3) == 0) Memberships::put(unit, made.no, world.platform, {world.role(any(kRoles))});
    for (auto count = below(3); count > 0; --count) {
      (void)Providers::add_user(unit, made.no, providers[skewed(providers.size())].id);
    }
    return made;
  }
  // Some of which lapse, are declined or taken up.
  void offer() {
    const auto person = world.somebody(any(people).email, "viewer", {any(organizations), any(organizations)});
    const auto secret = world.joining(world.as_root, person);
    if (!secret.empty() && below(4) == 0) (void)world.joins->activate(secret);
    if (!secret.empty() && below(4) == 0) (void)world.joins->reject(secret);
    world.delivered();
    world.clock.advance_s(static_cast<std::int64_t>(below(20'000)));
  }
  PersonFilter filter() {
    PersonFilter filter;
    if (below(4) == 0) filter.search = any(kSearched);
    if (below(4) == 0) {
      for (const auto one : {UserStatus::kNew, UserStatus::kActive, UserStatus::kInactive}) {
        if (below(2) == 0) filter.statuses.push_back(one);
      }
    }
    if (below(12) == 0) filter.user = any(people).id;
    if (below(12) == 0) filter.user_name = text::ascii_lower(any(people).user_name);
    if (below(12) == 0) filter.email = text::ascii_lower(any(people).email);
    if (below(10) == 0) filter.identification_number = "AB" + std::to_string(below(kPeople));
    if (below(4) == 0) filter.platform_role = world.role_id(any(kRoles));
    if (below(4) == 0) filter.organization = organizations[skewed(organizations.size())].id;
    if (below(4) == 0) filter.provider = providers[skewed(providers.size())].id;
    if (below(30) == 0) filter.organization = OrganizationId(Uuid::v7(world.now(), random));
    if (below(30) == 0) filter.platform_role = RoleId(Uuid::v7(world.now(), random));
    filter.order = static_cast<PersonFilter::Order>(below(4));
    filter.descending = below(2) == 0;
    return filter;
  }
  // All pages of it together, and that every page knows the total.
  template <class F>
  void expect_list(const std::vector<std::string>& expected, F&& list) {
    const auto limit = static_cast<std::int64_t>(1 + below(expected.size() + 5));
    std::vector<std::string> all;
    for (std::int64_t skip = 0;; skip += limit) {
      const auto page = list(Paging{skip, limit});
      ASSERT_EQ(page.total, static_cast<std::int64_t>(expected.size()));
      ASSERT_LE(static_cast<std::int64_t>(page.items.size()), limit);
      for (const auto& name : DirectoryWorld::names(page)) all.push_back(name);
      if (skip >= page.total) break;
    }
    ASSERT_THAT(all, ElementsAreArray(expected));
  }

  static constexpr std::array<const char*, 4> kRoles{"viewer", "viewer", "Support Agent", "Customer"};
  DirectoryWorld world;
  SeededRandom random;
  std::vector<Organization> organizations;
  std::vector<Provider> providers;
  std::vector<User> people;
};

TEST_P(DirectoryFilters, AreAllAskedForWhateverTheOrderAndThePaging) {
  const NaiveDirectory naive(*world.database, world.platform, world.now());
  ASSERT_GT(naive.size(), kPeople);
  int wide = 0;
  int narrow = 0;
  int nobody = 0;
  for (int i = 0; i < 250; ++i) {
    const auto asked = filter();
    const auto expected = naive.list(asked);
    if (asked.organization || asked.platform_role || asked.provider) {
      ++(expected.size() > naive.size() / 4 ? wide : narrow);
    }
    nobody += expected.empty() ? 1 : 0;
    expect_list(expected, [&](const Paging& paging) { return world.list(world.as_root, asked, paging); });
    if (HasFatalFailure()) FAIL() << "at filter " << i;
  }
  EXPECT_GT(wide, 3) << "along the order of the list";
  EXPECT_GT(narrow, 50) << "from the few that are in it";
  EXPECT_LT(nobody, 200);
}

TEST_P(DirectoryFilters, AreAllAskedForOfThoseWhoBelongToATree) {
  const NaiveDirectory naive(*world.database, world.platform, world.now());
  int wide = 0;
  int narrow = 0;
  for (int i = 0; i < 250; ++i) {
    const auto& within = any(organizations);
    const auto asked = filter();
    const auto expected = naive.list(asked, within.id);
    ++(expected.size() > naive.size() / 4 ? wide : narrow);
    expect_list(expected,
                [&](const Paging& paging) { return world.list_within(world.as_root, within.no, asked, paging); });
    if (HasFatalFailure()) FAIL() << "at filter " << i;
  }
  EXPECT_GT(wide, 5);
  EXPECT_GT(narrow, 50);
}

TEST_P(DirectoryFilters, OfNothingAreEverybodyInEveryOrder) {
  const NaiveDirectory naive(*world.database, world.platform, world.now());
  for (const auto order : {PersonFilter::Order::kUserName, PersonFilter::Order::kEmail, PersonFilter::Order::kLastName,
                           PersonFilter::Order::kCreatedAt}) {
    for (const bool descending : {false, true}) {
      const PersonFilter everybody{.order = order, .descending = descending};
      expect_list(naive.list(everybody),
                  [&](const Paging& paging) { return world.list(world.as_root, everybody, paging); });
      expect_list(naive.list(everybody), [&](const Paging& paging) {
        return world.list_within(world.as_root, world.platform, everybody, paging);
      });
    }
  }
  const auto within = any(organizations);
  expect_list(naive.list({}, within.id),
              [&](const Paging& paging) { return world.list_within(world.as_root, within.no, {}, paging); });
}

INSTANTIATE_TEST_SUITE_P(Seeds, DirectoryFilters, ::testing::Range<std::uint64_t>(1, 4));

}  // namespace
}  // namespace gatehouse::domain
