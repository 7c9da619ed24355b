// What is found on the roll against a naive reading of the rows in the same transaction: whatever has changed since, and
// whoever searches meanwhile.
#include "domain/users/user_roll.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/text.hpp"
#include "domain/users/user_roll_store.hpp"
#include "support_cpp/domain_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::Domain;
using gatehouse::testing::need;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Row {
  UserNo no;
  std::vector<std::string> names{};
  UserStatus status = UserStatus::kNew;
};

std::vector<Row> rows_of(sql::Tx& tx) {
  std::vector<Row> rows;
  tx.each("SELECT no, user_name, email, display_name, first_name, last_name, status FROM users ORDER BY user_name_key",
          {}, [&](const sql::Row& row) {
            rows.push_back({{static_cast<std::uint32_t>(row.integer(0))},
                            {std::string(row.text(1)), std::string(row.text(2)), std::string(row.text(3)),
                             std::string(row.text(4)).append(" ").append(row.text(5))},
                            parse_user_status(row.text(6)).value()});
            return true;
          });
  return rows;
}

// By user name.
std::vector<UserNo> naive(sql::Tx& tx, const RollQuestion& question) {
  std::vector<UserNo> found;
  const auto part = text::name_key(question.part);
  for (const auto& row : rows_of(tx)) {
    const auto& states = question.statuses;
    const bool fits = std::any_of(row.names.begin(), row.names.end(), [&](const std::string& name) {
      return text::name_key(name).find(part) != std::string::npos;
    });
    if (fits && (states.empty() || std::find(states.begin(), states.end(), row.status) != states.end()))
      found.push_back(row.no);
  }
  return found;
}

std::vector<UserNo> ascending(std::vector<UserNo> numbers) {
  std::sort(numbers.begin(), numbers.end(), [](UserNo a, UserNo b) { return a.value < b.value; });
  return numbers;
}

class Roll : public ::testing::Test {
 protected:
  Roll() : root(domain.user("root")) {
    domain.join(root, domain.platform, {"Super Admin"});
    as_root = domain.as(root);
  }
  std::vector<std::string> found(std::string_view part) {
    std::vector<std::string> names;
    domain.ledger->read([&](sql::Tx& tx) {
      for (const auto& user : Users::find(tx, roll.find(tx, {part, {}}).numbers())) names.push_back(user.user_name);
    });
    return names;
  }
  User create(NewUser input) {
    User made;
    domain.unit([&](Unit& unit) { made = need(Users::insert(unit, input)); });
    return made;
  }
  void update(const User& user, const UserPatch& patch) {
    need(domain.users->update(domain.permit<Action::kAccountEdit>(as_root), user.id, patch));
  }
  void remove(const User& user) { need(domain.users->remove(domain.permit<Action::kAccountRemove>(as_root), user.id)); }

  Domain domain;
  User root;
  Principal as_root;
  UserRoll roll;
};

TEST_F(Roll, HasAnyPartOfAnyNameWhateverItsCase) {
  create(
      {.user_name = "One", .email = "First@M\u00fcnchen.example", .first_name = "Jos\u00e9", .last_name = "\u00dcnal"});
  create({.user_name = "two", .email = "second@example.com", .display_name = "Stra\u00dfe 100%_\\"});
  EXPECT_THAT(found("\u00fcNAL"), ElementsAre("One"));
  EXPECT_THAT(found("S\u00c9 \u00fcn"), ElementsAre("One")) << "from the first name into the last";
  EXPECT_THAT(found("T@m\u00dcn"), ElementsAre("One"));
  EXPECT_THAT(found("first@xn--mnchen-3ya.example"), ElementsAre("One")) << "the same address";
  EXPECT_THAT(found("STRASSE"), ElementsAre("two"));
  EXPECT_THAT(found(" 100%_\\ "), ElementsAre("two"));
  EXPECT_THAT(found("_\\x"), IsEmpty());
  EXPECT_THAT(found("example"), ElementsAre("root", "One", "two"));
  EXPECT_THAT(found("w"), ElementsAre("two"));
  EXPECT_THAT(found("\xc3"), IsEmpty()) << "half a letter";
  EXPECT_THAT(found("\xff"), IsEmpty());
}

TEST_F(Roll, HasNoPartThatReachesFromOneNameIntoTheNext) {
  create({.user_name = "ab", .email = "cd@example.com", .display_name = "ef"});
  create({.user_name = "gh", .email = "ij@example.com", .display_name = "kl"});
  for (const auto* part : {"abcd", "comab", "abef", "efgh", "efij", "klab", "cdab"})
    EXPECT_THAT(found(part), IsEmpty());
  EXPECT_THAT(found("ef"), ElementsAre("ab"));
}

TEST_F(Roll, KnowsAnAddressThatWasTakenBackFromWhoeverHadOnlyClaimedIt) {
  const auto ann = domain.user("ann");
  need(domain.users->update_self(domain.permit<Action::kSelfEdit>(domain.as(ann)), {.email = "wanted@example.com"}));
  EXPECT_THAT(found("wanted"), ElementsAre("ann"));
  create({.user_name = "bob", .email = "wanted@example.com"});
  EXPECT_THAT(found("wanted"), ElementsAre("bob"));
  EXPECT_THAT(found("ann@"), ElementsAre("ann"));
}

