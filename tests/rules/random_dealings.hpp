// What companies do with each other in a random life: invite, accept, decline, connect and end it, and give roles to their
// users. With mistakes: to names that are taken, with secrets that are old, for agencies and by them.
#pragma once

#include "rules/random_life.hpp"

namespace gatehouse::testing {

class RandomDealings : public RandomLife {
 public:
  static constexpr std::size_t kOperations = RandomLife::kOperations + 11;
  using RandomLife::RandomLife;

  Step next(const Principal& who) {
    caller_ = who.user;
    switch (below(39)) {
      case 0:
      case 1:
      case 2: return {"invitation.create", invite(who)};
      case 3:
      case 4:
      case 5: return {"invitation.accept", accept()};
      case 6:
      case 19: return {"invitation.reject", reject(who)};
      case 7: return {"invitation.decline", decline()};
      case 8: return {"invitation.resend", resend(who)};
      case 9:
      case 10:
      case 11:
        return connections_.empty() ? Step{"invitation.accept", accept()}
                                    : Step{"connection.update", edit_connection(who)};
      case 12: return connections_.size() < 3 ? Step{"invitation.accept", accept()} : Step{"connection.end", end(who)};
      case 13:
      case 14: return {"member.add", add_member(who)};
      case 15:
      case 16: return {"member.edit_roles", edit_member(who)};
      case 17: return {"member.remove", remove_member(who)};
      case 18: return {"organization.switch", switch_to(who)};
      default: return RandomLife::next(who);
    }
  }

  struct Pair {
    OrganizationNo customer;
    OrganizationNo agency;
    auto operator<=>(const Pair&) const = default;
  };
  // Every two that were ever connected.
  [[nodiscard]] const std::vector<Pair>& ever_connected() const { return pairs_; }

 protected:
  // Mostly one of the last few: most of the older ones are done with.
  template <class T>
  const T& recent(const std::vector<T>& all) {
    return below(4) == 0 ? any(all) : all[all.size() - 1 - below(std::min<std::size_t>(all.size(), 4))];
  }
  static Error none_yet() { return not_found("invitation.not_found", "There is none yet."); }
  // The secrets that left by mail.
  void read_mail() {
    for (const auto& due : world.delivered()) {
      for (const auto& [name, secrets] : {std::pair("link", &secrets_), std::pair("activate_link", &join_secrets_)}) {
        const auto link = due.mail.parameters.find(name);
        if (link != due.mail.parameters.end()) secrets->push_back(link->second.substr(link->second.find('=') + 1));
      }
    }
  }
  // Mostly one that many may give.
  RoleNo usual_role() {
    static const std::vector<std::string> kUsual{"viewer",      "operator", "USER_VIEW", "USER_EDIT",   "USER_ADD",
                                                 "ORDERS_EDIT", "admin",    "admin",     "Seller Admin"};
    return below(3) == 0 ? any_role() : world.role(any(kUsual));
  }

  // Every other time somebody of an agency.
  const domain::User& actor() override {
    std::vector<const domain::User*> agents;
    if (below(2) == 0) {
      world.graph->read([&](const access::View& view) {
        for (const auto& one : people_) {
          const auto held = view.holdings(one.no);
          const bool is_agent = std::any_of(held.begin(), held.end(), [&](const auto& holding) {
            return holding.member && !view.connections_of_agency(holding.organization).empty();
          });
          if (is_agent) agents.push_back(&one);
        }
      });
    }
    return agents.empty() ? RandomLife::actor() : *any(agents);
  }
  // Now and then a customer of the caller's agencies, or what is below one.
  const domain::Organization& place() override {
    if (below(3) != 0) return RandomLife::place();
    std::vector<const domain::Organization*> customers;
    world.graph->read([&](const access::View& view) {
      for (const auto& one : organizations_) {
        bool there = false;
        for (auto at = one.no; at && !there; at = view.parent(at)) {
          for (const auto& entry : view.connections_of_customer(at)) there |= view.is_member(caller_, entry.agency);
        }
        if (there) customers.push_back(&one);
      }
    });
    return customers.empty() ? RandomLife::place() : *any(customers);
  }
  // Now and then somebody who belongs where the caller does.
  const domain::User& person() override {
    if (below(3) != 0) return RandomLife::person();
    std::vector<const domain::User*> colleagues;
    world.graph->read([&](const access::View& view) {
      for (const auto& one : people_) {
        for (const auto& held : view.holdings(caller_)) {
          if (!held.member || !view.is_member(one.no, held.organization)) continue;
          colleagues.push_back(&one);
          break;
        }
      }
    });
    return colleagues.empty() ? RandomLife::person() : *any(colleagues);
  }
  std::vector<std::string> join_secrets_;

