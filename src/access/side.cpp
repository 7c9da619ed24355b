#include "access/side.hpp"

#include <algorithm>

namespace gatehouse::access {
namespace {

// Grows by a quarter, not by double: at a million users the difference is felt.
template <class T>
void make_room(std::vector<T>& values, std::size_t index, const T& filler = T()) {
  if (index < values.size()) return;
  if (index >= values.capacity()) values.reserve(std::max(index + 1, values.size() + values.size() / 4 + 16));
  values.resize(index + 1, filler);
}

bool by_id(const Connection& a, const Connection& b) { return a.id < b.id; }

void insert_sorted(std::vector<Connection>& list, const Connection& connection) {
  list.insert(std::upper_bound(list.begin(), list.end(), connection, by_id), connection);
}

void remove_by_id(std::vector<Connection>& list, const ConnectionId& id) {
  std::erase_if(list, [&](const Connection& connection) { return connection.id == id; });
}

}  // namespace

std::uint64_t Side::TokenOfDigest::Key::hash() const {
  std::uint64_t first = 0;
  std::memcpy(&first, data(), sizeof first);
  return first;
}

Change Side::exchange(const Change& change) {
  return std::visit([this](const auto& one) { return set(one); }, change);
}

Change Side::set(const SetOrganization& change) {
  const auto no = change.no.value;
  make_room(nodes_, no);
  make_room(counts_, std::max(no, change.parent.value));
  make_room(organization_ids_, no);
  SetOrganization before{change.no, there(change.no), organization_ids_[no], {}};
  if (before.there) {
    before.parent = {nodes_[no].parent};
    if (before.parent) --counts_[before.parent.value].children;
    organizations_by_id_.erase(no, OrganizationIdOf{organization_ids_});
    --organizations_there_;
  }
  nodes_[no].parent = change.there ? change.parent.value : kAbsent;
  organization_ids_[no] = change.there ? change.id : OrganizationId();
  if (change.there) {
    if (change.parent) ++counts_[change.parent.value].children;
    organizations_by_id_.insert(no, OrganizationIdOf{organization_ids_});
    ++organizations_there_;
  }
  const bool was_root = before.there && !before.parent;
  const bool is_root = change.there && !change.parent;
  if (was_root != is_root) find_platform();
  return before;
}

// The lowest number without a parent. Roots change only when a store is made or broken.
void Side::find_platform() {
  const auto root = std::find_if(nodes_.begin(), nodes_.end(), [](const Node& node) { return node.parent == 0; });
  platform_ = {root == nodes_.end() ? 0 : static_cast<std::uint32_t>(root - nodes_.begin())};
}

void Side::count_members(const UserBlock* before, const UserBlock* after) {
  const BlockEntry* old_entry = before == nullptr ? nullptr : before->begin();
  const BlockEntry* const old_end = before == nullptr ? nullptr : before->end();
  const BlockEntry* new_entry = after == nullptr ? nullptr : after->begin();
  const BlockEntry* const new_end = after == nullptr ? nullptr : after->end();
  while (old_entry != old_end || new_entry != new_end) {
    if (new_entry == new_end || (old_entry != old_end && old_entry->organization < new_entry->organization)) {
      if (old_entry->member()) --counts_[old_entry->organization].members;
      ++old_entry;
    } else if (old_entry == old_end || new_entry->organization < old_entry->organization) {
      make_room(counts_, new_entry->organization);
      if (new_entry->member()) ++counts_[new_entry->organization].members;
      ++new_entry;
    } else {
      if (old_entry->member() != new_entry->member())
        counts_[new_entry->organization].members += new_entry->member() ? 1 : -1;
      ++old_entry;
      ++new_entry;
    }
  }
}

Change Side::set(const SetUser& change) {
  const auto no = change.no.value;
  make_room(users_, no);
  const UserBlock* before = users_[no];
  const bool same_id = before != nullptr && change.block != nullptr && before->id == change.block->id;
  if (before != nullptr && !same_id) users_by_id_.erase(no, UserIdOf{users_});
  users_[no] = change.block;
  if (change.block != nullptr && !same_id) users_by_id_.insert(no, UserIdOf{users_});
  count_members(before, change.block);
  return SetUser{change.no, before};
}

Change Side::set(const SetRole& change) {
  make_room(roles_, change.no.value);
  SetRole before{change.no, std::exchange(roles_[change.no.value], change.entry)};
  for (std::uint32_t i = 0; i < rolesets_.size(); ++i) {
    if (std::binary_search(rolesets_[i].roles.begin(), rolesets_[i].roles.end(), change.no)) recompute(i);
  }
  return before;
}

void Side::recompute(std::uint32_t roleset) {
  PermissionSet permissions;
  auto weight = kWeightless;
  for (const auto no : rolesets_[roleset].roles) {
    const auto* entry = role(no);
    if (entry == nullptr) continue;
    permissions |= entry->permissions;
    weight = std::max(weight, entry->weight);
  }
  roleset_permissions_[roleset] = permissions;
  rolesets_[roleset].weight = weight;
}

void Side::add_roleset(const std::vector<RoleNo>& roles) {
  rolesets_.push_back({roles, kWeightless});
  roleset_permissions_.emplace_back();
  recompute(static_cast<std::uint32_t>(rolesets_.size() - 1));
}

void Side::link(const Connection& connection) {
  make_room(nodes_, connection.customer.value);
  auto& index = nodes_[connection.customer.value].incoming;
  if (index == 0) {
    index = static_cast<std::uint32_t>(incoming_.size());
    incoming_.emplace_back();
  }
  insert_sorted(incoming_[index], connection);
  insert_sorted(outgoing_[connection.agency.value], connection);
}

void Side::unlink(const Connection& connection) {
  remove_by_id(incoming_[nodes_[connection.customer.value].incoming], connection.id);
  const auto outgoing = outgoing_.find(connection.agency.value);
  remove_by_id(outgoing->second, connection.id);
  if (outgoing->second.empty()) outgoing_.erase(outgoing);
}

Change Side::set(const SetConnection& change) {
  SetConnection before{change.id, {}};
  if (const auto* there = connections_.find(change.id)) {
    before.entry = *there;
    unlink(*there);
    connections_.erase(change.id);
  }
  if (change.entry && !change.id.is_nil()) {
    connections_.put(*change.entry);
    link(*change.entry);
  }
  return before;
}

Change Side::set(const SetClient& change) {
  SetClient before{change.id, {}};
  if (const auto* there = clients_.find(change.id)) before.entry = *there;
  change.entry ? clients_.put(*change.entry) : clients_.erase(change.id);
  return before;
}

Change Side::set(const SetApiToken& change) {
  SetApiToken before{change.id, {}};
  if (const auto* there = api_tokens_.find(change.id)) {
    before.entry = *there;
    api_tokens_by_secret_.erase({there->secret});
  }
  if (change.entry) {
    api_tokens_.put(*change.entry);
    api_tokens_by_secret_.put({{change.entry->secret}, change.id});
  } else {
    api_tokens_.erase(change.id);
  }
  return before;
}

Change Side::set(const SetSession& change) {
  SetSession before{change.id, {}};
  if (const auto* there = sessions_.find(change.id)) before.entry = *there;
  change.entry ? sessions_.put(*change.entry) : sessions_.erase(change.id);
  return before;
}

Change Side::set(const SetName& change) {
  make_room(names_, change.no.value);
  return SetName{change.no, std::exchange(names_[change.no.value], change.block)};
}

void Side::shrink() {
  nodes_.shrink_to_fit();
  counts_.shrink_to_fit();
  organization_ids_.shrink_to_fit();
  names_.shrink_to_fit();
  users_.shrink_to_fit();
}

std::size_t Side::user_bytes() const { return users_.capacity() * sizeof(users_[0]) + users_by_id_.bytes(); }

std::size_t Side::organization_bytes() const {
  return nodes_.capacity() * sizeof(Node) + counts_.capacity() * sizeof(Counts) +
         organization_ids_.capacity() * sizeof(OrganizationId) + organizations_by_id_.bytes() +
         names_.capacity() * sizeof(names_[0]);
}

}  // namespace gatehouse::access
