// People who are invited to join organizations in a random life, who take it up later or never, while those who invited them
// are demoted, moved and removed; and roles at the platform. Each activation is held against a naive reading of what its
// inviter may give at that moment.
#pragma once

#include "crypto/opaque_token.hpp"
#include "domain/directory/directory.hpp"
#include "domain/invitations/join_invitations.hpp"
#include "rules/random_dealings.hpp"
#include "rules/standing_offer.hpp"

namespace gatehouse::testing {

class RandomJoins : public RandomDealings {
 public:
  static constexpr std::size_t kOperations = RandomDealings::kOperations + 6;
  using RandomDealings::RandomDealings;

  Step next(const Principal& who) {
    vouches_.reset();
    if (!doubtful_.empty() && below(3) == 0) return {"join.activate", activate()};
    if (doubtful_.empty() && !taken_.empty() && below(3) == 0) return {"grant.put", give_back()};
    switch (below(22)) {
      case 0:
      case 1: return {"join.invite", invite_people(who)};
      case 2:
      case 3:
        return join_secrets_.empty() ? Step{"join.invite", invite_people(who)} : Step{"join.activate", activate()};
      case 4: return below(3) == 0 ? Step{"join.reject", decline()} : Step{"grant.put", grant(usual_role())};
      case 5:
        return below(5) < 2 ? Step{"platform_role.grant", grant_role(who)}
                            : Step{"platform_role.revoke", revoke_role(who)};
      case 6: return {"grant.take", demote()};
      default: return RandomDealings::next(who);
    }
  }
  // Who gave what the last step gave: of an activation, whoever sent the invitation.
  [[nodiscard]] Principal giver(const Principal& caller) const { return vouches_.value_or(caller); }

  static inline int in_part = 0;  // activations that gave some of what was offered

