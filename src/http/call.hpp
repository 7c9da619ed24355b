// One request as the code above the server sees it, and what it may ask of others: how a surface speaks of errors, who a
// credential is, what an Idempotency-Key was answered. Refuses to know endpoints.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/policy.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "http/stream.hpp"

namespace gatehouse::http {

// One request as a handler sees it.
class Call {
 public:
  const Request& request;
  Response& response;
  Timestamp now;
  std::string_view request_id;
  Principal principal;              // kNobody for Anyone
  std::string_view source_address;  // of the client, honouring trusted proxies
  std::vector<std::pair<std::string_view, std::string>> path_parameters;
  std::unique_ptr<BodySource> rest{};  // of a body that has begun
  std::shared_ptr<Spool> spool{};      // the body, when it is on disk
  bool ignore_case = false;            // names of query parameters and of members match without ASCII case

  [[nodiscard]] std::string_view path_parameter(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> query_parameter(
      std::string_view name) const;  // decoded, the first of that name
  // `name` is a literal; `value` has no CR or LF.
  void set_header(std::string_view name, std::string value) { response.headers.emplace_back(name, std::move(value)); }
  // RFC 9110 13.1.1: the versions that If-Match names; none when it is absent or `*`. Set by set_etag as "<version>".
  [[nodiscard]] Result<std::vector<std::int64_t>> if_match() const;
  void set_etag(std::int64_t version) { set_header("ETag", "\"" + std::to_string(version) + "\""); }
};

// How a surface speaks of errors.
class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual void render(const Error& error, const Call& call, Response& response) const = 0;
  [[nodiscard]] virtual int status(ErrorKind kind) const;  // RFC 9110's usual ones
  [[nodiscard]] virtual std::string_view error_media_type() const = 0;
  [[nodiscard]] virtual std::string_view error_schema() const = 0;  // JSON text of the OpenAPI schema
  [[nodiscard]] virtual std::string_view error_schema_name() const = 0;
};

// RFC 9457 problem details with the core's codes: for everything that is no surface of its own.
const Dialect& plain_dialect();

// Makes a principal of a bearer credential, from memory only.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  virtual Result<Principal> authenticate(std::string_view bearer, Timestamp now) = 0;
};

// Keeps the answers of POST requests that carry an Idempotency-Key.
class Idempotency {
 public:
  struct Claim {
    bool replay = false;  // `answer` is to be sent again
    std::string answer;
  };
  virtual ~Idempotency() = default;
  // Errors: kConflict while the first one runs, kUnprocessable when the fingerprint differs.
  virtual Result<Claim> claim(const Principal& who, std::string_view key, std::string_view fingerprint) = 0;
  virtual void complete(const Principal& who, std::string_view key, std::string_view answer) = 0;
  virtual void abandon(const Principal& who, std::string_view key) = 0;  // nothing happened: the key is free again
};

}  // namespace gatehouse::http
