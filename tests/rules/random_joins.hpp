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
    switch (below(22)) {
      case 0:
      case 1: return {"join.invite", invite_people(who)};
      case 2:
      case 3:
        return join_secrets_.empty() ? Step{"join.invite", invite_people(who)} : Step{"join.activate", activate()};
      case 4: return below(3) == 0 ? Step{"join.reject", decline()} : Step{"grant.put", grant(usual_role())};
      case 5:
        return below(2) == 0 ? Step{"platform_role.grant", grant_role(who)}
                             : Step{"platform_role.revoke", revoke_role(who)};
      case 6: return {"grant.take", demote()};
      default: return RandomDealings::next(who);
    }
  }
  // Who gave what the last step gave: of an activation, whoever sent the invitation.
  [[nodiscard]] Principal giver(const Principal& caller) const { return vouches_.value_or(caller); }

  static inline int in_part = 0;  // activations that gave some of what was offered

 private:
  // Whoever vouches for an invitation that waits loses all roles somewhere, as by the command line.
  Result<void> demote() {
    std::vector<UserId> vouching;
    world.database->read([&](sql::Tx& tx) {
      tx.each("SELECT DISTINCT inviter_id FROM invitations WHERE purpose = 'join' AND status = 'pending' ORDER BY id",
              {}, [&](const sql::Row& row) {
                vouching.push_back(row.id<UserId>(0));
                return true;
              });
    });
    const auto user = vouching.empty() ? person().id : any(vouching);
    return world.ledger->unguarded("by the command line", Principal::system(), [&](domain::Unit& unit) -> Result<void> {
      const auto no = unit.view().find_user(user);
      auto held = unit.view().holdings(no);
      std::erase_if(held, [&](const auto& one) { return one.roles.empty(); });
      if (held.empty()) return not_found("membership.not_found", "It holds nothing.");
      const auto& from = held[held.size() / 2];
      TRY(domain::Memberships::keeps_an_admin(unit, from.organization, no, {}));
      const auto roles = unit.view().direct_roles(no, from.organization);
      domain::Memberships::change_roles(unit, no, from.organization, {}, roles);
      return {};
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
    const auto secret = any(join_secrets_);
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
  domain::Directory directory_{*world.ledger, *world.memberships};
  std::vector<std::string> guests_;  // addresses
  std::optional<Principal> vouches_;
};

}  // namespace gatehouse::testing
