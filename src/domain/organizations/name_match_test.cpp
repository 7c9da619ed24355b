#include "domain/organizations/name_match.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "domain/changes/verification.hpp"
#include "support_cpp/domain_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Domain;
using gatehouse::testing::need;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// Numbered from 1 as they stand.
NameSearch searched(std::string_view company, const std::vector<std::string>& names) {
  NameSearch search(text::name_key(company));
  std::uint32_t no = 0;
  for (const auto& name : names) search.consider({++no}, text::name_key(name));
  return search;
}

std::string verdict(std::string_view company, const std::vector<std::string>& names) {
  const auto search = searched(company, names);
  if (const auto match = search.match()) return names[match->no.value - 1] + (match->exact ? " exact" : " like");
  return search.candidates().empty() ? "none" : "ambiguous";
}

TEST(NameSearch, PrefersTheEqualNameToAnyLikeIt) {
  EXPECT_EQ(verdict("Acme", {"Acme Corp", "Acme", "Acne"}), "Acme exact");
  EXPECT_EQ(verdict(" aCME  corp ", {"Acme Corp", "Acme"}), "Acme Corp exact");
}

TEST(NameSearch, TakesTheOneThatIsLikeIt) {
  EXPECT_EQ(verdict("Globx", {"Globex", "Initech", "Umbrella"}), "Globex like");
  EXPECT_EQ(verdict("Globex Corporation", {"Globex Corp", "Initech", "Umbrella"}), "Globex Corp like");
  EXPECT_EQ(verdict("Xyzzy", {"Globex", "Initech"}), "none");
  EXPECT_EQ(verdict("Globx", {}), "none");
}

TEST(NameSearch, RefusesToGuessBetweenTwo) {
  EXPECT_EQ(verdict("Acme", {"Acme North", "Acme South"}), "ambiguous");
  EXPECT_EQ(verdict("Acme Northh", {"Acme North", "Acme South"}), "Acme North like");
  EXPECT_THAT(searched("Acme", {"Umbrella", "Acme North", "Acme South"}).candidates(),
              ElementsAre(OrganizationNo{2}, OrganizationNo{3}));
  // Two that have the same key.
  EXPECT_EQ(verdict("platform", {"Platform", "PLATFORM"}), "ambiguous");
}

TEST(NameSearch, CountsTheLimitsAsReached) {
  // Winkler's JON and JAN: 0.80 as a decimal number, a little less as a sum.
  EXPECT_EQ(verdict("Jon", {"Jan"}), "Jan like");
  ASSERT_NEAR(text::Similar("jon").to("jan"), 0.80, 1e-12);
  // Of twenty letters 19 and 14: 0.99 and 0.94, were it not for rounding. With 15 it is 0.945.
  const std::string asked = "abcdefghijklmnopqrst";
  const std::string best = asked.substr(0, 19);
  ASSERT_NEAR(text::Similar(asked).to(best) - text::Similar(asked).to(asked.substr(0, 14)), NameSearch::kMargin, 1e-12);
  EXPECT_EQ(verdict(asked, {asked.substr(0, 14), best}), best + " like");
  EXPECT_EQ(verdict(asked, {asked.substr(0, 15), best}), "ambiguous");
}

TEST(NameSearch, MindsASecondThatAloneWouldNotDo) {
  ASSERT_NEAR(text::Similar("jon").to("kon"), 0.778, 0.001);
  EXPECT_EQ(verdict("Jon", {"Kon", "Jan"}), "ambiguous");
  EXPECT_EQ(verdict("Jon", {"Jan", "Kon"}), "ambiguous");
  EXPECT_EQ(verdict("Jon", {"Kon"}), "none");
}

TEST(NameSearch, ListsTheTenThatAreBest) {
  std::vector<std::string> names;
  for (char c = 'z'; c >= 'a'; --c) names.push_back("Branch of the north " + std::string(1, c) + std::string(1, c));
  names.emplace_back("Branch of the north b");
  const auto search = searched("branch of the north a", names);
  EXPECT_FALSE(search.match().has_value());
  const auto candidates = search.candidates();
  ASSERT_THAT(candidates, SizeIs(NameSearch::kMostCandidates));
  EXPECT_EQ(candidates[0], OrganizationNo{26});  // "… aa"
  EXPECT_EQ(candidates[1], OrganizationNo{27});  // "… b"
  EXPECT_EQ(candidates[2], OrganizationNo{1});   // and then as they came
}

