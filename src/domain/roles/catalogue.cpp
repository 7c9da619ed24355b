#include "domain/roles/catalogue.hpp"

namespace gatehouse::domain {
namespace {

using Names = std::vector<std::string>;

RoleDefinition user_role(std::string name, std::int32_t weight, std::string description, Names permissions,
                         Names implies) {
  return {std::move(name), "USER", weight, std::move(description), std::move(permissions), std::move(implies)};
}
RoleDefinition application_role(std::string name, std::string category, std::string description, Names permissions,
                                Names implies) {
  return {std::move(name), std::move(category), 5, std::move(description), std::move(permissions), std::move(implies)};
}
RoleDefinition organization_role(std::string name, std::int32_t weight, std::string description, Names permissions,
                                 Names implies) {
  return {std::move(name), "ORGANIZATION", weight, std::move(description), std::move(permissions), std::move(implies)};
}
RoleDefinition platform_role(std::string name, std::int32_t weight, std::string description, Names permissions,
                             Names implies) {
  return {std::move(name), "PLATFORM", weight, std::move(description), std::move(permissions), std::move(implies)};
}

const Names kAllOfUsers{"USER_VIEW", "USER_EDIT", "USER_ADD", "USER_DELETE"};
// What the lighter roles of the platform carry of the applications, so that who administers may give them.
const Names kAllOfThePlatform{"products.edit", "subscriptions.edit", "billing.edit", "support.edit"};

std::vector<RoleDefinition> of_users_and_applications() {
  return {
      user_role("USER_VIEW", 10, "See users, roles, invitations and connections of the organization",
                {"users.view", "roles.view", "invitations.view", "connections.view", "api_tokens.view"}, {}),
      user_role("USER_EDIT", 15, "Change users' roles and agencies' roles", {"users.edit", "connections.edit"},
                {"USER_VIEW"}),
      user_role("USER_ADD", 15, "Add users, create and manage invitations", {"users.add", "invitations.edit"},
                {"USER_VIEW"}),
      user_role("USER_DELETE", 15, "Remove users", {"users.remove"}, {"USER_VIEW"}),
      application_role("ORDERS_VIEW", "ORDERS", "See orders", {"orders.view"}, {}),
      application_role("ORDERS_EDIT", "ORDERS", "Change orders", {"orders.edit"}, {"ORDERS_VIEW"}),
      application_role("REPORTS_VIEW", "REPORTS", "See reports", {"reports.view"}, {}),
  };
}

std::vector<RoleDefinition> of_organizations() {
  Names admin_implies = kAllOfUsers;
  admin_implies.emplace_back("operator");
  return {
      organization_role("viewer", 10, "See the organization, its tree below and its users",
                        {"organizations.view", "users.view", "roles.view"}, {}),
      organization_role("operator", 20, "Viewer who also works with orders and reports", {},
                        {"viewer", "ORDERS_EDIT", "REPORTS_VIEW"}),
      organization_role("admin", 30, "Everything inside the organization",
                        {"organizations.create", "organizations.edit", "organizations.delete", "organizations.move",
                         "memberships.edit", "connections.view", "connections.edit", "invitations.view",
                         "invitations.edit", "changes.view", "decisions.evaluate"},
                        admin_implies),
  };
}

std::vector<RoleDefinition> of_the_platform() {
  return {
      platform_role("Super Admin", 100, "Everything", {std::string(kEveryPermission)}, {}),
      platform_role("Distributor Admin", 90, "Administers a distributor", kAllOfThePlatform, {"admin"}),
      platform_role("Distributor ReadOnly", 80, "Sees a distributor", {}, {"viewer"}),
      platform_role("Seller Admin", 70, "Administers a seller", kAllOfThePlatform, {"admin"}),
      platform_role("Account Manager", 60, "Looks after customers and their users", {}, {"viewer", "USER_VIEW"}),
      platform_role("Seller Agent Admin", 55, "Administers a seller's agents", kAllOfThePlatform, {"admin"}),
      platform_role("Product Manager", 50, "Manages products", {"products.edit"}, {"viewer"}),
      platform_role("Subscription Manager", 45, "Manages subscriptions", {"subscriptions.edit"}, {"viewer"}),
      platform_role("Seller Billing Admin", 40, "Manages a seller's billing", {"billing.edit"}, {"viewer"}),
      platform_role("Support Agent", 35, "Answers support requests", {"support.edit"}, {"viewer"}),
      platform_role("Reseller Report", 30, "Sees a reseller's reports", {}, {"viewer"}),
      platform_role("360 Report Viewer", 25, "Sees all reports", {}, {"viewer"}),
      platform_role("Customer Admin", 20, "Administers a customer's users", {}, kAllOfUsers),
      platform_role("Customer Billing Admin", 15, "Manages a customer's billing", {"billing.edit"}, {"viewer"}),
      platform_role("Customer", 10, "Sees a customer", {}, {"viewer"}),
      {"Administrator",
       "SYSTEM",
       95,
       "Administers users, roles, associations and catalogues",
       {"accounts.view", "accounts.edit", "catalogues.edit", "clients.edit", "products.edit", "subscriptions.edit",
        "billing.edit", "support.edit"},
       {"admin"}},
  };
}

}  // namespace

const std::vector<RoleDefinition>& start_catalogue() {
  static const std::vector<RoleDefinition> catalogue = [] {
    std::vector<RoleDefinition> all;
    for (auto&& part : {of_users_and_applications(), of_organizations(), of_the_platform()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return catalogue;
}

std::string_view category_description(std::string_view category) {
  if (category == "USER") return "Users of the organization, invitations and agencies";
  if (category == "ORDERS") return "Orders";
  if (category == "REPORTS") return "Reports";
  if (category == "ORGANIZATION") return "The organization as a whole";
  if (category == "PLATFORM") return "Distributors, sellers and customers";
  if (category == "SYSTEM") return "Administration of the deployment";
  return {};
}

Result<void> register_permissions(access::Permissions& permissions, std::span<const RoleDefinition> extra) {
  for (const auto definitions : {std::span<const RoleDefinition>(start_catalogue()), extra}) {
    for (const auto& definition : definitions) {
      for (const auto& permission : definition.permissions) {
        if (permission != kEveryPermission) TRY(permissions.add(permission, ""));
      }
    }
  }
  return {};
}

}  // namespace gatehouse::domain
