// The token endpoint of RFC 6749: what a request for a machine's token says, and how it is answered.
// Refuses two ways of client authentication at once (2.3), repeated parameters (3.1) and grants it does not offer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace gatehouse::oauth {

struct TokenRequest {
  std::string client_id;
  std::string client_secret;
  std::string scope;   // as it came; may be empty
  bool basic = false;  // the client used HTTP Basic (2.3.1)
};

// RFC 6749 5.2. `challenge`: the answer carries `WWW-Authenticate: Basic`.
struct TokenError {
  std::string_view error;
  std::string_view description;
  int status = 400;
  bool challenge = false;
};
TokenError invalid_client(bool basic);
TokenError invalid_scope();

// `authorization`: the header's value, if there is one. Only grant_type=client_credentials (4.4).
std::variant<TokenRequest, TokenError> parse_token_request(std::string_view body,
                                                           std::optional<std::string_view> authorization);

std::string render(const TokenError& error);
// 5.1; `scope` with blanks between.
std::string render_token(std::string_view access_token, std::int64_t expires_in_s, std::string_view scope);

}  // namespace gatehouse::oauth
