#include "domain/imports/imports.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/changes/verification.hpp"
#include "domain/imports/exports.hpp"
#include "support_cpp/domain_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::Domain;
using gatehouse::testing::need;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Bad = std::vector<BadRow>;

OrganizationRow organization(const std::string& key, const std::string& parent, const std::string& name) {
  return {key, {}, parent, name, {}};
}
UserRow user(const std::string& key, const std::string& email) {
  return {key, {}, {}, email, "Name of " + key, {}, {}};
}
MembershipRow membership(const std::string& user, const std::string& organization, std::vector<std::string> roles) {
  return {user, organization, std::move(roles), {}, {}};
}

std::vector<std::string_view> codes(const Bad& bad) {
  std::vector<std::string_view> codes;
  for (const auto& row : bad) codes.push_back(row.code);
  return codes;
}

class ImportedRows : public ::testing::Test {
 protected:
  // Whatever a test did, the log alone tells the same story as the rows.
  void TearDown() override { EXPECT_THAT(find_faults(*domain.ledger), IsEmpty()); }

  // One file with these rows, from line 1 on, to its end.
  template <class Row>
  Bad import(const std::vector<Row>& rows, const std::string& fingerprint = "f") {
    ImportFile file{"/rows", fingerprint, ImportKind::kOrganizations};
    ImportBatch batch;
    for (const auto& row : rows) batch.rows.push_back({static_cast<std::int64_t>(batch.rows.size()) + 1, row});
    batch.after = {1, static_cast<std::int64_t>(rows.size()), true};
    auto bad = need(imports.apply(permit(), file, batch));
    for (auto& row : need(imports.settle_held_back(permit(), {file}))) bad.push_back(row);
    counts = need(imports.finish(permit(), {file})).front();
    return bad;
  }
  [[nodiscard]] ImportPermit permit() const { return domain.system<Action::kStoreAdminister>(); }
  [[nodiscard]] std::vector<std::int64_t> counted() const {
    return {counts.created, counts.updated, counts.unchanged, counts.bad};
  }
  [[nodiscard]] Revision revision() const { return domain.graph->revision(); }
  [[nodiscard]] OrganizationNo organization_no(const std::string& key) const {
    OrganizationNo no;
    domain.database->read([&](sql::Tx& tx) { no = import_store::organization_no(tx, key); });
    return no;
  }
  [[nodiscard]] UserNo user_no(const std::string& key) const {
    UserNo no;
    domain.database->read([&](sql::Tx& tx) { no = import_store::user_no(tx, key); });
    return no;
  }
  [[nodiscard]] OrganizationNo parent(const std::string& key) const {
    OrganizationNo no;
    domain.graph->read([&](const access::View& view) { no = view.parent(organization_no(key)); });
    return no;
  }
  [[nodiscard]] std::vector<std::string> roles(const std::string& user, const std::string& organization) const {
    std::vector<std::string> names;
    domain.graph->read([&](const access::View& view) {
      for (const auto no : view.direct_roles(user_no(user), organization_no(organization))) {
        names.push_back(view.role(no)->name);
      }
    });
    return names;
  }
  void seed() {
    ASSERT_THAT(import <OrganizationRow>({organization("a", "", "A"), organization("b", "a", "B")}), IsEmpty());
    ASSERT_THAT(import <UserRow>({user("ann", "ann@example.com"), user("bob", "bob@example.com")}), IsEmpty());
  }

  Domain domain;
  Imports imports{*domain.ledger, domain.dependents};
  ImportCounts counts;
};

TEST_F(ImportedRows, ChangeNothingTheSecondTime) {
  seed();
  const std::vector<MembershipRow> rows{membership("ann", "a", {"admin"}), membership("bob", "b", {})};
  import(rows);
  EXPECT_THAT(counted(), ElementsAre(2, 0, 0, 0));
  const auto before = revision();
  import(rows);
  EXPECT_THAT(counted(), ElementsAre(0, 0, 2, 0));
  import <OrganizationRow>({organization("a", "", "A"), organization("b", "a", "B")});
  EXPECT_THAT(counted(), ElementsAre(0, 0, 2, 0));
  import <UserRow>({user("ann", "ann@example.com")});
  EXPECT_THAT(counted(), ElementsAre(0, 0, 1, 0));
  EXPECT_EQ(revision(), before);
}

