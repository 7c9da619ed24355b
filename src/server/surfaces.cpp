#include "api/access/api_tokens.hpp"
#include "api/access/companies.hpp"
#include "api/access/connections.hpp"
#include "api/access/dialect.hpp"
#include "api/access/invitations.hpp"
#include "api/access/users.hpp"
#include "api/authzen/authzen.hpp"
#include "api/docs/docs.hpp"
#include "api/identity_manager/associations.hpp"
#include "api/identity_manager/authentication.hpp"
#include "api/identity_manager/companies.hpp"
#include "api/identity_manager/identification_types.hpp"
#include "api/identity_manager/passwords.hpp"
#include "api/identity_manager/providers.hpp"
#include "api/identity_manager/roles.hpp"
#include "api/identity_manager/users.hpp"
#include "api/invitation_page/invitation_page.hpp"
#include "api/oauth2/oauth2.hpp"
#include "api/partner/identity_providers.hpp"
#include "api/partner/invitations.hpp"
#include "api/partner/invite_jobs.hpp"
#include "api/partner/roles.hpp"
#include "api/partner/subscription_key.hpp"
#include "api/partner/user_identity_provider.hpp"
#include "api/partner/user_invitations.hpp"
#include "api/partner/users.hpp"
#include "api/v1/changes.hpp"
#include "api/v1/clients.hpp"
#include "api/v1/dialect.hpp"
#include "api/v1/organization_users.hpp"
#include "api/v1/organizations.hpp"
#include "api/v1/tokens.hpp"
#include "api/v1/users.hpp"
#include "http/aspnet_problem.hpp"
#include "http/openapi.hpp"
#include "server/log.hpp"
#include "server/service.hpp"
#include "server/version.hpp"

namespace gatehouse::server {

// The domain's services behind the seams of the HTTP layer, which does not know the domain.
struct Surfaces::Adapters {
  struct Authentication final : http::Authenticator {
    explicit Authentication(domain::Authenticator& to) : service(to) {}
    Result<Principal> authenticate(std::string_view bearer, Timestamp now) override {
      return service.authenticate(bearer, now);
    }
    domain::Authenticator& service;
  };
  struct Keys final : http::Idempotency {
    explicit Keys(domain::Idempotency& to) : service(to) {}
    Result<Claim> claim(const Principal& who, std::string_view key, std::string_view fingerprint) override {
      auto claimed = TRY(service.claim(who, key, fingerprint));
      return Claim{claimed.replay, std::move(claimed.answer)};
    }
    void complete(const Principal& who, std::string_view key, std::string_view answer) override {
      service.complete(who, key, answer);
    }
    void abandon(const Principal& who, std::string_view key) override { service.abandon(who, key); }
    domain::Idempotency& service;
  };
  explicit Adapters(Core& core) : authentication(*core.authenticator), keys(*core.idempotency) {}
  Authentication authentication;
  Keys keys;
};

namespace {

http::RouterOptions router_options(const Config& config) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  http::RouterOptions options;
  options.read_threads = config.read_threads > 0 ? static_cast<std::size_t>(config.read_threads) : 2 * cores;
  options.hash_threads = config.hash_threads > 0 ? static_cast<std::size_t>(config.hash_threads) : cores;
  options.trusted_proxies = config.trusted_proxies;
  return options;
}

http::ApiInfo api_info() {
  return {
      "Gatehouse",
      kVersion,
      "Identity and access management for B2B platforms: one core, several documented surfaces.",
      {{"v1", "Identity and access: tokens, organizations, users, machine clients."},
       {"access",
        "Access management of one company: users and roles, invitations between organizations, agency connections, "
        "API tokens. Every call acts on the active organization of the caller. The same operations answer below "
        "/saas/access."},
       {"partner",
        "User management for partners: users, roles, identity providers, and bulk invitation of users into "
        "organizations. Names of members match without case."},
       {"identity_manager",
        "Identity manager: users with their roles, companies and providers, passwords and status. Names of operations "
        "and of members match without case."},
       {"invitations", "The page that a mail's link opens."},
       {"oauth2", "OAuth 2 token endpoint and keys."},
       {"authzen", "Decisions: OpenID AuthZEN Authorization API 1.0."},
       {"docs", "This documentation."}}};
}

}  // namespace

