#include "access/permissions.hpp"

#include <algorithm>

namespace gatehouse::access {
namespace {

struct Own {
  PermissionNo no;
  std::string_view name;
  std::string_view description;
};

constexpr std::array<Own, 22> kOwn{{
    {permission::kOrganizationsView, "organizations.view", "See the organization and the tree below it"},
    {permission::kOrganizationsCreate, "organizations.create", "Create organizations below it"},
    {permission::kOrganizationsEdit, "organizations.edit", "Change the organization"},
    {permission::kOrganizationsDelete, "organizations.delete", "Delete the organization"},
    {permission::kOrganizationsMove, "organizations.move", "Move the organization within the tree"},
    {permission::kMembershipsEdit, "memberships.edit", "Add, change and remove memberships with organization roles"},
    {permission::kUsersView, "users.view", "See the users of the organization"},
    {permission::kUsersEdit, "users.edit", "Change which roles the users of the organization hold"},
    {permission::kUsersAdd, "users.add", "Add users to the organization"},
    {permission::kUsersRemove, "users.remove", "Remove users from the organization"},
    {permission::kRolesView, "roles.view", "See the roles"},
    {permission::kInvitationsView, "invitations.view", "See the invitations of the organization"},
    {permission::kInvitationsEdit, "invitations.edit", "Create and manage invitations"},
    {permission::kConnectionsView, "connections.view", "See the connections of the organization"},
    {permission::kConnectionsEdit, "connections.edit", "Change connections and the roles they carry"},
    {permission::kApiTokensView, "api_tokens.view", "See the API tokens of the organization"},
    {permission::kChangesView, "changes.view", "Read the log of changes"},
    {permission::kDecisionsEvaluate, "decisions.evaluate", "Ask for decisions about other subjects"},
    {permission::kAccountsView, "accounts.view", "See all accounts of the deployment"},
    {permission::kAccountsEdit, "accounts.edit", "Create, change, deactivate and delete accounts"},
    {permission::kClientsEdit, "clients.edit", "Manage other people's machine clients"},
    {permission::kCataloguesEdit, "catalogues.edit",
     "Change roles, identity providers, providers, identification types"},
}};

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::string_view noun_of(std::string_view name) { return name.substr(0, name.find('.')); }
std::string_view verb_of(std::string_view name) { return name.substr(name.find('.') + 1); }

bool is_reading(std::string_view name) {
  const auto verb = verb_of(name);
  return verb == "view" || verb == "read" || verb == "list" || verb == "evaluate";
}

}  // namespace

std::vector<PermissionNo> PermissionSet::list() const {
  std::vector<PermissionNo> found;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    for (std::uint64_t rest = words_[i]; rest != 0; rest &= rest - 1) {
      found.push_back(PermissionNo(i * 64 + static_cast<std::size_t>(std::countr_zero(rest))));
    }
  }
  return found;
}

PermissionSet PermissionSet::all() {
  PermissionSet everything;
  everything.words_.fill(~0ULL);
  return everything;
}

Permissions::Permissions() {
  for (const auto& own : kOwn) {
    by_name_.emplace(own.name, PermissionNo(entries_.size()));
    entries_.push_back({std::string(own.name), std::string(own.description)});
  }
}

Result<PermissionNo> Permissions::add(std::string_view name, std::string_view description) {
  if (auto known = find(name)) return *known;
  const auto dot = name.find('.');
  if (dot == std::string_view::npos || !is_word(name.substr(0, dot)) || !is_word(name.substr(dot + 1))) {
    return invalid("permission.name_invalid", "A permission is named noun.verb, of a-z, 0-9, _ and -.");
  }
  if (entries_.size() == kMaxPermissions) {
    return invalid("permission.too_many", "The catalogue holds at most 1024 permissions.");
  }
  const auto no = PermissionNo(entries_.size());
  entries_.push_back({std::string(name), std::string(description)});
  by_name_.emplace(name, no);
  return no;
}

std::optional<PermissionNo> Permissions::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

std::string_view Permissions::name(PermissionNo p) const {
  const auto index = static_cast<std::size_t>(p);
  return index < entries_.size() ? std::string_view(entries_[index].name) : std::string_view();
}

std::string_view Permissions::description(PermissionNo p) const {
  const auto index = static_cast<std::size_t>(p);
  return index < entries_.size() ? std::string_view(entries_[index].description) : std::string_view();
}

bool Permissions::is_own(PermissionNo p) const { return static_cast<std::size_t>(p) < kOwn.size(); }

PermissionSet Permissions::allowed_by(const std::vector<std::string>& scopes) const {
  PermissionSet allowed;
  for (const std::string_view scope : scopes) {
    const bool writes = verb_of(scope) == "write";
    if (scope.find('.') == std::string_view::npos || (!writes && verb_of(scope) != "read")) continue;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const std::string_view name = entries_[i].name;
      if (noun_of(name) == noun_of(scope) && (writes || is_reading(name))) allowed.insert(PermissionNo(i));
    }
  }
  return allowed;
}

}  // namespace gatehouse::access