TEST_F(ImportedRows, AreOneChangeABatch) {
  const auto before = revision();
  import <OrganizationRow>({organization("a", "", "A"), organization("b", "a", "B"), organization("c", "b", "C")});
  EXPECT_EQ(revision(), before + 1);
  EXPECT_EQ(parent("c"), organization_no("b"));
}

TEST_F(ImportedRows, FindParentsThatComeLater) {
  EXPECT_THAT(import <OrganizationRow>({organization("d", "c", "D"), organization("c", "b", "C"),
                                        organization("b", "a", "B"), organization("a", "", "A")}),
              IsEmpty());
  EXPECT_THAT(counted(), ElementsAre(4, 0, 0, 0));
  EXPECT_EQ(parent("d"), organization_no("c"));
  EXPECT_EQ(parent("a"), domain.platform);
}

TEST_F(ImportedRows, AreRefusedWithoutAParentButOthersGoIn) {
  const auto bad = import <OrganizationRow>({organization("x", "nowhere", "X"), organization("a", "", "A")});
  ASSERT_EQ(bad.size(), 1U);
  EXPECT_EQ(bad[0].line, 1);
  EXPECT_THAT(bad[0].reason, HasSubstr("there is no organization nowhere"));
  EXPECT_THAT(counted(), ElementsAre(1, 0, 0, 1));
}

TEST_F(ImportedRows, MoveButNotInACircle) {
  seed();
  const auto bad = import <OrganizationRow>({organization("a", "b", "A")});
  ASSERT_EQ(bad.size(), 1U);
  EXPECT_EQ(bad[0].code, "organization.cycle");
  // The same, once the other one is moved away, whatever the order of the rows.
  EXPECT_THAT(import <OrganizationRow>({organization("a", "b", "A"), organization("b", "", "B")}), IsEmpty());
  EXPECT_EQ(parent("a"), organization_no("b"));
  EXPECT_EQ(parent("b"), domain.platform);
}

TEST_F(ImportedRows, NameWhatIsWrongWithThem) {
  seed();
  const auto bad = import <UserRow>({user("c", "ANN@example.com"),
                                     user("d", "no address"),
                                     user("id:e", "e@example.com"),
                                     {"", {}, {}, "f@example.com", {}, {}, {}},
                                     user("g", "g@example.com")});
  EXPECT_THAT(codes(bad),
              ElementsAre("user.name_taken", "user.email_invalid", "import.key_invalid", "import.key_missing"));
  EXPECT_THAT(counted(), ElementsAre(1, 0, 0, 4));
  const auto others = import <OrganizationRow>({organization("c", "", "ａ"), organization("d", "", " ")});
  ASSERT_EQ(others.size(), 2U);
  EXPECT_EQ(others[0].code, "organization.name_taken");
  EXPECT_EQ(others[1].code, "organization.name_invalid");
  const auto more = import <MembershipRow>(
      {membership("nobody", "a", {}), membership("ann", "nowhere", {}), membership("ann", "a", {"King"})});
  ASSERT_EQ(more.size(), 3U);
  EXPECT_EQ(more[2].reason, "there is no role King");
}

TEST_F(ImportedRows, OfNamesThatLookAlikeButStoodSideBySideBeforeAreTakenUntilTheNameChanges) {
  seed();
  const auto named = [](const std::string& key, const std::string& name, const std::string& display_name) {
    return UserRow{key, {}, name, key + "@example.com", display_name, {}, {}};
  };
  EXPECT_THAT(import <UserRow>({named("p", "paypal", "P"), named("q", "other", "Q")}), IsEmpty());
  domain.unit([&](Unit& unit) {
    unit.tx().execute(
        "UPDATE users SET user_name = 'paypaI', user_name_key = 'paypai', user_name_skeleton = 'paypai', "
        "user_name_sight = 'paypal' WHERE external_key = 'q'",
        {});
  });
  EXPECT_THAT(import <UserRow>({named("q", "paypaI", "Quincy")}), IsEmpty());
  EXPECT_THAT(counted(), ElementsAre(0, 1, 0, 0));
  EXPECT_THAT(codes(import <UserRow>({named("q", "paypa1", "Q"), named("r", "PaypaI", "R")})),
              ElementsAre("user.name_look_alike", "user.name_taken"));
}

