#include "server/config.hpp"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <charconv>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>
#include <variant>

#include "base/text.hpp"
#include "mail/smtp_transport.hpp"

namespace gatehouse::server {
namespace {

using Target = std::variant<std::string Config::*, std::int64_t Config::*, std::vector<std::string> Config::*>;

struct Declared {
  ConfigKey key;
  Target target;
  std::int64_t min = 0;
  std::int64_t max = 0;
};

const std::vector<Declared>& declared() {
  static const std::vector<Declared> keys{
      {{"data", "Directory of the store and its keys."}, &Config::data},
      {{"database_url",
        "Where the store is: sqlite:PATH, or postgresql://… as libpq reads it (better in GATEHOUSE_DATABASE_URL_FILE "
        "when "
        "it holds a password); default: sqlite:gatehouse.db in the data directory.",
        true, true},
       &Config::database_url},
      {{"database_connections", "Connections to PostgreSQL that read; two more write and watch."},
       &Config::database_connections,
       1,
       1000},
      {{"staleness_bound_ms",
        "Milliseconds without word from PostgreSQL after which this node answers 503 instead of deciding."},
       &Config::staleness_bound_ms,
       200,
       60'000},
      {{"listen", "Address of the APIs, HOST:PORT; port 0 takes a free one."}, &Config::listen},
      {{"management_listen", "Address of /livez, /readyz and /metrics, HOST:PORT."}, &Config::management_listen},
      {{"public_url", "URL under which users reach the service; issuer of tokens and base of links."},
       &Config::public_url},
      {{"tls_cert", "PEM file with the certificate chain."}, &Config::tls_cert},
      {{"tls_key", "PEM file with the private key."}, &Config::tls_key},
      {{"admin_email", "E-mail and user name of the first administrator."}, &Config::admin_email},
      {{"admin_password", "Password of the first administrator; made up and printed once when absent.", true},
       &Config::admin_password},
      {{"master_key_file", "File with the 32-byte key that seals secrets; made in the data directory when absent."},
       &Config::master_key_file},
      {{"signing_algorithm", "Of access tokens: es256, eddsa or rs256."}, &Config::signing_algorithm},
      {{"signing_key_rotation_s", "Seconds for which one key signs."},
       &Config::signing_key_rotation_s,
       3600,
       10LL * 365 * 86'400},
      {{"access_token_s", "Life of an access token in seconds."}, &Config::access_token_s, 30, 86'400},
      {{"refresh_idle_s", "Seconds after which an unused refresh token is void."},
       &Config::refresh_idle_s,
       60,
       365 * 86'400},
      {{"session_s", "Seconds after which a session ends whatever happens."}, &Config::session_s, 60, 365 * 86'400},
      {{"password_memory_kib", "Argon2id memory in KiB."}, &Config::password_memory_kib, 8, 4 * 1024 * 1024},
      {{"password_passes", "Argon2id passes."}, &Config::password_passes, 1, 100},
      {{"io_threads", "Threads that talk HTTP; 0: one per core."}, &Config::io_threads, 0, 256},
      {{"read_threads", "Threads that read the store; 0: two per core."}, &Config::read_threads, 0, 256},
      {{"hash_threads", "Threads that hash passwords; 0: one per core."}, &Config::hash_threads, 0, 256},
      {{"trusted_proxies", "Addresses whose X-Forwarded-For is believed, with commas between."},
       &Config::trusted_proxies},
      {{"invitation_s", "Seconds for which the link of an invitation is good."},
       &Config::invitation_s,
       3600,
       365 * 86'400},
      {{"partner_subscription_key",
        "Key that requests to /partner/v1 must bring in Ocp-Apim-Subscription-Key; several are separated by blanks. "
        "None "
        "is asked for when absent.",
        true},
       &Config::partner_subscription_key},
      {{"smtp_url", "smtp://user:password@host:port or smtps://…; without it mails become files in the data directory.",
        true},
       &Config::smtp_url},
      {{"smtp_tls",
        "auto: TLS when the server offers it, and always when there is a password for another machine; "
        "required: always."},
       &Config::smtp_tls},
      {{"smtp_ca_file",
        "PEM file with the authorities that the mail server's certificate is checked against; default: "
        "the system's."},
       &Config::smtp_ca_file},
      {{"smtp_timeout_s", "Seconds without an answer after which a mail server is given up, until the next attempt."},
       &Config::smtp_timeout_s,
       1,
       600},
      {{"mail_from", "Address that mails come from; default: gatehouse@ the host of public_url."}, &Config::mail_from},
      {{"mail_from_name", "Name that mails come from."}, &Config::mail_from_name},
      {{"mail_locale", "Language of mails when nobody has chosen one: en or es."}, &Config::mail_locale},
      {{"log_requests", "Which requests are logged: none, errors, changes or all."}, &Config::log_requests},
  };
  return keys;
}

std::string variable_name(std::string_view key) {
  std::string name = "GATEHOUSE_";
  for (const char c : key) name.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  return name;
}

Error bad(std::string detail) { return invalid("config.invalid", std::move(detail)); }

Result<void> set(Config& config, const Declared& declared, const std::string& value, std::string_view source) {
  const std::string name(declared.key.name);
  if (const auto* text = std::get_if<std::string Config::*>(&declared.target)) {
    config.** text = value;
  } else if (const auto* number = std::get_if<std::int64_t Config::*>(&declared.target)) {
    std::int64_t parsed = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
    if (error != std::errc() || end != value.data() + value.size() || parsed < declared.min || parsed > declared.max) {
      return bad(fmt::format("{} must be a number from {} to {}, not \"{}\"", name, declared.min, declared.max, value));
    }
    config.** number = parsed;
  } else if (const auto* list = std::get_if<std::vector<std::string> Config::*>(&declared.target)) {
    auto& items = config.**list;
    items.clear();
    std::stringstream stream(value);
    for (std::string item; std::getline(stream, item, ',');) {
      item = text::collapse_blanks(item);
      if (!item.empty()) items.push_back(item);
    }
  }
  config.origins[name] = {declared.key.secret ? "********" : value, std::string(source)};
  return {};
}

Result<std::string> read_file(const std::string& path, std::string_view what) {
  std::ifstream stream(path);
  if (!stream) return bad(fmt::format("cannot read {} {}: check the path and its permissions", what, path));
  std::string content{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  return content;
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

Result<std::vector<std::string>> words(const toml::table& table, std::string_view key, std::string_view of) {
  std::vector<std::string> out;
  const auto* node = table.get(key);
  if (node == nullptr) return out;
  const auto* array = node->as_array();
  if (array == nullptr) return bad(fmt::format("{} of {} must be an array of strings", key, of));
  for (const auto& item : *array) {
    const auto text = item.value<std::string>();
    if (!text) return bad(fmt::format("{} of {} must be an array of strings", key, of));
    out.push_back(*text);
  }
  return out;
}

Result<void> read_roles(const toml::node& node, Config& config) {
  const auto* array = node.as_array();
  if (array == nullptr) return bad("roles must be tables: [[roles]]");
  for (const auto& entry : *array) {
    const auto* table = entry.as_table();
    if (table == nullptr) return bad("roles must be tables: [[roles]]");
    domain::RoleDefinition role;
    role.name = (*table)["name"].value_or(std::string());
    if (role.name.empty()) return bad("a role in the configuration has no name");
    role.category = (*table)["category"].value_or(std::string("APPLICATION"));
    role.description = (*table)["description"].value_or(std::string());
    role.weight = (*table)["weight"].value_or(10);
    role.permissions = TRY(words(*table, "permissions", role.name));
    role.implies = TRY(words(*table, "implies", role.name));
    for (const auto& [key, value] : *table) {
      constexpr std::array<std::string_view, 6> kKnown{"name",   "category",    "description",
                                                       "weight", "permissions", "implies"};
      if (std::find(kKnown.begin(), kKnown.end(), key.str()) == kKnown.end()) {
        return bad(fmt::format("unknown key \"{}\" in role {}", key.str(), role.name));
      }
    }
    config.roles.push_back(std::move(role));
  }
  return {};
}

Result<void> read_toml(const std::string& path, Config& config) {
  const std::string content = TRY(read_file(path, "the configuration file"));
  toml::table table;
  try {
    table = toml::parse(content);
  } catch (const toml::parse_error& error) {
    return bad(fmt::format("{}:{}: {}", path, error.source().begin.line, error.description()));
  }
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    if (name == "roles") {
      TRY(read_roles(node, config));
      continue;
    }
    const auto found =
        std::find_if(declared().begin(), declared().end(), [&](const Declared& d) { return d.key.name == name; });
    if (found == declared().end())
      return bad(fmt::format("unknown configuration key \"{}\" in {}: see `gatehouse config show`", name, path));
    std::string value;
    if (std::holds_alternative<std::int64_t Config::*>(found->target)) {
      if (!node.is_integer()) return bad(fmt::format("{} in {} must be a number", name, path));
      value = std::to_string(node.value_or(std::int64_t{0}));
    } else if (std::holds_alternative<std::string Config::*>(found->target)) {
      if (!node.is_string()) return bad(fmt::format("{} in {} must be a string", name, path));
      value = node.value_or(std::string());
    } else {
      for (const auto& item : TRY(words(table, name, path))) value += item + ",";
    }
    TRY(set(config, *found, value, "file"));
  }
  return {};
}

Result<void> read_environment(const std::vector<std::string>& environment, Config& config) {
  for (const auto& entry : environment) {
    if (!entry.starts_with("GATEHOUSE_")) continue;
    const std::size_t equals = entry.find('=');
    const std::string variable = entry.substr(0, equals);
    const std::string value = equals == std::string::npos ? std::string() : entry.substr(equals + 1);
    bool known = variable == "GATEHOUSE_CONFIG";
    for (const auto& candidate : declared()) {
      if (variable == variable_name(candidate.key.name)) {
        TRY(set(config, candidate, value, "environment"));
        known = true;
      } else if (candidate.key.secret && variable == variable_name(candidate.key.name) + "_FILE") {
        TRY(set(config, candidate, trimmed(TRY(read_file(value, variable))), "environment"));
        known = true;
      }
    }
    // Not refused: the environment belongs to more than one program.
    if (!known) config.warnings.push_back(fmt::format("the variable {} is not one that gatehouse reads", variable));
  }
  return {};
}

Result<void> check(Config& config) {
  constexpr std::array<std::string_view, 3> kAlgorithms{"es256", "eddsa", "rs256"};
  if (std::find(kAlgorithms.begin(), kAlgorithms.end(), config.signing_algorithm) == kAlgorithms.end()) {
    return bad("signing_algorithm must be es256, eddsa or rs256");
  }
  constexpr std::array<std::string_view, 4> kLogs{"none", "errors", "changes", "all"};
  if (std::find(kLogs.begin(), kLogs.end(), config.log_requests) == kLogs.end()) {
    return bad("log_requests must be none, errors, changes or all");
  }
  if (config.tls_cert.empty() != config.tls_key.empty())
    return bad("--tls-cert and --tls-key go together: give both or neither");
  if (!text::is_email(config.admin_email)) return bad("admin_email must be an e-mail address");
  if (const std::string_view url = config.database_url; !url.empty() && !url.starts_with("sqlite:") &&
                                                        !url.starts_with("postgresql://") &&
                                                        !url.starts_with("postgres://")) {
    return bad("database_url must begin with sqlite: or postgresql://");
  }
  if (config.smtp_tls != "auto" && config.smtp_tls != "required") return bad("smtp_tls must be auto or required");
  if (config.mail_locale != "en" && config.mail_locale != "es") return bad("mail_locale must be en or es");
  if (!config.mail_from.empty() && !text::is_email(config.mail_from)) return bad("mail_from must be an e-mail address");
  if (!text::is_utf8(config.mail_from_name) || !text::is_printable(config.mail_from_name)) {
    return bad("mail_from_name must be one line of printable characters");
  }
  if (!config.smtp_ca_file.empty()) TRY(read_file(config.smtp_ca_file, "smtp_ca_file"));
  if (!config.smtp_url.empty()) TRY(mail::parse_smtp_url(config.smtp_url));
  while (config.public_url.ends_with('/')) config.public_url.pop_back();
  if (!config.public_url.empty() && !config.public_url.starts_with("http://") &&
      !config.public_url.starts_with("https://")) {
    return bad(fmt::format("public_url must begin with http:// or https://, not \"{}\"", config.public_url));
  }
  return {};
}

}  // namespace

const std::vector<ConfigKey>& config_keys() {
  static const std::vector<ConfigKey> keys = [] {
    std::vector<ConfigKey> all;
    for (const auto& entry : declared()) all.push_back(entry.key);
    return all;
  }();
  return keys;
}

std::string flag_name(const ConfigKey& key) {
  std::string name = "--" + std::string(key.name);
  std::replace(name.begin() + 2, name.end(), '_', '-');
  return name;
}

Result<Config> load_config(const std::map<std::string, std::string>& flags, const std::vector<std::string>& environment,
                           const std::string& file) {
  Config config;
  for (const auto& entry : declared()) {
    std::string value;
    if (const auto* text = std::get_if<std::string Config::*>(&entry.target)) value = config.**text;
    if (const auto* number = std::get_if<std::int64_t Config::*>(&entry.target))
      value = std::to_string(config.**number);
    config.origins[std::string(entry.key.name)] = {entry.key.secret ? "" : value, "default"};
  }
  std::string path = file;
  for (const auto& entry : environment) {
    if (path.empty() && entry.starts_with("GATEHOUSE_CONFIG=")) path = entry.substr(17);
  }
  if (!path.empty()) TRY(read_toml(path, config));
  TRY(read_environment(environment, config));
  for (const auto& [name, value] : flags) {
    const auto found = std::find_if(declared().begin(), declared().end(),
                                    [&, key = name](const Declared& d) { return d.key.name == key; });
    if (found != declared().end()) TRY(set(config, *found, value, "flag"));
  }
  TRY(check(config));
  return config;
}

}  // namespace gatehouse::server
