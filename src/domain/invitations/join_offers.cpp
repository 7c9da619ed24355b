// Invitations to join, as those see them who administer the organizations: what an account was offered, and taking it back.
#include <algorithm>
#include <map>

#include "domain/invitations/invitation_rules.hpp"
#include "domain/invitations/join_invitations.hpp"
#include "domain/invitations/join_rules.hpp"

namespace gatehouse::domain {
namespace {

namespace rules = invitation_rules;
using access::Action;
using access::View;
using join_rules::sees;
using join_store::Target;

Error no_user() { return not_found("user.not_found", "There is no such user."); }
Error no_invitation() { return not_found("invitation.not_found", "There is no such invitation."); }

OfferStatus status_of(const join_store::Row& row, Timestamp now) {
  switch (row.status) {
    case InvitationStatus::kAccepted: return OfferStatus::kAccepted;
    case InvitationStatus::kRejected: return row.rejected_by_inviter ? OfferStatus::kWithdrawn : OfferStatus::kRejected;
    case InvitationStatus::kPending: break;
  }
  return row.expires_at <= now ? OfferStatus::kExpired : OfferStatus::kPending;
}

// What all invitations of an account need, read together.
struct Read {
  std::vector<join_store::Row> rows;
  std::multimap<InvitationId, join_store::NamedTarget> targets;
  std::map<UserNo, std::string> inviters;
  std::map<IdentityProviderId, IdentityProvider> identity_providers;
};

std::vector<OfferedPlace> places_of(const View& view, const access::Pass& pass, const Read& read,
                                    const InvitationId& id) {
  std::vector<OfferedPlace> places;
  const auto [begin, end] = read.targets.equal_range(id);
  for (auto at = begin; at != end; ++at) {
    const auto& target = at->second;
    const auto organization = view.organization_id(target.organization);
    if (!organization || !sees(view, pass, target.organization)) continue;
    // They come by organization.
    if (places.empty() || places.back().organization != *organization) {
      places.push_back({*organization, target.organization_name, {}});
    }
    if (const auto* role = view.role(target.role)) places.back().roles.push_back(role->id);
  }
  std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return places;
}

Read read_all(sql::Tx& tx, const access::Graph& graph, UserNo user) {
  Read read;
  read.rows = join_store::of_user(tx, user, kMaxOffers);
  for (auto& target : join_store::targets_of(tx, user)) read.targets.emplace(target.invitation, std::move(target));
  std::vector<UserNo> inviters;
  graph.read([&](const View& view) {
    for (const auto& row : read.rows) {
      const auto no = rules::inviter_user(view, row);
      if (no && read.inviters.emplace(no, "").second) inviters.push_back(no);
    }
  });
  for (const auto& inviter : Users::find(tx, inviters)) read.inviters[inviter.no] = rules::name_of(inviter);
  for (auto& provider : IdentityProviders::all(tx)) read.identity_providers.emplace(provider.id, std::move(provider));
  return read;
}

}  // namespace

std::string_view name(OfferStatus status) {
  switch (status) {
    case OfferStatus::kPending: return "pending";
    case OfferStatus::kExpired: return "expired";
    case OfferStatus::kAccepted: return "accepted";
    case OfferStatus::kRejected: return "rejected";
    case OfferStatus::kWithdrawn: break;
  }
  return "withdrawn";
}

Result<std::vector<JoinOffer>> JoinInvitations::offers(const access::Permit<Action::kAccountGet>& permit,
                                                       const UserId& user) const {
  UserNo no;
  bool visible = false;
  ledger_.graph().read([&](const View& view) {
    no = view.find_user(user);
    visible = may_see(view, permit, no);
  });
  if (!no) return no_user();
  Read read;
  ledger_.read([&](sql::Tx& tx) { read = read_all(tx, ledger_.graph(), no); });
  std::vector<JoinOffer> offers;
  for (const auto& row : read.rows) {
    JoinOffer offer{row.id,
                    status_of(row, permit.now()),
                    row.email,
                    {},
                    {},
                    {},
                    row.created_at,
                    row.last_sent_at,
                    row.expires_at,
                    row.responded_at};
    ledger_.graph().read([&](const View& view) {
      offer.places = places_of(view, permit, read, row.id);
      offer.inviter_person = read.inviters[rules::inviter_user(view, row)];
    });
    if (offer.places.empty()) continue;
    if (row.identity_provider) {
      const auto found = read.identity_providers.find(*row.identity_provider);
      if (found != read.identity_providers.end()) offer.identity_provider = found->second;
    }
    offers.push_back(std::move(offer));
  }
  if (offers.empty() && !visible) return no_user();
  return offers;
}

Result<void> JoinInvitations::withdraw(const access::Permit<Action::kUserInvite>& permit, const InvitationId& id) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    const auto row = join_store::find(unit.tx(), id);
    if (!row) return no_invitation();
    const auto& who = permit.principal();
    const bool own = row->inviter_kind == rules::kind_of(who) && row->inviter == who.id;
    const auto targets = join_store::targets(unit.tx(), id);
    const bool seen = std::any_of(targets.begin(), targets.end(),
                                  [&](const Target& one) { return sees(unit.view(), permit, one.organization); });
    if (!own && !seen) return no_invitation();
    TRY(rules::check_open(*row, unit.now()));
    std::vector<Target> withdrawn;
    Result<void> refusal;
    for (const auto& target : targets) {
      const auto may =
          own ? Result<void>() : join_rules::may_give(unit.view(), unit.permissions(), who, *row, target, unit.now());
      if (may) {
        withdrawn.push_back(target);
      } else if (sees(unit.view(), permit, target.organization)) {
        refusal = may.error();
      }
    }
    if (withdrawn.empty() && !own) return refusal;
    // What is left of it can still be accepted; of one that is taken back as a whole the organizations are kept, for who asks.
    if (withdrawn.size() < targets.size()) {
      for (const auto& target : withdrawn) join_store::erase_target(unit.tx(), id, target);
    } else {
      invitation_store::set_rejected(unit.tx(), id, true, unit.now());
    }
    for (const auto& target : withdrawn) join_rules::record(unit, *row, target, "invitation.withdrawn");
    return {};
  });
}

}  // namespace gatehouse::domain