TEST_F(ImportedRows, HaveNamesOfOneLine) {
  seed();
  auto ann = user("ann", "ann@example.com");
  ann.display_name = "Ann\nLee";
  EXPECT_THAT(codes(import <UserRow>({ann})), ElementsAre("user.display_name_invalid"));
  ann.display_name = "Ann";
  ann.user_name = "ann\tlee";
  EXPECT_THAT(codes(import <UserRow>({ann})), ElementsAre("user.name_invalid"));
  EXPECT_THAT(codes(import <OrganizationRow>({organization("c", "", "C\nD")})),
              ElementsAre("organization.name_invalid"));
  const MembershipRow named{"ann", "a", {}, "Ann\tLee", {}};
  EXPECT_THAT(codes(import <MembershipRow>({named})), ElementsAre("user.display_name_invalid"));
}

TEST_F(ImportedRows, StateAllRolesOfAMembership) {
  seed();
  import <MembershipRow>({membership("ann", "a", {"admin"}), membership("bob", "a", {"admin", "viewer"})});
  EXPECT_THAT(import <MembershipRow>({membership("bob", "a", {"operator"})}), IsEmpty());
  EXPECT_THAT(roles("bob", "a"), ElementsAre("operator"));
  MembershipRow named{"bob", "a", {}, "Bobby", Attributes{{"desk", "4"}}};
  import <MembershipRow>({named});
  EXPECT_THAT(counted(), ElementsAre(0, 1, 0, 0));
  EXPECT_THAT(roles("bob", "a"), ElementsAre("operator"));
}

TEST_F(ImportedRows, LeaveAnOrganizationItsLastAdmin) {
  seed();
  import <MembershipRow>({membership("ann", "a", {"admin"}), membership("bob", "a", {"admin"})});
  const auto bad = import <MembershipRow>({membership("bob", "a", {}), membership("ann", "a", {})});
  ASSERT_EQ(bad.size(), 1U);
  EXPECT_EQ(bad[0].line, 2);
  EXPECT_EQ(bad[0].code, "membership.last_admin");
  auto resting = user("ann", "ann@example.com");
  resting.status = "inactive";
  EXPECT_THAT(import <UserRow>({resting}), IsEmpty()) << "whoever rests is shut out, whatever he administers";
}

TEST_F(ImportedRows, TakeAPasswordHashOnlyWhereThereIsNone) {
  auto row = user("ann", "ann@example.com");
  row.password_hash = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21l$RdescudvJCsgt3ub+b5dWRWJTmaaJObG";
  EXPECT_THAT(import <UserRow>({row}), IsEmpty());
  row.password_hash = "$argon2id$v=19$m=19456,t=3,p=1$c29tZXNhbHRzb21l$RdescudvJCsgt3ub+b5dWRWJTmaaJObG";
  import <UserRow>({row});
  EXPECT_THAT(counted(), ElementsAre(0, 0, 1, 0));
  row.password_hash = "$argon2id$v=19$m=99999999,t=3,p=1$c29tZXNhbHRzb21l$RdescudvJCsgt3ub+b5dWRWJTmaaJObG";
  EXPECT_EQ(import <UserRow>({row}).front().code, "import.password_hash_invalid");
}

TEST_F(ImportedRows, GoOnWhereTheyStopped) {
  const ImportFile file{"/rows", "first", ImportKind::kOrganizations};
  need(imports.apply(permit(), file,
                     {{{2, organization("a", "", "A")}, {3, organization("c", "b", "C")}}, 1, {50, 3, false}}));
  Imports later(*domain.ledger, domain.dependents);
  const auto position = need(later.position(permit(), file));
  EXPECT_EQ(position.offset, 50);
  EXPECT_EQ(position.line, 3);
  EXPECT_EQ(need(later.position(permit(), {"/rows", "second", ImportKind::kOrganizations})).offset, 0);
  need(later.apply(permit(), file, {{{4, organization("b", "a", "B")}}, 0, {80, 4, true}}));
  EXPECT_THAT(need(later.settle_held_back(permit(), {file})), IsEmpty());
  counts = need(later.finish(permit(), {file})).front();
  EXPECT_THAT(counted(), ElementsAre(3, 0, 0, 1));
  EXPECT_EQ(need(later.position(permit(), file)).offset, 0);
}