 private:
  static constexpr std::uint32_t kNoSuchNo = 1'000'000;

  struct Sent {
    domain::InvitationId id;
    OrganizationId by;
  };
  struct Connected {
    ConnectionId id;
    OrganizationId customer;
    OrganizationId agency;
  };

  std::string company_of(const domain::User& user) {
    std::vector<std::string> names;
    world.graph->read([&](const access::View& view) {
      for (const auto& one : organizations_) {
        if (view.is_member(user.no, one.no)) names.push_back(one.name);
      }
    });
    return names.empty() ? fresh("Nowhere") : any(names);
  }
  Result<void> invite(const Principal& who) {
    domain::NewInvitation input;
    input.relation = below(2) == 0 ? domain::Relation::kAgency : domain::Relation::kCustomer;
    if (below(3) != 0) {
      const auto& known = person();
      input.email = known.email;
      input.company_name = company_of(known);
    } else {
      input.email = fresh("guest") + "@example.org";
      input.company_name = below(2) == 0 ? place().name : fresh("Guest");
    }
    // Every other time for where they are at work: only there it can be taken back.
    auto by = place().id;
    world.graph->read([&](const access::View& view) {
      if (below(2) == 0) by = view.organization_id(who.active).value_or(by);
    });
    const auto permit = TRY(at<access::Action::kInvitationCreate>(who, by));
    sent_.push_back({TRY(world.invitations->create(permit, input)), by});
    read_mail();
    return {};
  }
  Result<void> accept() {
    if (secrets_.empty()) return none_yet();
    const auto secret = recent(secrets_);
    const auto shown = world.invitations->preview(secret);
    const bool with_password = shown && shown->needs_password && below(2) == 0;
    const auto accepted =
        TRY(world.invitations->accept(secret, with_password ? std::optional(std::string(kPassword)) : std::nullopt));
    remember(accepted.connection);
    if (below(4) != 0) std::erase(secrets_, secret);
    const auto user = world.users->find_by_email(shown->email);
    if (std::none_of(people_.begin(), people_.end(), [&](const auto& one) { return one.id == user->id; })) {
      people_.push_back(*user);
    }
    const auto organization = world.organizations->find_by_name(shown->company_name);
    if (organization && std::none_of(organizations_.begin(), organizations_.end(),
                                     [&](const auto& one) { return one.id == organization->id; })) {
      organizations_.push_back(*organization);
    }
    return {};
  }
  void remember(const ConnectionId& id) {
    Pair pair;
    world.database->read([&](sql::Tx& tx) {
      tx.each("SELECT customer_no, agency_no FROM connections WHERE id = $1", {sql::Value(id)},
              [&](const sql::Row& row) {
                pair = {{static_cast<std::uint32_t>(row.integer(0))}, {static_cast<std::uint32_t>(row.integer(1))}};
                return true;
              });
    });
    pairs_.push_back(pair);
    world.graph->read([&](const access::View& view) {
      connections_.push_back({id, *view.organization_id(pair.customer), *view.organization_id(pair.agency)});
    });
  }
  Result<void> reject(const Principal& who) {
    if (sent_.empty()) return none_yet();
    auto id = recent(sent_).id;
    std::vector<domain::InvitationId> seen;
    const auto answered = below(6) == 0 ? "" : "pending";  // mostly not one of those
    world.database->read([&](sql::Tx& tx) {
      for (const auto& one : sent_) {
        if (tx.exists("SELECT 1 FROM invitations WHERE id = $1 AND (organization_no = $2 OR invited_no = $2 "
                      "OR email = (SELECT email FROM users WHERE no = $4)) "
                      "AND status >= $3",
                      {one.id, who.active.value, answered, who.user.value})) {
          seen.push_back(one.id);
        }
      }
    });
    if (!seen.empty()) id = recent(seen);
    const auto permit = TRY(as<access::Action::kInvitationReject>(who));
    TRY(world.invitations->reject(permit, id));
    return {};
  }
  Result<void> decline() {
    if (secrets_.empty()) return none_yet();
    TRY(world.invitations->reject_by_token(recent(secrets_)));
    return {};
  }
  [[nodiscard]] bool waits(const Sent& sent) const {
    bool found = false;
    world.database->read([&](sql::Tx& tx) {
      found = tx.exists("SELECT 1 FROM invitations WHERE id = $1 AND status = 'pending'", {sql::Value(sent.id)});
    });
    return found;
  }
  Result<void> resend(const Principal& who) {
    if (sent_.empty()) return none_yet();
    auto one = any(sent_);
    // Mostly the first that still waits, and mostly of those that the caller may send again.
    if (below(4) != 0) {
      const bool theirs = below(3) != 0;
      const auto first = std::find_if(sent_.begin(), sent_.end(), [&](const Sent& sent) {
        return waits(sent) && (!theirs || at<access::Action::kInvitationResend>(who, sent.by).ok());
      });
      if (first != sent_.end()) one = *first;
    }
    const auto permit = TRY(at<access::Action::kInvitationResend>(who, one.by));
    TRY(world.invitations->resend(permit, one.id));
    read_mail();
    return {};
  }
  domain::RoleEdit role_edit(const std::vector<RoleNo>& held) {
    domain::RoleEdit edit;
    const auto added = usual_role();
    world.graph->read([&](const access::View& view) {
      edit.add.push_back(view.role(added)->name);
      if (held.empty() || below(2) == 0) return;
      edit.remove.push_back(view.role(any(held))->name);
      if (below(2) == 0) edit.add.clear();
    });
    return edit;
  }
  Result<void> edit_connection(const Principal& who) {
    const auto& one = recent(connections_);
    std::vector<RoleNo> held;
    world.graph->read([&](const access::View& view) {
      for (const auto& entry : view.connections_of_customer(view.find_organization(one.customer))) {
        if (entry.id == one.id) held = entry.roles;
      }
    });
    const auto edit = role_edit(held);
    const auto permit = TRY(at<access::Action::kConnectionUpdate>(who, below(8) == 0 ? one.agency : one.customer));
    TRY(world.connections->edit_roles(permit, one.id, edit));
    return {};
  }
  Result<void> end(const Principal& who) {
    const auto one = recent(connections_);
    const auto permit = TRY(at<access::Action::kConnectionEnd>(who, below(2) == 0 ? one.agency : one.customer));
    TRY(world.connections->end(permit, one.id));
    if (below(8) != 0) std::erase_if(connections_, [&](const auto& other) { return other.id == one.id; });
    return {};
  }
  Result<void> add_member(const Principal& who) {
    const auto email = below(12) == 0 ? "nobody@example.com" : person().email;
    const auto permit = TRY(at<access::Action::kUserAdd>(who, place().id));
    TRY(world.memberships->add(permit, email));
    return {};
  }
  Result<void> edit_member(const Principal& who) {
    const auto [user, organization] = membership();
    std::vector<RoleNo> held;
    world.graph->read([&, user = user, organization = organization](const access::View& view) {
      held = view.direct_roles(view.find_user(user), view.find_organization(organization));
    });
    const auto edit = role_edit(held);
    const auto permit = TRY(at<access::Action::kUserRolesEdit>(who, organization));
    TRY(world.memberships->edit_roles(permit, user, edit));
    return {};
  }
  Result<void> remove_member(const Principal& who) {
    const auto [user, organization] = membership();
    const auto permit = TRY(at<access::Action::kUserRemove>(who, organization));
    return world.memberships->remove(permit, {.user = user});
  }
  Result<void> switch_to(const Principal& who) {
    const auto to = below(8) == 0 ? OrganizationNo{kNoSuchNo} : place().no;
    const auto permit = TRY(as<access::Action::kOrganizationSwitch>(who));
    return world.sessions->switch_organization(permit, to);
  }

  UserNo caller_;
  std::vector<Sent> sent_;
  std::vector<std::string> secrets_;
  std::vector<Connected> connections_;
  std::vector<Pair> pairs_;
};

}  // namespace gatehouse::testing