Surfaces::Surfaces(Core& core, http::Freshness& freshness, const std::string& public_url, http::Router::Log log)
    : adapters_(std::make_unique<Adapters>(core)),
      router_(std::make_unique<http::Router>(router_options(core.config), core.ledger->policy(),
                                             adapters_->authentication, adapters_->keys, freshness, core.clock,
                                             core.random, std::move(log))) {
  auto& v1 = *surfaces_.emplace_back(std::make_unique<http::Surface>("v1", api::v1::dialect()));
  api::v1::register_tokens(v1, *core.sign_in, *core.sessions, *core.clients, *core.graph);
  api::v1::register_organizations(v1, *core.organizations, *core.graph);
  api::v1::register_organization_users(v1, *core.memberships, *core.graph);
  api::v1::register_users(v1, *core.users, *core.memberships, *core.passwords, *core.graph);
  api::v1::register_changes(v1, *core.changes);
  api::v1::register_clients(v1, *core.clients);
  auto& access = *surfaces_.emplace_back(std::make_unique<http::Surface>("access", api::access_api::dialect()));
  api::access_api::register_users(access, *core.memberships, *core.api_tokens, *core.roles);
  api::access_api::register_invitations(access, *core.invitations);
  api::access_api::register_connections(access, *core.connections, *core.roles, *core.notifications);
  api::access_api::register_api_tokens(access, *core.api_tokens, *core.graph);
  api::access_api::register_companies(access, *core.organizations, *core.sessions);
  register_partner(core);
  register_identity_manager(core);
  auto& page = *surfaces_.emplace_back(std::make_unique<http::Surface>("invitations", http::plain_dialect()));
  api::invitation_page::register_invitation_page(page, *core.invitations, *core.join_invitations);
  auto& oauth2 = *surfaces_.emplace_back(std::make_unique<http::Surface>("oauth2", api::oauth2::dialect()));
  api::oauth2::register_oauth2(oauth2, *core.clients, *core.signing_keys);
  auto& authzen = *surfaces_.emplace_back(std::make_unique<http::Surface>("authzen", http::plain_dialect()));
  api::authzen::register_authzen(authzen, *core.graph, public_url);
  auto& docs = *surfaces_.emplace_back(std::make_unique<http::Surface>("docs", http::plain_dialect()));
  api::docs::register_docs(docs, openapi_);
  for (const auto& surface : surfaces_) router_->mount(*surface);
  router_->speak("/api/v1", api::v1::dialect());
  router_->speak("/access", api::access_api::dialect());
  router_->speak("/access/v1", http::plain_dialect());  // decisions
  router_->speak("/partner/v1", http::aspnet_dialect(), true);
  router_->speak("/api", http::aspnet_dialect(), true);
  router_->also_at("/saas/access", "/access");
  openapi_ = http::openapi_document(api_info(), router_->routes(), core.permissions);
}

void Surfaces::register_partner(Core& core) {
  http::SurfaceOptions options;
  options.ignore_case = true;
  options.gate = api::partner::subscription_key_gate(core.config.partner_subscription_key);
  options.gate_header = api::partner::kSubscriptionKeyHeader;
  auto& partner =
      *surfaces_.emplace_back(std::make_unique<http::Surface>("partner", http::aspnet_dialect(), std::move(options)));
  api::partner::register_users(partner, *core.directory, *core.users, *core.graph);
  api::partner::register_roles(partner, *core.graph);
  api::partner::register_identity_providers(partner, *core.identity_providers, *core.graph);
  api::partner::register_user_identity_provider(partner, *core.users);
  api::partner::register_invitations(partner, *core.join_invitations);
  api::partner::register_user_invitations(partner, *core.join_invitations);
  api::partner::register_invite_jobs(partner, *core.invite_jobs);
}

void Surfaces::register_identity_manager(Core& core) {
  http::SurfaceOptions options;
  options.ignore_case = true;
  auto& surface = *surfaces_.emplace_back(
      std::make_unique<http::Surface>("identity_manager", http::aspnet_dialect(), std::move(options)));
  namespace d = api::identity_manager;
  d::register_authentication(surface, *core.sign_in, *core.authenticator, *core.directory, *core.roles, *core.graph);
  d::register_users(surface, *core.directory, *core.users, *core.passwords, *core.roles, *core.graph);
  d::register_passwords(surface, *core.directory, *core.passwords, *core.throttle, *core.graph);
  d::register_associations(surface, *core.directory);
  d::register_roles(surface, *core.roles);
  d::register_companies(surface, *core.directory);
  d::register_providers(surface, *core.providers);
  d::register_identification_types(surface, *core.identification_types);
}

Surfaces::~Surfaces() = default;

}  // namespace gatehouse::server