 private:
  // An invitation that waits: what it takes to take it up, who vouches for it, and where.
  struct Open {
    std::string secret;
    UserNo inviter;
    std::vector<OrganizationNo> places;
  };
  std::vector<Open> open_invitations() {
    std::vector<Open> all;
    world.database->read([&](sql::Tx& tx) {
      for (const auto& secret : join_secrets_) {
        Open one{secret, {}, {}};
        tx.each(
            "SELECT u.no, t.organization_no FROM invitations i JOIN users u ON u.id = i.inviter_id "
            "JOIN invitation_targets t ON t.invitation_id = i.id "
            "WHERE i.secret = $1 AND i.status = 'pending' AND i.expires_at > $2 ORDER BY t.organization_no",
            {sql::Value::bytes(crypto::view(crypto::parse_opaque_token(secret)->digest)), world.now()},
            [&](const sql::Row& row) {
              one.inviter = {static_cast<std::uint32_t>(row.integer(0))};
              one.places.push_back({static_cast<std::uint32_t>(row.integer(1))});
              return true;
            });
        if (!one.places.empty()) all.push_back(std::move(one));
      }
    });
    return all;
  }
  // Whoever vouches for an invitation that waits loses what they hold where it invites to or above, everywhere or somewhere,
  // as by the command line; somebody else takes over where they were the last. Sooner or later the invitation is taken up,
  // and after that they get back what they lost. Now and then anybody loses something, and nobody takes over.
  Result<void> demote() {
    const auto open = open_invitations();
    const bool betrays = taken_.empty() && !open.empty() && below(6) != 0;
    const auto from = betrays ? any(open) : Open{{}, person().no, {place().no}};
    const auto reach = betrays ? static_cast<Reach>(below(3)) : Reach::kAll;
    std::vector<Taken> taken;
    TRY(world.ledger->unguarded("by the command line", Principal::system(), [&](domain::Unit& unit) -> Result<void> {
      taken.clear();
      for (const auto at : held_by(unit.view(), from, reach)) {
        taken.push_back(TRY(take(unit, from.inviter, at, betrays)));
      }
      return taken.empty() ? not_found("membership.not_found", "It holds nothing.") : Result<void>();
    }));
    if (!betrays) return {};
    taken_ = taken;
    doubtful_ = from.secret;
    return {};
  }
  // What of what an invitation gives its inviter loses: at its first place, where what they hold flows down from, or all.
  enum class Reach : std::uint8_t { kFirst, kTop, kAll };
  static std::set<OrganizationNo> held_by(const access::View& view, const Open& from, Reach reach) {
    std::set<OrganizationNo> all;
    for (const auto place : from.places) {
      std::vector<OrganizationNo> chain;
      for (auto at = place; at; at = view.parent(at)) {
        if (!view.direct_roles(from.inviter, at).empty()) chain.push_back(at);
      }
      if (chain.empty()) continue;
      if (reach == Reach::kFirst) return {chain.begin(), chain.end()};
      if (reach == Reach::kTop) chain.erase(chain.begin(), chain.end() - 1);
      all.insert(chain.begin(), chain.end());
    }
    return all;
  }
  struct Taken {
    UserNo from;
    OrganizationNo at;
    std::vector<RoleNo> roles;
    UserNo successor{};
    std::vector<RoleNo> given{};  // what of it the successor did not hold before
  };
  static Result<Taken> take(domain::Unit& unit, UserNo user, OrganizationNo at, bool somebody_takes_over) {
    Taken taken{user, at, unit.view().direct_roles(user, at)};
    if (const auto kept = domain::Memberships::keeps_an_admin(unit, at, user, {}); !kept) {
      taken.successor = {static_cast<std::uint32_t>(unit.tx().integer(
          "SELECT no FROM users WHERE status = 'active' AND no <> $1 ORDER BY no LIMIT 1", {user.value}))};
      if (!somebody_takes_over || !taken.successor) return kept.error();
      taken.given = taken.roles;
      for (const auto role : unit.view().direct_roles(taken.successor, at)) std::erase(taken.given, role);
      domain::Memberships::put(unit, taken.successor, at, taken.given);
    }
    domain::Memberships::change_roles(unit, user, at, {}, taken.roles);
    return taken;
  }
  Result<void> give_back() {
    const auto taken = std::exchange(taken_, {});
    return world.ledger->unguarded("by the command line", Principal::system(), [&](domain::Unit& unit) -> Result<void> {
      bool all = true;
      for (const auto& one : taken) {
        const bool stands = unit.view().organization_id(one.at) && domain::Users::find(unit.tx(), one.from);
        all &= stands;
        if (stands) domain::Memberships::put(unit, one.from, one.at, one.roles);
        if (!stands || one.given.empty() || !unit.view().is_member(one.successor, one.at)) continue;
        if (!domain::Memberships::keeps_an_admin(unit, one.at, one.successor, {})) continue;
        domain::Memberships::change_roles(unit, one.successor, one.at, {}, one.given);
      }
      return all ? Result<void>() : not_found("membership.not_found", "One of both is gone.");
    });
  }
  domain::InvitedPerson somebody() {
    domain::InvitedPerson one;
    one.email = below(3) == 0 || guests_.empty() ? fresh("guest") + "@example.net" : any(guests_);
    if (below(3) == 0) one.email = person().email;
    if (below(12) == 0) one.email = "nobody";
    const auto role = usual_role();
    world.graph->read([&](const access::View& view) { one.group = view.role(role)->id.to_string(); });
    return one;
  }
  // Mostly where the caller may add people, so that something comes of it.
  std::vector<std::string> places(const Principal& who) {
    std::vector<std::string> theirs;
    world.graph->read([&](const access::View& view) {
      for (const auto& one : organizations_) {
        if (view.allows(who, access::permission::kUsersAdd, one.no, world.now())) theirs.push_back(one.id.to_string());
      }
    });
    std::vector<std::string> ids;
    for (auto count = 1 + below(3); count > 0; --count) {
      ids.push_back(theirs.empty() || below(8) == 0 ? place().id.to_string() : any(theirs));
    }
    return ids;
  }
  Result<void> invite_people(const Principal& who) {
    domain::InvitationBatch batch;
    batch.organizations = places(who);
    for (auto count = 1 + below(2); count > 0; --count) {
      batch.people.push_back(somebody());
      if (below(3) == 0) batch.people.back().organizations = places(who);
    }
    const auto permit = TRY(as<access::Action::kUserInvite>(who));
    TRY(joins_.invite(permit, batch));
    for (const auto& one : batch.people) {
      if (std::find(guests_.begin(), guests_.end(), one.email) == guests_.end()) guests_.push_back(one.email);
    }
    read_mail();
    return {};
  }
  Result<void> activate() {
    if (join_secrets_.empty()) return none_yet();
    // First of all the one whose inviter was demoted in the meantime.
    const auto secret = doubtful_.empty() ? any(join_secrets_) : std::exchange(doubtful_, {});
    const StandingOffer offer(world, secret);
    const auto shown = joins_.preview(secret);
    const bool with_password = shown && shown->needs_password && below(4) != 0;
    auto joined = joins_.activate(secret, with_password ? std::optional(std::string(kPassword)) : std::nullopt);
    if (!joined) {
      if (joined.error().code == "invitation.void") offer.expect_void();
      if (below(4) != 0) std::erase(join_secrets_, secret);
      return joined.error();
    }
    vouches_ = offer.inviter();
    in_part += offer.expect_given() ? 0 : 1;
    const auto user = world.users->find_by_email(joined->email);
    if (std::none_of(people_.begin(), people_.end(), [&](const auto& one) { return one.id == user->id; })) {
      people_.push_back(*user);
    }
    if (below(4) != 0) std::erase(join_secrets_, secret);
    return {};
  }
  Result<void> decline() {
    if (join_secrets_.empty()) return none_yet();
    TRY(joins_.reject(recent(join_secrets_)));
    return {};
  }
  Result<void> grant_role(const Principal& who) {
    const auto& user = person();
    const auto role = usual_role();
    const auto permit = TRY(as<access::Action::kAccountEdit>(who));
    return directory_.grant_role(permit, user.id, id_of(role));
  }
  Result<void> revoke_role(const Principal& who) {
    std::vector<std::pair<UserId, RoleNo>> held;
    world.graph->read([&](const access::View& view) {
      for (const auto& one : people_) {
        for (const auto role : view.direct_roles(one.no, view.platform())) held.emplace_back(one.id, role);
      }
    });
    const auto [user, role] = held.empty() || below(6) == 0 ? std::pair(person().id, any_role()) : any(held);
    const auto permit = TRY(as<access::Action::kAccountEdit>(who));
    return directory_.revoke_role(permit, user, id_of(role));
  }
  RoleId id_of(RoleNo role) {
    RoleId id;
    world.graph->read([&](const access::View& view) { id = view.role(role)->id; });
    return id;
  }

  domain::JoinInvitations joins_{*world.ledger, *world.mails, *world.passwords, world.invitation_rules};
  domain::Directory directory_{*world.ledger, *world.memberships, *world.users};
  std::vector<std::string> guests_;  // addresses
  std::vector<Taken> taken_;         // until it is given back
  std::string doubtful_;             // the secret of the invitation whose inviter was demoted, until it is taken up
  std::optional<Principal> vouches_;
};

}  // namespace gatehouse::testing
