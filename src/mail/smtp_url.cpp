#include <arpa/inet.h>
#include <curl/curl.h>

#include <charconv>
#include <memory>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "mail/smtp_transport.hpp"

namespace gatehouse::mail {
namespace {

constexpr std::uint16_t kSubmission = 587;   // RFC 6409
constexpr std::uint16_t kSubmissions = 465;  // RFC 8314

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeText {
  void operator()(char* text) const { curl_free(text); }
};

Error refused(std::string why) {
  return invalid("mail.smtp_url_invalid", "The URL of the SMTP server " + std::move(why));
}

// Nothing when the URL has no such part.
Result<std::optional<std::string>> part(CURLU* url, CURLUPart what, unsigned flags = 0) {
  char* text = nullptr;
  const CURLUcode code = curl_url_get(url, what, &text, flags);
  const std::unique_ptr<char, FreeText> owned(text);
  switch (code) {
    case CURLUE_OK: return std::optional<std::string>(text);
    case CURLUE_NO_USER:
    case CURLUE_NO_PASSWORD:
    case CURLUE_NO_OPTIONS:
    case CURLUE_NO_HOST:
    case CURLUE_NO_PORT:
    case CURLUE_NO_QUERY:
    case CURLUE_NO_FRAGMENT: return std::optional<std::string>();
    default: return refused("has a part that is not percent-encoded text.");
  }
}

Result<void> read_credentials(CURLU* url, SmtpServer& server) {
  // curl reads them up to a semicolon; a password that was cut would be a riddle.
  if (TRY(part(url, CURLUPART_OPTIONS))) return refused("holds a semicolon in its credentials; write %3B.");
  auto user = TRY(part(url, CURLUPART_USER, CURLU_URLDECODE));
  auto password = TRY(part(url, CURLUPART_PASSWORD, CURLU_URLDECODE));
  if (!user && !password) return {};
  if (!user || user->empty() || !password || password->empty())
    return refused("must give both user and password, or neither.");
  server.user = std::move(*user);
  server.password = std::move(*password);
  return {};
}

}  // namespace

Result<SmtpServer> parse_smtp_url(std::string_view text) {
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  const std::string given(text);
  if (given.find('\0') != std::string::npos ||
      curl_url_set(url.get(), CURLUPART_URL, given.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return refused(
        "must read smtp://[user:password@]host[:port] or smtps://…, with user and password percent-encoded.");
  }
  SmtpServer server;
  const auto scheme = TRY(part(url.get(), CURLUPART_SCHEME));
  if (scheme != "smtp" && scheme != "smtps") return refused("must begin with smtp:// or smtps://.");
  server.tls = scheme == "smtps";
  const auto path = TRY(part(url.get(), CURLUPART_PATH));
  if ((path && *path != "/") || TRY(part(url.get(), CURLUPART_QUERY)) || TRY(part(url.get(), CURLUPART_FRAGMENT)))
    return refused("must end after the host and its port.");
  auto host = TRY(part(url.get(), CURLUPART_HOST));
  if (!host || host->empty()) return refused("names no host.");
  server.host = std::move(*host);
  server.port = server.tls ? kSubmissions : kSubmission;
  if (const auto port = TRY(part(url.get(), CURLUPART_PORT))) {
    const auto read = std::from_chars(port->data(), port->data() + port->size(), server.port);
    if (read.ec != std::errc() || read.ptr != port->data() + port->size() || server.port == 0)
      return refused("has a port that is none.");
  }
  TRY(read_credentials(url.get(), server));
  return server;
}

bool SmtpServer::is_loopback() const {
  if (text::equal_ignoring_ascii_case(host, "localhost") || host == "[::1]") return true;
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24U) == 127;
}

}  // namespace gatehouse::mail