TEST(NameSearch, ReadsNamesAsPeopleDo) {
  EXPECT_EQ(verdict("STRASSE AG", {"Stra\u00dfe AG", "Strand AG"}), "Stra\u00dfe AG exact");
  EXPECT_EQ(verdict("cafe\u0301 roma", {"Caf\u00e9 Roma"}), "Caf\u00e9 Roma exact");
  EXPECT_EQ(verdict("\uff21\uff23\uff2d\uff25", {"Acme"}), "Acme exact");
  EXPECT_EQ(verdict("\u0627\u0644\u0634\u0631\u0643\u0629 \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
                    {"\u0627\u0644\u0634\u0631\u0643\u0629 \u0627\u0644\u0639\u0631\u0628\u064a\u0647", "Acme"}),
            "\u0627\u0644\u0634\u0631\u0643\u0629 \u0627\u0644\u0639\u0631\u0628\u064a\u0647 like");
  EXPECT_EQ(verdict("\U0001F434 Horse", {"\U0001F434 Horses", "\U0001F98A Fox"}), "\U0001F434 Horses like");
  EXPECT_EQ(verdict("\U0001F434", {"\U0001F98A"}), "none");
  // The dotless i is a letter of its own (Unicode folds it into nothing else), so it is like an i, not equal.
  EXPECT_EQ(verdict("Ayd\u0131n Tekstil", {"Aydin Tekstil"}), "Aydin Tekstil like");
  EXPECT_EQ(verdict("I\u015e\u0130K", {"\u0131\u015f\u0131k"}), "none");
}

TEST(NameSearch, DoesNotGuessAtKeysLongerThanNames) {
  // One letter that folds into eighteen.
  std::string ligatures;
  for (int i = 0; i < 20; ++i) ligatures += "\ufdfa";
  ASSERT_GT(text::length(text::name_key(ligatures)), NameSearch::kLongest);
  EXPECT_EQ(verdict(ligatures, {ligatures}), ligatures + " exact");
  EXPECT_EQ(verdict(ligatures + "a", {ligatures}), "none");
  EXPECT_EQ(verdict("acme", {ligatures, "acmee"}), "acmee like");
}

TEST(NameSearch, AnswersTheSameInAnyOrder) {
  SeededRandom random(3);
  const std::vector<std::string> parts{"north", "south", "acme", "labs", "ltd", "gmbh", "x", "of", "\u00e9t\u00e9"};
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> names;
    const auto name = [&] {
      return parts[random.below(parts.size())] + " " + parts[random.below(parts.size())] + " " +
             parts[random.below(parts.size())];
    };
    for (int i = 0; i < 12; ++i) {
      if (auto one = name(); std::find(names.begin(), names.end(), one) == names.end()) names.push_back(std::move(one));
    }
    const auto asked = random.below(2) == 0 ? name() : name() + "s";
    const auto before = verdict(asked, names);
    // By the rule itself, from every similarity.
    std::vector<double> all;
    for (const auto& one : names) all.push_back(text::Similar(asked).to(one));
    std::sort(all.rbegin(), all.rend());
    const bool equal = std::find(names.begin(), names.end(), asked) != names.end();
    const bool clear = all[0] - all[1] >= 0.05 - 1e-9;
    EXPECT_EQ(before.ends_with(" exact"), equal);
    EXPECT_EQ(before == "none", all[0] < 0.80 - 1e-9);
    EXPECT_EQ(before.ends_with(" like"), !equal && clear && all[0] >= 0.80 - 1e-9);
    std::reverse(names.begin(), names.end());
    EXPECT_EQ(verdict(asked, names), before);
  }
}

// Ann is a member of Globex; her agency Initech serves Hooli; she administers Acme, which has North > Depot. Nobody of
// hers: Umbrella and its branch.
class NamesInReach : public ::testing::Test {
 protected:
  NamesInReach()
      : globex(domain.organization("Globex")),
        initech(domain.organization("Initech")),
        hooli(domain.organization("Hooli")),
        acme(domain.organization("Acme")),
        north(domain.organization("Northwind", acme.no)),
        depot(domain.organization("Depot of Northwind", north.no)),
        umbrella(domain.organization("Umbrella")),
        ann(domain.user("ann")) {
    domain.join(ann, globex.no, {});
    domain.join(ann, initech.no, {});
    domain.join(ann, acme.no, {"admin"});
    domain.unit([&](Unit& unit) {
      connection = ConnectionId::make(domain.now(), domain.random);
      unit.record(change({access::ConnectionFact{connection, hooli.no, initech.no, {}}}));
    });
    as_ann = domain.as(ann);
  }
  static Change change(std::vector<access::Fact> facts) {
    return {.action = "connection.changed",
            .organization = {},
            .target_kind = "connection",
            .target = {},
            .before = {},
            .after = {},
            .facts = std::move(facts)};
  }
  Result<FoundByName> find(const Principal& who, std::string_view company) {
    return domain.organizations->find_reached(domain.permit<Action::kOrganizationSwitch>(who), company);
  }
  // "Name exact", "Name like", or the code of the refusal.
  std::string found(const Principal& who, std::string_view company) {
    const auto result = find(who, company);
    if (!result) return std::string(result.error().code);
    return result->organization.name + (result->exact ? " exact" : " like");
  }
  std::string matched(std::string_view company) {
    std::string text;
    domain.unit([&](Unit& unit) {
      const auto result = match_membership(unit, ann.no, company);
      text = result ? std::to_string(result->no.value) + (result->exact ? " exact" : " like")
                    : std::string(result.error().code);
    });
    return text;
  }