class RollOfMany : public Roll, public ::testing::WithParamInterface<std::uint64_t> {
 protected:
  static constexpr std::array<std::string_view, 6> kNames{"Ann", "ANNA", "Bo", "\u00dcnal", "de la", ""};
  static constexpr std::array<std::string_view, 9> kParts{"ann", "a",        "\u00fc", "7", "12",
                                                          "n l", "@example", "zzz",    ""};

  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(draws.below(bound)); }
  std::string_view any_name() { return kNames[below(kNames.size())]; }
  void fill(std::size_t count) {
    domain.unit([&](Unit& unit) {
      for (std::size_t i = 0; i < count; ++i) {
        const auto name = "p" + std::to_string(made++);
        NewUser input{.user_name = name, .email = name + "@example.com"};
        input.first_name = any_name();
        input.last_name = any_name();
        if (below(2) == 0) input.password_hash = "no hash";
        people.push_back(need(Users::insert(unit, input)));
      }
    });
  }
  void change_something() {
    const auto at = below(people.size());
    switch (below(5)) {
      case 0: return fill(1 + below(3));
      case 1: return update(people[at], {.user_name = "renamed" + std::to_string(made++)});
      case 2: return update(people[at], {.status = below(2) == 0 ? UserStatus::kInactive : UserStatus::kActive});
      case 3:
        return update(people[at], {.display_name = std::string(any_name()), .last_name = std::string(any_name())});
      default: remove(people[at]); people.erase(people.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  RollQuestion question() {
    states.clear();
    for (const auto one : {UserStatus::kNew, UserStatus::kActive, UserStatus::kInactive}) {
      if (below(3) == 0) states.push_back(one);
    }
    return {kParts[below(kParts.size())], states};
  }

  SeededRandom draws{GetParam()};
  std::size_t made = 0;
  std::vector<User> people;
  std::vector<UserStatus> states;
};

TEST_P(RollOfMany, FollowsTheStoreWhateverIsDoneToIt) {
  fill(2100);  // more than two leaves
  UserRoll forgetful(3);
  for (int round = 0; round < 60; ++round) {
    for (auto changes = below(6); changes > 0; --changes) change_something();
    const auto asked = question();
    domain.as(root);  // a change that is about no account
    domain.ledger->read([&](sql::Tx& tx) {
      for (const auto one : {UserStatus::kNew, UserStatus::kInactive}) {
        EXPECT_EQ(roll.count(tx, one), std::ssize(naive(tx, {{}, std::span(&one, 1)})));
      }
      const auto expected = ascending(naive(tx, asked));
      EXPECT_EQ(roll.find(tx, asked).numbers(), expected);
      EXPECT_EQ(forgetful.find(tx, asked).numbers(), expected);
      const auto even = [&](const UserRoll::Sink& use) {
        for (std::uint32_t no = 0; no < 10'000; no += 2) use({no});
      };
      auto among = expected;
      std::erase_if(among, [](UserNo no) { return no.value % 2 != 0; });
      EXPECT_EQ(roll.find_among(tx, asked, even).numbers(), among);
    });
    if (HasFailure()) FAIL() << "in round " << round << " for '" << asked.part << "'";
  }
}

TEST_P(RollOfMany, PagesThroughFewAndThroughMany) {
  fill(2600);
  for (int i = 0; i < 40; ++i) {
    const auto asked = question();
    domain.ledger->read([&](sql::Tx& tx) {
      const auto set = roll.find(tx, asked);
      const auto expected = naive(tx, asked);
      ASSERT_EQ(set.size(), std::ssize(expected));
      const auto limit = static_cast<std::int64_t>(1 + below(700));
      std::vector<UserNo> all;
      for (std::int64_t skip = 0; skip <= set.size(); skip += limit) {
        // However wrong the count of accounts that the way to the page is guessed by.
        const auto page = user_roll_store::page(tx, set, " ORDER BY u.user_name_key", {skip, limit},
                                                static_cast<std::int64_t>(below(5000)));
        ASSERT_LE(std::ssize(page), limit);
        all.insert(all.end(), page.begin(), page.end());
      }
      EXPECT_EQ(all, expected);
    });
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RollOfMany, ::testing::Range<std::uint64_t>(1, 3));

TEST_F(Roll, LetsInNoMoreSearchesThanLeaveThreadsForOthers) {
  std::vector<UserRoll::Turn> turns;
  for (int i = 0; i < kMaxSearches; ++i) turns.push_back(need(roll.turn()));
  EXPECT_EQ(gatehouse::testing::code(roll.turn()), "search.busy");
  turns.pop_back();
  EXPECT_TRUE(roll.turn().ok());
  EXPECT_TRUE(roll.turn().ok()) << "the one before has gone";
}

TEST_F(Roll, IsAsTheTransactionSeesItWhileOthersSearchAndChange) {
  std::vector<User> people;
  for (int i = 0; i < 40; ++i) people.push_back(domain.user("even" + std::to_string(i)));
  std::atomic<bool> done = false;
  std::atomic<int> searches = 0;
  const auto search = [&] {
    while (!done || searches < 20) {
      domain.database->read([&](sql::Tx& tx) {
        const auto set = roll.find(tx, {"even", {}});
        EXPECT_EQ(set.numbers(), ascending(naive(tx, {"even", {}})));
      });
      ++searches;
    }
  };
  std::thread first(search);
  std::thread second(search);
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < people.size(); ++i) {
      update(people[i], {.user_name = (round % 2 == 0 ? "odd" : "even") + std::to_string(i),
                         .email = (round % 2 == 0 ? "odd" : "even") + std::to_string(i) + "@example.com",
                         .display_name = ""});
    }
  }
  done = true;
  first.join();
  second.join();
}

}  // namespace
}  // namespace gatehouse::domain
