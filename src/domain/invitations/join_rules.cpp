#include "domain/invitations/join_rules.hpp"

#include "base/json_writer.hpp"

namespace gatehouse::domain::join_rules {

bool sees(const access::View& view, const access::Pass& pass, OrganizationNo at) {
  const auto& who = pass.principal();
  return view.allows(who, access::permission::kAccountsView, view.platform(), pass.now()) ||
         (view.reaches(who, at, pass.now()) && view.allows(who, access::permission::kUsersView, at, pass.now()));
}

Result<void> may_give(const access::View& view, const access::Permissions& names, const Principal& who,
                      const join_store::Row& row, const join_store::Target& target, Timestamp now) {
  using access::Policy;
  const auto permit = TRY(Policy::permit_in<access::Action::kUserAdd>(view, names, who, target.organization, now));
  return Policy::may_give(view, names, permit, target.organization, row.user, {target.role});
}

void record(Unit& unit, const join_store::Row& row, const join_store::Target& target, std::string_view action) {
  const auto* role = unit.view().role(target.role);
  std::string json;
  JsonWriter(json)
      .begin_object()
      .member("email", row.email)
      .member("role", role != nullptr ? std::string_view(role->name) : std::string_view())
      .end_object();
  unit.record({.action = action,
               .organization = target.organization,
               .target_kind = "invitation",
               .target = row.id,
               .before = {},
               .after = std::move(json),
               .facts = {}});
}

}  // namespace gatehouse::domain::join_rules