  Domain domain;
  Organization globex, initech, hooli, acme, north, depot, umbrella;
  User ann;
  ConnectionId connection;
  Principal as_ann;
};

TEST_F(NamesInReach, AreFoundHoweverTheyAreReached) {
  EXPECT_EQ(found(as_ann, "Globex"), "Globex exact");                          // member
  EXPECT_EQ(found(as_ann, "  gLOBEX "), "Globex exact");                       //
  EXPECT_EQ(found(as_ann, "Globexx"), "Globex like");                          //
  EXPECT_EQ(found(as_ann, "hooli"), "Hooli exact");                            // through the agency
  EXPECT_EQ(found(as_ann, "Hoolie"), "Hooli like");                            //
  EXPECT_EQ(found(as_ann, "Depot of Northwind"), "Depot of Northwind exact");  // below
  EXPECT_EQ(found(as_ann, "Depot of Nortwhind"), "Depot of Northwind like");   //
  const auto north_by_name = need(find(as_ann, "NORTHWIND"));
  EXPECT_EQ(north_by_name.organization.id, north.id);
  EXPECT_EQ(north_by_name.organization.no, north.no);
  domain.unit([&](Unit& unit) { unit.record(change({access::ConnectionGone{connection}})); });
  EXPECT_EQ(found(as_ann, "hooli"), "organization.no_match");
}

TEST_F(NamesInReach, AreTheOnlyOnesThatMatter) {
  const auto there = find(as_ann, "Umbrella");
  const auto nowhere = find(as_ann, "Nothing of that kind");
  const auto alike = find(as_ann, "Umbrela");
  ASSERT_FALSE(there.ok());
  for (const auto* refusal : {&there, &nowhere, &alike}) {
    EXPECT_EQ(refusal->error().kind, ErrorKind::kNotFound);
    EXPECT_EQ(refusal->error().code, "organization.no_match");
    EXPECT_EQ(refusal->error().detail, "None of your organizations has a name like that.");
  }
  // One outside with the very name does not hide the one inside that is like it, nor make it ambiguous.
  domain.organization("Globexx");
  domain.organization("Globexy");
  EXPECT_EQ(found(as_ann, "Globexx"), "Globex like");
}

TEST_F(NamesInReach, AreListedWhenItCannotBeTold) {
  domain.organization("Northwind East", acme.no);
  domain.organization("Northwind West", acme.no);
  domain.organization("Northwind Far");  // not hers
  const auto refused = find(as_ann, "Northwind Weast");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(refused.error().code, "organization.ambiguous");
  EXPECT_THAT(refused.error().detail,
              AllOf(HasSubstr("\"Northwind East\""), HasSubstr("\"Northwind West\""), Not(HasSubstr("Far"))));
}

TEST_F(NamesInReach, IncludeThePlatformForItsOwnAdministratorsOnly) {
  const auto root = domain.user("root");
  domain.join(root, domain.platform, {"Super Admin"});
  const auto as_root = domain.as(root);
  EXPECT_EQ(found(as_root, "platform"), "Platform exact");
  EXPECT_EQ(found(as_root, "Platfrom"), "Platform like");
  EXPECT_EQ(found(as_root, "umbrella"), "Umbrella exact");
  EXPECT_EQ(found(as_root, "Umbrela"), "Umbrella like");
  EXPECT_EQ(found(as_ann, "platform"), "organization.no_match");
  domain.join(ann, domain.platform, {});  // a mere member of it does not see it
  EXPECT_EQ(found(as_ann, "platform"), "organization.no_match");
  EXPECT_EQ(matched("platform"), "organization.no_match");
  // The name is free, so another can have it; then nobody is guessed at.
  const auto impostor = domain.organization("Platform");
  EXPECT_EQ(found(as_root, "Platform"), "organization.ambiguous");
  domain.join(ann, impostor.no, {});
  EXPECT_EQ(need(find(as_ann, "Platform")).organization.id, impostor.id);
}

