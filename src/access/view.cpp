// The look-ups of a view.
#include <algorithm>

#include "access/side.hpp"

namespace gatehouse::access {

OrganizationNo View::find_organization(const OrganizationId& id) const {
  const auto& side = Side::of(*this);
  return {side.organizations_by_id_.find(id, Side::OrganizationIdOf{side.organization_ids_})};
}

std::optional<OrganizationId> View::organization_id(OrganizationNo no) const {
  const auto& side = Side::of(*this);
  if (!side.there(no)) return std::nullopt;
  return side.organization_ids_[no.value];
}

std::string_view View::name_key(OrganizationNo no) const {
  const auto& names = Side::of(*this).names_;
  return no.value < names.size() && names[no.value] != nullptr ? names[no.value]->key() : std::string_view();
}

std::uint32_t View::organization_numbers_end() const {
  return static_cast<std::uint32_t>(Side::of(*this).nodes_.size());
}

OrganizationNo View::parent(OrganizationNo no) const {
  const auto& side = Side::of(*this);
  return side.there(no) ? OrganizationNo{side.nodes_[no.value].parent} : OrganizationNo();
}

OrganizationNo View::platform() const { return Side::of(*this).platform_; }

bool View::is_within(OrganizationNo no, OrganizationNo ancestor) const {
  bool within = false;
  Side::of(*this).walk_up(no, [&](OrganizationNo at) {
    within = at == ancestor;
    return !within;
  });
  return within;
}

int View::depth(OrganizationNo no) const {
  int depth = -1;
  Side::of(*this).walk_up(no, [&](OrganizationNo) {
    ++depth;
    return true;
  });
  return depth;
}

bool View::has_children(OrganizationNo no) const {
  const auto& side = Side::of(*this);
  return side.there(no) && side.counts_[no.value].children != 0;
}

std::int64_t View::member_count(OrganizationNo no) const {
  const auto& side = Side::of(*this);
  return side.there(no) ? side.counts_[no.value].members : 0;
}

std::int64_t View::organization_count() const {
  const auto& side = Side::of(*this);
  return static_cast<std::int64_t>(side.organizations_there_) - (side.platform_ ? 1 : 0);
}

std::int64_t View::user_count() const { return static_cast<std::int64_t>(Side::of(*this).users_by_id_.size()); }

UserNo View::find_user(const UserId& id) const {
  const auto& side = Side::of(*this);
  return {side.users_by_id_.find(id, Side::UserIdOf{side.users_})};
}

bool View::user_is_active(UserNo no) const {
  const auto* block = Side::of(*this).block(no);
  return block != nullptr && block->active();
}

const View::RoleEntry* View::role(RoleNo no) const {
  const auto& roles = Side::of(*this).roles_;
  return no.value < roles.size() && roles[no.value] ? &*roles[no.value] : nullptr;
}

RoleNo View::find_role(std::string_view name) const {
  const auto& roles = Side::of(*this).roles_;
  for (std::uint32_t no = 0; no < roles.size(); ++no) {
    if (roles[no] && roles[no]->name == name) return {no};
  }
  return {};
}

RoleNo View::find_role(const RoleId& id) const {
  const auto& roles = Side::of(*this).roles_;
  for (std::uint32_t no = 0; no < roles.size(); ++no) {
    if (roles[no] && roles[no]->id == id) return {no};
  }
  return {};
}

std::vector<RoleNo> View::roles() const {
  const auto& roles = Side::of(*this).roles_;
  std::vector<RoleNo> found;
  for (std::uint32_t no = 0; no < roles.size(); ++no) {
    if (roles[no]) found.push_back({no});
  }
  std::sort(found.begin(), found.end(), [&](RoleNo a, RoleNo b) {
    const auto& left = *roles[a.value];
    const auto& right = *roles[b.value];
    return left.weight != right.weight ? left.weight > right.weight : left.name < right.name;
  });
  return found;
}

const View::ClientEntry* View::client(const ClientId& id) const { return Side::of(*this).clients_.find(id); }

const View::ApiTokenEntry* View::api_token(const Digest& secret) const {
  const auto* found = Side::of(*this).api_tokens_by_secret_.find({secret});
  return found == nullptr ? nullptr : api_token(found->token);
}

const View::ApiTokenEntry* View::api_token(const ApiTokenId& id) const {
  const auto* found = Side::of(*this).api_tokens_.find(id);
  return found == nullptr ? nullptr : &found->entry;
}

const View::SessionEntry* View::session(const SessionId& id) const { return Side::of(*this).sessions_.find(id); }

Revision View::revision() const { return Side::of(*this).revision_; }

// Roles that are gone count for nothing and are not named.
std::vector<RoleNo> Side::roles_there(std::uint32_t roleset) const {
  std::vector<RoleNo> there = rolesets_[roleset].roles;
  std::erase_if(there, [this](RoleNo no) { return role(no) == nullptr; });
  return there;
}

bool View::is_member(UserNo user, OrganizationNo organization) const {
  const auto* block = Side::of(*this).block(user);
  const auto* entry = block == nullptr ? nullptr : block->find(organization.value);
  return entry != nullptr && entry->member();
}

std::vector<RoleNo> View::direct_roles(UserNo user, OrganizationNo organization) const {
  const auto& side = Side::of(*this);
  const auto* block = side.block(user);
  const auto* entry = block == nullptr ? nullptr : block->find(organization.value);
  return entry == nullptr ? std::vector<RoleNo>() : side.roles_there(entry->roleset());
}

std::vector<View::Holding> View::holdings(UserNo user) const {
  const auto& side = Side::of(*this);
  std::vector<Holding> found;
  const auto* block = side.block(user);
  if (block == nullptr) return found;
  found.reserve(block->count());
  for (const auto& entry : *block)
    found.push_back({{entry.organization}, entry.member(), side.roles_there(entry.roleset())});
  return found;
}

std::vector<View::ConnectionEntry> Side::spelled_out(const std::vector<Connection>& connections) const {
  std::vector<ConnectionEntry> found;
  found.reserve(connections.size());
  for (const auto& one : connections) found.push_back({one.id, one.customer, one.agency, roles_there(one.roleset)});
  return found;
}

std::vector<View::ConnectionEntry> View::connections_of_agency(OrganizationNo agency) const {
  const auto& side = Side::of(*this);
  const auto found = side.outgoing_.find(agency.value);
  return found == side.outgoing_.end() ? std::vector<ConnectionEntry>() : side.spelled_out(found->second);
}

std::vector<View::ConnectionEntry> View::connections_of_customer(OrganizationNo customer) const {
  const auto& side = Side::of(*this);
  return customer.value < side.nodes_.size() ? side.spelled_out(side.incoming(customer))
                                             : std::vector<ConnectionEntry>();
}

std::vector<View::ConnectionEntry> View::connections_of_member(UserNo user, OrganizationNo customer) const {
  const auto& side = Side::of(*this);
  std::vector<ConnectionEntry> found;
  const auto* block = side.block(user);
  if (block == nullptr || customer.value >= side.nodes_.size()) return found;
  for (const auto& one : side.incoming(customer)) {
    const auto* entry = block->find(one.agency.value);
    if (entry == nullptr || !entry->member()) continue;
    found.push_back({one.id, one.customer, one.agency, side.roles_there(one.roleset)});
  }
  return found;
}

std::size_t View::connection_count(OrganizationNo customer) const {
  const auto& side = Side::of(*this);
  return customer.value < side.nodes_.size() ? side.incoming(customer).size() : 0;
}

std::optional<Principal> View::subject_user(const UserId& id) const {
  const auto no = find_user(id);
  if (!no) return std::nullopt;
  return Principal{Principal::Kind::kUser, id, no, {}, {}, kNever};
}

std::optional<Principal> View::subject_client(const ClientId& id) const {
  const auto* entry = client(id);
  if (entry == nullptr) return std::nullopt;
  return Principal{Principal::Kind::kClient, id, entry->owner, {}, entry->organization, entry->expires_at};
}

std::optional<Principal> View::subject_api_token(const ApiTokenId& id) const {
  const auto* entry = api_token(id);
  if (entry == nullptr) return std::nullopt;
  return Principal{Principal::Kind::kApiToken, id, {}, {}, entry->organization, entry->expires_at};
}

}  // namespace gatehouse::access