TEST_F(ImportedRows, LeaveNothingOfAUnitThatIsTakenBack) {
  seed();
  const auto before = revision();
  const auto outcome = imports.in_one_unit(permit(), [&]() -> Result<void> {
    import <OrganizationRow>({organization("c", "b", "C")});
    import <UserRow>({user("cid", "cid@example.com")});
    EXPECT_THAT(import <MembershipRow>({membership("cid", "c", {"viewer"})}), IsEmpty());
    return conflict("test.taken_back", "");
  });
  EXPECT_FALSE(outcome.ok());
  EXPECT_EQ(revision(), before);
  EXPECT_FALSE(organization_no("c"));
  EXPECT_EQ(import <MembershipRow>({membership("cid", "a", {})}).size(), 1U);
}

TEST_F(ImportedRows, AreWhatAnExportWrites) {
  const auto acme = domain.organization("Acme");
  domain.join(domain.user("root"), domain.platform, {"Super Admin"});
  seed();
  import <OrganizationRow>({organization("c", std::string(kIdPrefix) + acme.id.to_string(), "C")});
  import <MembershipRow>({membership("ann", "c", {"viewer", "admin"})});
  const auto write = [](const Domain& from, ExportSink sink) {
    Exports(*from.ledger).write(from.system<Action::kStoreAdminister>(), sink);
  };
  std::vector<OrganizationRow> organizations;
  std::vector<UserRow> users;
  std::vector<MembershipRow> memberships;
  auto keep_organization = [&](const OrganizationRow& row) { organizations.push_back(row); };
  auto keep_user = [&](const UserRow& row) { users.push_back(row); };
  auto keep_membership = [&](const MembershipRow& row) { memberships.push_back(row); };
  write(domain, {keep_organization, keep_user, keep_membership});
  ASSERT_EQ(organizations.size(), 4U);
  ASSERT_EQ(memberships.size(), 2U);

  // Into another store, and out again.
  Domain other;
  Imports into(*other.ledger, other.dependents);
  const auto put = [&](const auto& rows) {
    const ImportFile file{"/rows", "", ImportKind::kOrganizations};
    ImportBatch batch;
    for (const auto& row : rows) batch.rows.push_back({static_cast<std::int64_t>(batch.rows.size()) + 1, row});
    batch.after.done = true;
    const auto again = other.system<Action::kStoreAdminister>();
    EXPECT_THAT(need(into.apply(again, file, batch)), IsEmpty());
    EXPECT_THAT(need(into.settle_held_back(again, {file})), IsEmpty());
    need(into.finish(again, {file}));
  };
  put(organizations);
  put(users);
  put(memberships);
  std::size_t at = 0;
  auto same_organization = [&](const OrganizationRow& row) {
    EXPECT_EQ(row.id, organizations[at].id);
    EXPECT_EQ(row.parent_key, organizations[at++].parent_key);
  };
  std::size_t user_at = 0;
  auto same_user = [&](const UserRow& row) {
    EXPECT_EQ(row.id, users[user_at].id);
    EXPECT_EQ(row.email, users[user_at++].email);
  };
  std::size_t membership_at = 0;
  auto same_membership = [&](const MembershipRow& row) {
    EXPECT_EQ(row.user_key, memberships[membership_at].user_key);
    EXPECT_EQ(row.organization_key, memberships[membership_at].organization_key);
    EXPECT_EQ(row.roles, memberships[membership_at++].roles);
  };
  write(other, {same_organization, same_user, same_membership});
  EXPECT_EQ(at, organizations.size());
  EXPECT_EQ(user_at, users.size());
  EXPECT_EQ(membership_at, memberships.size());
}

TEST(KeysSeenLately, AreForgottenInBoundedMemory) {
  KeyCache cache(2);
  cache.put("a", 1);
  cache.put("b", 2);
  cache.put("c", 3);
  EXPECT_EQ(cache.find("a"), 1U);  // moves to the younger generation
  cache.put("d", 4);
  EXPECT_EQ(cache.find("a"), 1U);
  cache.put("e", 5);
  cache.put("f", 6);
  cache.put("g", 7);
  cache.put("h", 8);
  EXPECT_EQ(cache.find("b"), 0U);
  EXPECT_EQ(cache.find("h"), 8U);
}

}  // namespace
}  // namespace gatehouse::domain