TEST_F(NamesInReach, FollowRenamingMovingAndRemoving) {
  need(domain.organizations->update(domain.system<Action::kOrganizationUpdate>(globex.no), {.name = "Vandelay"}));
  EXPECT_EQ(found(as_ann, "Globex"), "organization.no_match");
  EXPECT_EQ(found(as_ann, "Vandelai"), "Vandelay like");
  need(domain.organizations->move(domain.system<Action::kOrganizationMove>(umbrella.no), north.id));
  EXPECT_EQ(found(as_ann, "Umbrela"), "Umbrella like");
  need(domain.organizations->remove(domain.system<Action::kOrganizationDelete>(depot.no), {}));
  EXPECT_EQ(found(as_ann, "Depot of Northwind"), "organization.no_match");
  // The log alone tells the same names, and a graph that is loaded from the rows knows them all.
  EXPECT_THAT(find_faults(*domain.ledger), IsEmpty());
  access::Graph again(domain.permissions);
  load_graph(*domain.database, again);
  again.read([&](const access::View& view) {
    EXPECT_EQ(view.name_key(globex.no), "vandelay");
    EXPECT_EQ(view.name_key(domain.platform), "platform");
    EXPECT_EQ(view.name_key(depot.no), "");
  });
}

TEST_F(NamesInReach, OfTheLogAreThoseOfTheRows) {
  domain.unit([&](Unit& unit) {  // past the log, as nobody may
    unit.tx().execute("UPDATE organizations SET name_key = 'hoooli' WHERE no = $1", {hooli.no.value});
  });
  access::Graph from_rows(domain.permissions);
  load_graph(*domain.database, from_rows);
  const Ledger beside(*domain.database, from_rows, domain.clock, domain.random);
  EXPECT_THAT(find_faults(beside), ElementsAre(HasSubstr("organization number " + std::to_string(hooli.no.value))));
}

TEST_F(NamesInReach, MustBeAskedForByAName) {
  for (const std::string bad : {"", "  \t ", "a\x01z", "\xff", "\u200b", "\u202ea"}) {
    const auto refused = find(as_ann, bad);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "organization.name_invalid");
    EXPECT_EQ(refused.error().fields.at(0).field, "company");
    EXPECT_EQ(matched(bad), "organization.name_invalid");
  }
  std::string hundred;
  for (int i = 0; i < 100; ++i) hundred += "\u017e";
  EXPECT_EQ(found(as_ann, hundred), "organization.no_match");
  EXPECT_EQ(found(as_ann, hundred + "\u017e"), "organization.name_invalid");
}

TEST_F(NamesInReach, OfAnInvitedUserAreThoseOfItsMemberships) {
  EXPECT_EQ(matched("GLOBEX"), std::to_string(globex.no.value) + " exact");
  EXPECT_EQ(matched("Globexx"), std::to_string(globex.no.value) + " like");
  for (const auto* company : {"Hooli", "Northwind", "Umbrella", "Nothing"}) {  // customer, below, out of reach, nowhere
    EXPECT_EQ(matched(company), "organization.no_match") << company;
  }
  domain.join(ann, domain.organization("Globex East").no, {});
  domain.join(ann, domain.organization("Globex West").no, {});
  domain.unit([&](Unit& unit) {
    const auto refused = match_membership(unit, ann.no, "Globex Weast");
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "organization.ambiguous");
    EXPECT_THAT(refused.error().detail, Not(HasSubstr("Globex")));
    EXPECT_EQ(code(match_membership(unit, UserNo{999}, "Globex")), "organization.no_match");
  });
}

TEST_F(NamesInReach, AreFoundAmongMoreThanOneReadingOfTheGraph) {
  domain.unit([&](Unit& unit) {
    for (int i = 0; i < 2500; ++i) {
      need(Organizations::insert(unit, i % 2 == 0 ? north.no : umbrella.no,
                                 {"Branch " + std::to_string(i * 7919), "", {}}));
    }
  });
  const auto last = domain.organization("Zanzibar", depot.no);
  EXPECT_EQ(found(as_ann, "Zanzibarr"), "Zanzibar like");
  EXPECT_EQ(found(as_ann, "Branch 0"), "Branch 0 exact");
  EXPECT_EQ(found(as_ann, "Branch 7919"), "organization.ambiguous");  // that one is Umbrella's; many are like it
  const auto refused = find(as_ann, "Branch 7919");
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().detail, Not(HasSubstr("\"Branch 7919\"")));
}

}  // namespace
}  // namespace gatehouse::domain
