// Mails through an SMTP server (RFC 5321), with libcurl. Refuses servers whose certificate does not verify, and to show
// credentials to anybody but this machine without TLS.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "mail/transport.hpp"

namespace gatehouse::mail {

struct SmtpServer {
  bool tls = false;  // smtps: TLS from the first byte on
  std::string host;  // an IPv6 address in brackets
  std::uint16_t port = 0;
  std::string user{};  // empty: no authentication
  std::string password{};
  [[nodiscard]] bool is_loopback() const;
};

// smtp://[user:password@]host[:port] (587 when absent: the port of submission, RFC 6409) or smtps://… (465, RFC 8314).
// User and password are percent-encoded. kInvalid `mail.smtp_url_invalid` says what is wrong and repeats no part of the URL.
Result<SmtpServer> parse_smtp_url(std::string_view url);

struct SmtpOptions {
  SmtpServer server;
  // STARTTLS is taken when offered. It must be offered when this is set, and when there are credentials and the server is not on
  // this machine.
  bool require_tls = false;
  std::string ca_file{};      // PEM; empty: the system's authorities
  std::string client_name{};  // what EHLO says; empty: the name of this machine
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds stall_timeout{30'000};  // without a byte moving, rounded up to seconds
  std::chrono::milliseconds total_timeout{120'000};
};

// The connection is kept between mails.
std::unique_ptr<Transport> smtp_transport(SmtpOptions options);

}  // namespace gatehouse::mail
