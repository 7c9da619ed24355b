#include "domain/identity_providers/identity_provider_rules.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "domain/names.hpp"

namespace gatehouse::domain::identity_provider_rules {
namespace {

constexpr std::size_t kMaxName = 100;
constexpr std::size_t kMaxPrefix = 50;
constexpr std::size_t kMaxIssuer = 500;
constexpr std::size_t kMaxClientId = 255;
constexpr std::size_t kMaxSecret = 1000;
constexpr std::size_t kMaxScopes = 20;
constexpr std::size_t kMaxScope = 100;
constexpr std::size_t kMaxLabel = 63;  // RFC 1035 2.3.4

bool is_lower_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_lower_alnum(c) || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// RFC 6749 A.1 and A.2. A blank at an end is a slip of copying.
bool is_credential(std::string_view text, std::size_t max_size) {
  return !text.empty() && text.size() <= max_size && text.front() != ' ' && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// RFC 6749 3.3.
bool is_scope(std::string_view scope) {
  return !scope.empty() && scope.size() <= kMaxScope &&
         std::all_of(scope.begin(), scope.end(), [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; });
}

template <class Address>
bool is_address(int family, std::string_view host, Address& address) {
  return inet_pton(family, std::string(host).c_str(), &address) == 1;
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) { return is_alnum(c) || c == '-'; });
}

// A name, an IPv4 address, or an IPv6 one in brackets.
bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    in6_addr address{};
    return host.size() > 2 && host.ends_with(']') && is_address(AF_INET6, host.substr(1, host.size() - 2), address);
  }
  auto last = host;
  for (auto rest = host;;) {
    const auto dot = rest.find('.');
    last = rest.substr(0, dot);
    if (!is_label(last)) return false;
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  // Programs take what ends in a number for an address, each in its own way.
  in_addr address{};
  return !std::all_of(last.begin(), last.end(), is_digit) || is_address(AF_INET, host, address);
}

bool is_loopback(std::string_view host) {
  if (text::equal_ignoring_ascii_case(host, "localhost") || host == "[::1]") return true;
  in_addr address{};
  return is_address(AF_INET, host, address) && (ntohl(address.s_addr) >> 24U) == 127;
}

bool is_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return read.ec == std::errc() && read.ptr == digits.data() + digits.size() && port != 0;
}

// RFC 3986 3.3.
bool is_path(std::string_view path) {
  constexpr std::string_view kOthers = "/-._~!$&'()*+,;=:@";
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '%') {
      if (i + 2 >= path.size() || !is_hex(path[i + 1]) || !is_hex(path[i + 2])) return false;
    } else if (!is_alnum(path[i]) && kOthers.find(path[i]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

void tidy_scopes(std::vector<std::string>& scopes, std::vector<FieldError>& faults) {
  if (scopes.size() > kMaxScopes || std::find(scopes.begin(), scopes.end(), "openid") == scopes.end()) {
    faults.push_back({"scopes", "must hold openid, and at most 20 scopes"});
  }
  for (std::size_t i = 0; i < std::min(scopes.size(), kMaxScopes); ++i) {
    if (!is_scope(scopes[i])) {
      faults.push_back({"scopes[" + std::to_string(i) + "]",
                        "must be 1 to 100 printable ASCII characters without blanks, quotes and backslashes"});
    }
  }
  std::vector<std::string> each_once;
  for (auto& scope : scopes) {
    if (std::find(each_once.begin(), each_once.end(), scope) == each_once.end()) each_once.push_back(std::move(scope));
  }
  scopes = std::move(each_once);
}

}  // namespace

bool is_prefix(std::string_view prefix) {
  return !prefix.empty() && prefix.size() <= kMaxPrefix && is_lower_alnum(prefix.front()) &&
         std::all_of(prefix.begin(), prefix.end(), [](char c) { return is_lower_alnum(c) || c == '_' || c == '-'; });
}

bool is_issuer(std::string_view url) {
  if (url.size() > kMaxIssuer) return false;
  const bool is_plain = url.starts_with("http://");
  if (!is_plain && !url.starts_with("https://")) return false;
  const auto rest = url.substr(is_plain ? 7 : 8);
  const auto slash = std::min(rest.find('/'), rest.size());
  const auto authority = rest.substr(0, slash);
  // The colons of an IPv6 address stand before its bracket.
  const auto bracket = authority.rfind(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const auto host = authority.substr(0, colon);
  if (colon != std::string_view::npos && !is_port(authority.substr(colon + 1))) return false;
  return is_host(host) && (!is_plain || is_loopback(host)) && is_path(rest.substr(slash));
}

std::vector<FieldError> tidy(IdentityProvider& provider, const std::optional<std::string>& secret) {
  std::vector<FieldError> faults;
  if (auto name = name_of(provider.name, kMaxName)) {
    provider.name = *std::move(name);
  } else {
    faults.push_back({"name", "must be 1 to 100 visible characters"});
  }
  if (!is_prefix(provider.prefix)) {
    faults.push_back({"prefix", "must be 1 to 50 of a-z, 0-9, _ and -, and begin with a letter or a digit"});
  }
  if (provider.type != "oidc") faults.push_back({"type", "must be oidc"});
  if (!is_issuer(provider.issuer)) {
    faults.push_back({"issuer",
                      "must be an https URL of at most 500 characters without credentials, query and fragment; http is "
                      "for loopback hosts"});
  }
  if (!is_credential(provider.client_id, kMaxClientId)) {
    faults.push_back({"client_id", "must be 1 to 255 printable ASCII characters"});
  }
  if (secret && !is_credential(*secret, kMaxSecret)) {
    faults.push_back({"client_secret", "must be 1 to 1000 printable ASCII characters"});
  }
  tidy_scopes(provider.scopes, faults);
  return faults;
}

}  // namespace gatehouse::domain::identity_provider_rules
