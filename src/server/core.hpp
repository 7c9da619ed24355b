// The core, wired: store, graph and every service of the domain. Used by the server and by the commands that work on a data
// directory without one.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "access/graph.hpp"
#include "api/oauth2/access_tokens.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "crypto/seal.hpp"
#include "domain/api_tokens/api_tokens.hpp"
#include "domain/authentication/authenticator.hpp"
#include "domain/authentication/credential_dependents.hpp"
#include "domain/changes/changes.hpp"
#include "domain/changes/ledger.hpp"
#include "domain/clients/clients.hpp"
#include "domain/connections/connections.hpp"
#include "domain/deployment_key/deployment_key.hpp"
#include "domain/directory/directory.hpp"
#include "domain/directory/directory_dependents.hpp"
#include "domain/idempotency/idempotency.hpp"
#include "domain/identification_types/identification_types.hpp"
#include "domain/identity_providers/identity_providers.hpp"
#include "domain/invitations/invitation_dependents.hpp"
#include "domain/invitations/invitations.hpp"
#include "domain/invitations/join_invitations.hpp"
#include "domain/invite_jobs/invite_jobs.hpp"
#include "domain/mails/mails.hpp"
#include "domain/memberships/memberships.hpp"
#include "domain/nodes/node.hpp"
#include "domain/notifications/notifications.hpp"
#include "domain/organizations/organizations.hpp"
#include "domain/passwords/passwords.hpp"
#include "domain/providers/providers.hpp"
#include "domain/roles/roles.hpp"
#include "domain/sessions/sessions.hpp"
#include "domain/sign_in/sign_in.hpp"
#include "domain/sign_in/throttle.hpp"
#include "domain/signing_keys/signing_keys.hpp"
#include "domain/users/users.hpp"
#include "server/config.hpp"
#include "server/node_name.hpp"
#include "server/store.hpp"

namespace gatehouse::server {

class Core {
 public:
  // `url`: where the service answers, for links in mails; empty: the issuer. Errors: one sentence that says what to do.
  // Clock and random must outlive the core.
  static Result<std::unique_ptr<Core>> open(const Config& config, Opening opening, const Clock& clock, Random& random,
                                            const std::string& url = {});
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // What goes stale, in small batches; to be called every minute or so.
  void maintain();

  const Config config;
  const Clock& clock;
  Random& random;
  std::string issuer;                         // public URL
  std::optional<std::string> first_password;  // of an administrator made at this start with a made-up password
  domain::NodeId node;                        // of this process; nil where the store lets in only one
  access::Permissions permissions;
  std::unique_ptr<sql::Database> database;
  std::unique_ptr<crypto::Seal> seal;
  std::unique_ptr<access::Graph> graph;
  std::unique_ptr<domain::Ledger> ledger;
  std::unique_ptr<domain::DeploymentKey> deployment_key;
  std::unique_ptr<domain::SigningKeys> signing_keys;
  std::unique_ptr<api::oauth2::AccessTokens> access_tokens;
  domain::DependentsList dependents;
  std::unique_ptr<domain::Roles> roles;
  std::unique_ptr<domain::Memberships> memberships;
  std::unique_ptr<domain::Organizations> organizations;
  std::unique_ptr<domain::Users> users;
  std::unique_ptr<domain::Changes> changes;
  std::unique_ptr<domain::Passwords> passwords;
  std::unique_ptr<domain::Sessions> sessions;
  std::unique_ptr<domain::Throttle> throttle;
  std::unique_ptr<domain::SignIn> sign_in;
  std::unique_ptr<domain::Clients> clients;
  std::unique_ptr<domain::ApiTokens> api_tokens;
  std::unique_ptr<domain::Authenticator> authenticator;
  std::unique_ptr<domain::Idempotency> idempotency;
  std::unique_ptr<domain::Mails> mails;
  std::unique_ptr<domain::Notifications> notifications;
  std::unique_ptr<domain::Connections> connections;
  std::unique_ptr<domain::Invitations> invitations;
  std::unique_ptr<domain::JoinInvitations> join_invitations;
  std::unique_ptr<domain::InviteJobs> invite_jobs;
  std::unique_ptr<domain::IdentityProviders> identity_providers;
  std::unique_ptr<domain::IdentificationTypes> identification_types;
  std::unique_ptr<domain::Providers> providers;
  std::unique_ptr<domain::Directory> directory;

 private:
  Core(const Config& config, const Clock& clock, Random& random);
  Result<void> begin(Opening opening, const std::string& url);
  Result<void> open_graph(Opening opening);
  Result<void> wire(const std::string& url);
  Result<void> first_start();

  domain::CredentialDependents credential_dependents_;
  domain::InvitationDependents invitation_dependents_;
  domain::DirectoryDependents directory_dependents_;
  domain::Idempotency::Key idempotency_key_{};
  std::unique_ptr<NodeName> name_;
};

}  // namespace gatehouse::server
