#include "domain/roles/role_edit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/domain_fixture.hpp"

namespace gatehouse::domain {
namespace {

using gatehouse::testing::code;
using gatehouse::testing::Domain;
using gatehouse::testing::need;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class RoleEdits : public ::testing::Test {
 protected:
  Result<RoleChange> resolved(const RoleEdit& edit, const std::vector<std::string>& held = {}) {
    std::vector<RoleNo> numbers;
    for (const auto& name : held) numbers.push_back(domain.role(name));
    Result<RoleChange> change = RoleChange{};
    domain.graph->read([&](const access::View& view) { change = resolve(view, edit, numbers); });
    return change;
  }
  std::vector<std::string> names(const std::vector<RoleNo>& roles) {
    std::vector<std::string> names;
    domain.graph->read([&](const access::View& view) { names = role_names(view, roles); });
    return names;
  }
  // The field that is at fault.
  std::string fault(const RoleEdit& edit) {
    const auto change = resolved(edit);
    if (change || change.error().fields.empty()) return code(change);
    return std::string(change.error().code) + " " + change.error().fields[0].field;
  }

  Domain domain;
};

TEST_F(RoleEdits, AddAndRemoveAtOnce) {
  const auto change =
      need(resolved({.add = {"viewer", "ORDERS_VIEW"}, .remove = {"USER_VIEW"}}, {"USER_VIEW", "operator"}));
  EXPECT_THAT(names(change.added), ElementsAre("ORDERS_VIEW", "viewer"));
  EXPECT_THAT(names(change.removed), ElementsAre("USER_VIEW"));
  EXPECT_THAT(names(change.after), ElementsAre("ORDERS_VIEW", "operator", "viewer"));
  EXPECT_THAT(names(change.named), ElementsAre("ORDERS_VIEW", "USER_VIEW", "viewer"));
}

TEST_F(RoleEdits, ChangeNothingThatIsSoAlreadyButAreAskedAboutIt) {
  const auto change = need(resolved({.add = {"viewer"}, .remove = {"admin"}}, {"viewer"}));
  EXPECT_THAT(change.added, IsEmpty());
  EXPECT_THAT(change.removed, IsEmpty());
  EXPECT_THAT(names(change.after), ElementsAre("viewer"));
  EXPECT_THAT(names(change.named), UnorderedElementsAre("viewer", "admin")) << "the ceiling";
}

TEST_F(RoleEdits, CountANameOnce) {
  const auto change = need(resolved({.add = {"viewer", "viewer"}, .remove = {"admin", "admin"}}, {"admin"}));
  EXPECT_THAT(names(change.added), ElementsAre("viewer"));
  EXPECT_THAT(names(change.removed), ElementsAre("admin"));
}

TEST_F(RoleEdits, AreRefusedWithTheFieldAtFault) {
  EXPECT_EQ(fault({}), "role.edit_invalid add");
  EXPECT_EQ(fault({.add = {"viewer"}, .remove = {"admin", "viewer"}}), "role.edit_invalid remove");
  EXPECT_EQ(fault({.add = std::vector<std::string>(101, "viewer")}), "role.edit_invalid add");
  EXPECT_EQ(fault({.remove = std::vector<std::string>(101, "viewer")}), "role.edit_invalid remove");
  EXPECT_EQ(fault({.add = std::vector<std::string>(100, "viewer"), .remove = std::vector<std::string>(100, "admin")}),
            "ok");
}

TEST_F(RoleEdits, KnowEveryNameOrNone) {
  for (const auto* unknown : {"", "no such role", "Viewer\n"}) {
    EXPECT_EQ(code(resolved({.add = {"viewer", unknown}})), "role.unknown") << unknown;
    EXPECT_EQ(code(resolved({.add = {"viewer"}, .remove = {unknown}})), "role.unknown") << unknown;
  }
}

}  // namespace
}  // namespace gatehouse::domain
