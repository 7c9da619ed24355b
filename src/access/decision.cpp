#include "access/decision.hpp"

#include <algorithm>

namespace gatehouse::access {

using Standing = Holder::Standing;

Holder Decision::user(const Principal& who, Timestamp now) const {
  Holder found;
  found.kind = Principal::Kind::kUser;
  found.user = side.block(who.user);
  if (found.user == nullptr) return found;
  if (!who.session.is_nil()) {
    const auto* session = side.sessions_.find(who.session);
    if (session == nullptr || session->user != who.user || session->expires_at <= now) {
      found.standing = Standing::kExpired;
      return found;
    }
  }
  found.standing = found.user->active() ? Standing::kStands : Standing::kInactive;
  return found;
}

Holder Decision::holder(const Principal& who, Timestamp now) const {
  Holder found;
  found.kind = who.kind;
  switch (who.kind) {
    case Principal::Kind::kNobody: return found;
    case Principal::Kind::kSystem: found.standing = Standing::kStands; return found;
    case Principal::Kind::kUser: return user(who, now);
    case Principal::Kind::kClient: {
      const auto* client = side.clients_.find(ClientId(who.id));
      if (client == nullptr) return found;
      found.user = side.block(client->owner);
      found.allowed = &client->allowed;
      found.within = client->organization;
      if (found.user == nullptr) return found;
      found.standing = client->expires_at <= now ? Standing::kExpired
                       : found.user->active()    ? Standing::kStands
                                                 : Standing::kInactive;
      return found;
    }
    case Principal::Kind::kApiToken: {
      const auto* token = side.api_tokens_.find(ApiTokenId(who.id));
      if (token == nullptr) return found;
      found.within = token->entry.organization;
      found.roleset = token->entry.roleset;
      found.standing = token->entry.expires_at <= now ? Standing::kExpired : Standing::kStands;
      return found;
    }
  }
  return found;
}

bool Decision::allows(const Holder& holder, PermissionNo permission, OrganizationNo organization) const {
  if (!bears_on(holder, organization)) return false;
  if (holder.is_system()) return true;
  if (holder.user == nullptr) return carries(holder.roleset, permission);
  if (holder.allowed != nullptr && !holder.allowed->contains(permission)) return false;
  return any_carries(*holder.user, permission, organization);
}

bool View::stands(const Principal& who, Timestamp now) const { return Decision(*this).holder(who, now).stands(); }

bool View::allows(const Principal& who, PermissionNo permission, OrganizationNo organization, Timestamp now) const {
  const Decision decision(*this);
  return decision.allows(decision.holder(who, now), permission, organization);
}

PermissionSet View::effective(const Principal& who, OrganizationNo organization, Timestamp now) const {
  const Decision decision(*this);
  const auto holder = decision.holder(who, now);
  if (!decision.bears_on(holder, organization)) return {};
  if (holder.is_system()) return PermissionSet::all();
  if (holder.user == nullptr) return decision.permissions(holder.roleset);
  PermissionSet held;
  decision.any_grant(*holder.user, organization, [&](std::uint32_t roleset) {
    held |= decision.permissions(roleset);
    return false;
  });
  if (holder.allowed != nullptr) held &= *holder.allowed;
  return held;
}

std::int32_t View::weight(const Principal& who, OrganizationNo organization, Timestamp now) const {
  const Decision decision(*this);
  const auto holder = decision.holder(who, now);
  if (!decision.bears_on(holder, organization)) return kWeightless;
  if (holder.is_system()) return INT32_MAX;
  if (holder.user == nullptr) return decision.weight(holder.roleset);
  auto heaviest = kWeightless;
  decision.any_grant(*holder.user, organization, [&](std::uint32_t roleset) {
    heaviest = std::max(heaviest, decision.weight(roleset));
    return false;
  });
  return heaviest;
}

}  // namespace gatehouse::access
