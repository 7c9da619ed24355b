// Configuration: flags > environment (`GATEHOUSE_*`, and `GATEHOUSE_*_FILE` for secrets) > one TOML file > defaults.
// Every key is declared once, in config.cpp; flags, variables, file and `gatehouse config show` read that table.
// Refuses unknown keys: a misspelt one would silently leave a default in force.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/roles/catalogue.hpp"

namespace gatehouse::server {

struct Config {
  std::string data = "./data";
  std::string database_url;  // secret: it may hold a password; empty: sqlite:<data>/gatehouse.db
  std::int64_t database_connections = 16;
  std::int64_t staleness_bound_ms = 1000;
  std::string listen = "127.0.0.1:8080";
  std::string management_listen = "127.0.0.1:9080";
  std::string public_url;  // default: http(s)://listen
  std::string tls_cert;
  std::string tls_key;
  std::string admin_email = "admin@localhost";
  std::string admin_password;   // secret
  std::string master_key_file;  // default: <data>/master.key
  std::string signing_algorithm = "es256";
  std::int64_t signing_key_rotation_s = 90 * 86'400;
  std::int64_t access_token_s = 15 * 60;
  std::int64_t refresh_idle_s = 14 * 86'400;
  std::int64_t session_s = 30 * 86'400;
  std::int64_t password_memory_kib = 19 * 1024;
  std::int64_t password_passes = 2;
  std::int64_t io_threads = 0;    // 0: one per core
  std::int64_t read_threads = 0;  // 0: two per core
  std::int64_t hash_threads = 0;  // 0: one per core
  std::vector<std::string> trusted_proxies;
  std::int64_t invitation_s = 7 * 86'400;
  std::string partner_subscription_key;  // secret; empty: none is asked for
  std::string smtp_url;                  // secret; empty: mails become files in <data>/mail
  std::string smtp_tls = "auto";
  std::string smtp_ca_file;
  std::int64_t smtp_timeout_s = 30;
  std::string mail_from;  // default: gatehouse@ the host of public_url
  std::string mail_from_name = "Gatehouse";
  std::string mail_locale = "en";
  std::string log_requests = "errors";        // none, errors, changes, all
  std::vector<domain::RoleDefinition> roles;  // TOML only: [[roles]]

  struct Origin {
    std::string value;   // as shown: secrets masked
    std::string source;  // "flag", "environment", "file", "default"
  };
  std::map<std::string, Origin> origins;
  std::vector<std::string> warnings;  // e.g. variables that nothing reads
};

// What a flag or variable is called and means.
struct ConfigKey {
  std::string_view name;  // "public_url" → --public-url, GATEHOUSE_PUBLIC_URL, public_url = …
  std::string_view doc;
  bool secret = false;
  bool secret_flag = false;  // a secret that may stand on the command line all the same: often it is none
};
const std::vector<ConfigKey>& config_keys();
std::string flag_name(const ConfigKey& key);

// `flags`: by key name. `environment`: all of it, NAME=value. Errors: config.* with one sentence that says what to do.
Result<Config> load_config(const std::map<std::string, std::string>& flags, const std::vector<std::string>& environment,
                           const std::string& file);

}  // namespace gatehouse::server
