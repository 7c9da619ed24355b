#include "server/core.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "crypto/digest.hpp"
#include "domain/load_graph.hpp"
#include "domain/schema.hpp"
#include "domain/users/user_roll.hpp"
#include "server/log.hpp"
#include "server/master_key.hpp"
#include "server/random_password.hpp"

namespace gatehouse::server {
namespace {

namespace fs = std::filesystem;
using access::Action;

// A key for one purpose, of the master key (RFC 5869's idea, one block long).
std::array<std::uint8_t, 32> derive(const crypto::MasterKey& key, std::string_view purpose) {
  return crypto::hmac_sha256({reinterpret_cast<const char*>(key.data()), key.size()}, purpose);
}

Result<void> make_directory(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return {};
  if (fs::create_directories(path, error); error) {
    return invalid("config.data", fmt::format("cannot make the data directory {}: {}; choose another with --data", path,
                                              error.message()));
  }
  fs::permissions(path, fs::perms::owner_all, error);
  return {};
}

}  // namespace

Core::Core(const Config& from, const Clock& the_clock, Random& the_random)
    : config(from), clock(the_clock), random(the_random) {}

Core::~Core() = default;

Result<std::unique_ptr<Core>> Core::open(const Config& config, Opening opening, const Clock& clock, Random& random,
                                         const std::string& url) {
  auto core = std::unique_ptr<Core>(new Core(config, clock, random));
  TRY(domain::register_permissions(core->permissions, config.roles));
  if (opening == Opening::kServe) TRY(make_directory(config.data));
  core->database = TRY(open_store(config, opening, random, [&clock](std::string_view failure) {
    log_event(clock, LogLevel::kError, "store_failed", {{"failure", failure}});
  }));
  if (store_file(config).empty()) {
    core->name_ = opening == Opening::kServe ? std::make_unique<NodeName>(config.data, clock.now(), random)
                                             : std::make_unique<NodeName>(clock.now(), random);
    core->node = core->name_->id();
  }
  if (opening != Opening::kServe) {
    TRY(core->begin(opening, url));
    return core;
  }
  // Of two nodes that start at the same moment, one makes what there is to make and the other finds it.
  Result<void> begun;
  core->database->alone([&] { begun = core->begin(opening, url); });
  TRY(std::move(begun));
  return core;
}

Result<void> Core::begin(Opening opening, const std::string& url) {
  TRY(open_graph(opening));
  TRY(wire(url));
  if (opening == Opening::kServe) TRY(first_start());
  return {};
}

Result<void> Core::open_graph(Opening opening) {
  // The key before the tables: a store never stands without the key that opens it.
  const std::string key_file = config.master_key_file.empty() ? config.data + "/master.key" : config.master_key_file;
  const auto key = TRY(load_master_key(key_file, is_new(*database), random));
  if (opening != Opening::kInspect) {
    const auto migrations = domain::migrations();
    TRY(database->migrate(migrations));
  }
  seal = std::make_unique<crypto::Seal>(key, random);

  idempotency_key_ = derive(key, "gatehouse idempotency");

  graph = std::make_unique<access::Graph>(permissions);
  domain::load_graph(*database, *graph);
  ledger = std::make_unique<domain::Ledger>(*database, *graph, clock, random);
  deployment_key = std::make_unique<domain::DeploymentKey>(*ledger, *seal);
  if (opening != Opening::kInspect) TRY(deployment_key->check());
  throttle =
      std::make_unique<domain::Throttle>(*ledger, derive(key, "gatehouse sign-in throttle"), domain::ThrottleRules{});
  return {};
}

Result<void> Core::wire(const std::string& url) {
  // From the configuration alone, so that tokens stay good over a restart.
  issuer = config.public_url.empty() ? (config.tls_cert.empty() ? "http://" : "https://") + config.listen
                                     : config.public_url;
  // Sessions last: the end of a connection moves some of them to where they must not stay.
  dependents.push_back(&invitation_dependents_);
  dependents.push_back(&directory_dependents_);
  dependents.push_back(&credential_dependents_);

  domain::SigningKeyRules key_rules;
  key_rules.algorithm = domain::parse_algorithm(config.signing_algorithm).value_or(crypto::Algorithm::kEs256);
  key_rules.rotation_s = config.signing_key_rotation_s;
  key_rules.token_s = config.access_token_s + 300;
  domain::SessionRules session_rules;
  session_rules.access_token_s = config.access_token_s;
  session_rules.refresh_idle_s = config.refresh_idle_s;
  session_rules.session_s = config.session_s;
  crypto::PasswordCost cost;
  cost.memory_bytes = static_cast<std::uint64_t>(config.password_memory_kib) * 1024;
  cost.passes = static_cast<int>(config.password_passes);

  signing_keys = std::make_unique<domain::SigningKeys>(*ledger, *seal, key_rules);
  access_tokens = std::make_unique<api::oauth2::AccessTokens>(*signing_keys, issuer);
  roles = std::make_unique<domain::Roles>(*ledger);
  memberships = std::make_unique<domain::Memberships>(*ledger, dependents);
  organizations = std::make_unique<domain::Organizations>(*ledger, *memberships, dependents);
  users = std::make_unique<domain::Users>(*ledger, *memberships, dependents);
  changes = std::make_unique<domain::Changes>(*ledger);
  passwords = std::make_unique<domain::Passwords>(*ledger, cost);
  sessions = std::make_unique<domain::Sessions>(*ledger, *access_tokens, *access_tokens, session_rules);
  sign_in = std::make_unique<domain::SignIn>(*ledger, *passwords, *sessions, *throttle);
  clients = std::make_unique<domain::Clients>(*ledger, *access_tokens, config.access_token_s);
  api_tokens = std::make_unique<domain::ApiTokens>(*ledger);
  authenticator = std::make_unique<domain::Authenticator>(*graph, *access_tokens, api_tokens.get(), random);
  idempotency = std::make_unique<domain::Idempotency>(*ledger, *seal, idempotency_key_);
  // An attempt to send a mail takes four times that time-out at most.
  const domain::MailClaims claims{node, std::max<std::int64_t>(120, 8 * config.smtp_timeout_s)};
  mails = std::make_unique<domain::Mails>(*ledger, *seal, claims);
  notifications = std::make_unique<domain::Notifications>(*ledger);
  connections = std::make_unique<domain::Connections>(*ledger);
  const domain::InvitationRules invitation_rules{config.invitation_s, config.mail_locale, url.empty() ? issuer : url};
  invitations = std::make_unique<domain::Invitations>(*ledger, *mails, *passwords, invitation_rules);
  join_invitations = std::make_unique<domain::JoinInvitations>(*ledger, *mails, *passwords, invitation_rules);
  invite_jobs = std::make_unique<domain::InviteJobs>(*ledger, *join_invitations, node);
  identity_providers = std::make_unique<domain::IdentityProviders>(*ledger, *seal);
  identification_types = std::make_unique<domain::IdentificationTypes>(*ledger);
  providers = std::make_unique<domain::Providers>(*ledger);
  directory = std::make_unique<domain::Directory>(*ledger, *memberships, *users);
  return {};
}

Result<void> Core::first_start() {
  TRY(organizations->ensure_platform());
  TRY(roles->sync(config.roles));
  TRY(signing_keys->ensure());
  TRY(deployment_key->ensure());
  TRY(identification_types->ensure());
  if (const auto clashes = users->renew_keys(); clashes > 0) {
    // They sign in by what they had; an administrator gives them other names.
    log_event(clock, LogLevel::kError, "user_keys_clash", {{"accounts", clashes}});
  }

  bool somebody = false;
  graph->read([&](const access::View& view) { somebody = view.user_count() > 0; });
  if (somebody) return {};
  const bool made_up = config.admin_password.empty();
  const std::string password = made_up ? random_password(random) : config.admin_password;
  auto hash = passwords->hash_new(password, config.admin_email, config.admin_email);
  if (!hash) return invalid("config.invalid", "the first administrator's password is refused: " + hash.error().detail);
  const domain::NewUser admin{config.admin_email, config.admin_email, "Administrator", *hash};
  const auto permit = ledger->policy().system<Action::kStoreAdminister>({}, clock.now());
  const bool is_made = TRY(ledger->write(permit, [&](domain::Unit& unit) -> Result<bool> {
    if (unit.view().user_count() > 0) return false;  // another node was first
    const auto user = TRY(domain::Users::insert(unit, admin));
    const RoleNo super_admin = unit.view().find_role("Super Admin");
    domain::Memberships::put(unit, user.no, unit.view().platform(), {super_admin});
    return true;
  }));
  if (is_made && made_up) first_password = password;
  return {};
}

void Core::maintain() {
  const Timestamp now = clock.now();
  signing_keys->maintain(now);
  sessions->maintain(now);
  throttle->maintain(now);
  clients->maintain(now);
  api_tokens->maintain(now);
  idempotency->maintain(now);
  mails->maintain(now);
  invite_jobs->maintain(now);
  ledger->read([&](sql::Tx& tx) { users->roll().warm_up(tx); });
}

}  // namespace gatehouse::server
