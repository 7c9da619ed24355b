// The Companies, and people who are invited to join them: what a batch is made of, what it answers, and the secrets in the
// mails.
#pragma once

#include <gmock/gmock.h>

#include "domain/identity_providers/identity_providers.hpp"
#include "domain/invitations/join_invitations.hpp"
#include "support_cpp/all_rows.hpp"
#include "support_cpp/companies_fixture.hpp"

namespace gatehouse::testing {

class People : public Companies {
 public:
  People() { wire(); }

  // Everything anew, from what the store holds.
  void restart() {
    joins.reset();
    Companies::restart();
    wire();
  }

  [[nodiscard]] std::string group(const std::string& name) const {
    std::string id;
    graph->read([&](const access::View& view) { id = view.role(role(name))->id.to_string(); });
    return id;
  }
  static std::vector<std::string> ids(const std::vector<domain::Organization>& organizations) {
    std::vector<std::string> ids;
    for (const auto& one : organizations) ids.push_back(one.id.to_string());
    return ids;
  }
  // Into these, or with none into those of the batch.
  [[nodiscard]] domain::InvitedPerson somebody(const std::string& email, const std::string& role_name = "viewer",
                                               const std::vector<domain::Organization>& into = {}) const {
    domain::InvitedPerson person;
    person.email = email;
    person.group = group(role_name);
    if (!into.empty()) person.organizations = ids(into);
    return person;
  }
  Result<std::vector<domain::InvitedUser>> ask(const Principal& who, const domain::InvitationBatch& batch,
                                               bool only_ask = false) {
    clock.advance_s(1);
    const auto permit = ledger->policy().permit<access::Action::kUserInvite>(who, now());
    if (!permit) return permit.error();
    return joins->invite(*permit, batch, only_ask);
  }
  Result<std::vector<domain::InvitedUser>> ask(const Principal& who, const domain::InvitedPerson& person) {
    return ask(who, domain::InvitationBatch{{person}, {}});
  }
  // Sent by that one; the secret that left for it.
  std::string joining(const Principal& who, const domain::InvitedPerson& person) {
    need(ask(who, person));
    return secret_for(person.email);
  }
  // In the last mail to that address; empty when there is none.
  [[nodiscard]] std::string secret_for(const std::string& email) const {
    std::string secret;
    for (const auto& due : mails_to(email)) {
      const auto& link = due.mail.parameters.at("activate_link");
      secret = link.substr(link.find("#token=") + 7);
    }
    return secret;
  }
  // Invitations to join that wait in the outbox, oldest first.
  [[nodiscard]] std::vector<domain::DueMail> mails_to(const std::string& email) const {
    std::vector<domain::DueMail> found;
    for (auto& due : mails->due(1000)) {
      if (due.mail.to == email && due.mail.template_name == "invitation_to_join") found.push_back(std::move(due));
    }
    return found;
  }
  std::string activate(const std::string& secret, const std::optional<std::string>& password = {}) {
    return code(joins->activate(secret, password));
  }
  // The code of a refusal, and where its faults are.
  template <class T>
  static std::vector<std::string> faults(const Result<T>& result) {
    if (result) return {"ok"};
    std::vector<std::string> all{std::string(result.error().code)};
    for (const auto& fault : result.error().fields) all.push_back(fault.field);
    return all;
  }
  // Neither rows nor decisions are others than before.
  template <class F>
  void expect_nothing_changed(F&& work) {
    const auto before = all_rows(*database);
    const auto revision = graph->revision();
    work();
    EXPECT_EQ(all_rows(*database), before);
    EXPECT_EQ(graph->revision(), revision);
  }
  // Refused with that code, looked at or activated.
  void expect_worthless(const std::string& secret, const std::string& expected) {
    expect_nothing_changed([&] {
      EXPECT_EQ(code(joins->preview(secret)), expected);
      EXPECT_EQ(activate(secret), expected);
      EXPECT_FALSE(joins->activate(secret, std::string(kPassword)).ok());
    });
  }
  void wait_until(Timestamp at) { clock.advance_s(at.seconds_since(now())); }
  [[nodiscard]] std::optional<domain::User> account_of(const std::string& email) const {
    return users->find_by_email(email);
  }
  // Names of the roles it holds directly there; with "member" before them when it is one.
  [[nodiscard]] std::vector<std::string> holds(const domain::User& user, const domain::Organization& at) const {
    std::vector<std::string> names;
    graph->read([&](const access::View& view) {
      if (view.is_member(user.no, at.no)) names.emplace_back("member");
      for (const auto no : view.direct_roles(user.no, at.no)) names.push_back(view.role(no)->name);
    });
    return names;
  }
  [[nodiscard]] std::vector<std::string> holds(const std::string& email, const domain::Organization& at) const {
    const auto user = account_of(email);
    return user ? holds(*user, at) : std::vector<std::string>{"no account"};
  }
  // Somebody signs in there instead of here.
  domain::IdentityProvider provider(const std::string& prefix, bool enabled = true) {
    return need(identity_providers->create(system<access::Action::kCatalogueEdit>(platform),
                                           {.name = "Provider " + prefix,
                                            .prefix = prefix,
                                            .enabled = enabled,
                                            .issuer = "https://login.example.com/" + prefix,
                                            .client_id = "gatehouse",
                                            .client_secret = "a word nobody else knows"}));
  }
  void enable(const domain::IdentityProvider& provider, bool enabled) {
    need(identity_providers->update(system<access::Action::kCatalogueEdit>(platform), provider.id,
                                    {.enabled = enabled}));
  }
  void change(const domain::User& user, const domain::UserPatch& patch) {
    need(users->update(system<access::Action::kAccountEdit>(platform), user.id, patch));
  }
  void remove_account(const domain::User& user) {
    need(users->remove(system<access::Action::kAccountRemove>(platform), user.id));
  }

  std::unique_ptr<domain::JoinInvitations> joins;
  std::unique_ptr<domain::IdentityProviders> identity_providers;

 private:
  void wire() {
    joins = std::make_unique<domain::JoinInvitations>(*ledger, *mails, *passwords, invitation_rules);
    identity_providers = std::make_unique<domain::IdentityProviders>(*ledger, seal);
  }
};

}  // namespace gatehouse::testing
