// The People, with the directory over them: root is Super Admin, adm an Administrator of the platform; providers and
// identification types that accounts are associated with.
#pragma once

#include "domain/directory/directory.hpp"
#include "support_cpp/people_fixture.hpp"

namespace gatehouse::testing {

class DirectoryWorld : public People {
 public:
  DirectoryWorld() {
    join(root, platform, {"Super Admin"});
    join(adm, platform, {"Administrator"});
    as_root = as(root);
    as_adm = as(adm);
  }

  [[nodiscard]] RoleId role_id(const std::string& name) const {
    RoleId id;
    graph->read([&](const access::View& view) { id = view.role(role(name))->id; });
    return id;
  }
  // Of the operator's own making, between an Administrator and a Super Admin.
  std::string role_above_administrators() {
    const std::vector<domain::RoleDefinition> extra{{"Auditor", "SHOP", 97, "", {"users.view"}, {}}};
    need(domain::Roles(*ledger).sync(extra));
    return "Auditor";
  }
  domain::Provider external(const std::string& name, bool active = true) {
    return need(providers.create(system<access::Action::kCatalogueEdit>(platform), {.name = name, .active = active}));
  }
  domain::IdentificationType document(const std::string& code, const std::optional<std::string>& pattern = {}) {
    return need(types.create(system<access::Action::kCatalogueEdit>(platform), {code, "Document " + code, pattern}));
  }
  void associate(const domain::User& user, const domain::Provider& provider) {
    unit([&](domain::Unit& unit) { need(domain::Providers::add_user(unit, user.no, provider.id)); });
  }

  [[nodiscard]] access::Permit<access::Action::kAccountEdit> editing(const Principal& who) const {
    return permit<access::Action::kAccountEdit>(who);
  }
  Result<domain::Person> create(const Principal& who, const domain::NewPerson& input) {
    return directory.create(editing(who), input);
  }
  std::string grant(const Principal& who, const domain::User& user, const std::string& role_name) {
    return code(directory.grant_role(editing(who), user.id, role_id(role_name)));
  }
  std::string revoke(const Principal& who, const domain::User& user, const std::string& role_name) {
    return code(directory.revoke_role(editing(who), user.id, role_id(role_name)));
  }
  [[nodiscard]] domain::Page<domain::Person> list(const Principal& who, const domain::PersonFilter& filter = {},
                                                  const domain::Paging& paging = {0, 1000}) const {
    return directory.list(permit<access::Action::kAccountList>(who), filter, paging);
  }
  [[nodiscard]] domain::Page<domain::Person> list_within(const Principal& who, OrganizationNo at,
                                                         const domain::PersonFilter& filter = {},
                                                         const domain::Paging& paging = {0, 1000}) const {
    OrganizationId id;
    graph->read([&](const access::View& view) { id = *view.organization_id(at); });
    return directory.list_within(permit<access::Action::kMembershipList>(who, id), filter, paging);
  }
  static std::vector<std::string> names(const domain::Page<domain::Person>& page) {
    std::vector<std::string> names;
    for (const auto& person : page.items) names.push_back(person.user.user_name);
    return names;
  }
  static std::vector<std::string> organizations_of(const domain::Person& person) {
    std::vector<std::string> names;
    for (const auto& one : person.organizations) names.push_back(one.name);
    return names;
  }

  domain::Providers providers{*ledger};
  domain::IdentificationTypes types{*ledger};
  domain::Directory directory{*ledger, *memberships, *users};
  domain::User root = person("root"), adm = person("adm");
  Principal as_root, as_adm;
};

}  // namespace gatehouse::testing
