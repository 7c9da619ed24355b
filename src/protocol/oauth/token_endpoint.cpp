#include "protocol/oauth/token_endpoint.hpp"

#include <array>

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "protocol/oauth/form.hpp"

namespace gatehouse::oauth {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// RFC 4648 4, strict: whole quartets, padded. Nothing when broken.
std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    const int padding = !last || text[i + 3] != '=' ? 0 : (text[i + 2] == '=' ? 2 : 1);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const bool padded = static_cast<int>(j) >= 4 - padding;
      const auto digit = padded ? 0 : kAlphabet.find(text[i + j]);
      if (digit == std::string_view::npos) return std::nullopt;
      bits = bits << 6U | static_cast<std::uint32_t>(digit);
    }
    for (int j = 0; j < 3 - padding; ++j)
      out.push_back(static_cast<char>(bits >> (16U - 8U * static_cast<unsigned>(j))));
  }
  return out;
}

struct BasicPair {
  std::string id;
  std::string secret;
};

// RFC 7617 2 with the form encoding of RFC 6749 2.3.1 inside.
std::optional<BasicPair> parse_basic(std::string_view credentials) {
  while (!credentials.empty() && credentials.front() == ' ') credentials.remove_prefix(1);
  const auto plain = base64_decode(credentials);
  if (!plain) return std::nullopt;
  const auto colon = plain->find(':');
  if (colon == std::string::npos) return std::nullopt;
  auto id = form_decode(std::string_view(*plain).substr(0, colon));
  auto secret = form_decode(std::string_view(*plain).substr(colon + 1));
  if (!id || !secret) return std::nullopt;
  return BasicPair{std::move(*id), std::move(*secret)};
}

TokenError invalid_request(std::string_view description) { return {"invalid_request", description, 400, false}; }

// RFC 9110 11.4: the scheme, case-insensitive, then the credentials.
bool is_basic(std::string_view authorization) {
  constexpr std::string_view kScheme = "basic ";
  return authorization.size() >= kScheme.size() &&
         text::equal_ignoring_ascii_case(authorization.substr(0, kScheme.size()), kScheme);
}

}  // namespace

TokenError invalid_client(bool basic) {
  // RFC 6749 5.2: 401 always fits; the challenge must be there when the client tried HTTP authentication.
  return {"invalid_client", "The client or its secret is wrong.", 401, basic};
}

TokenError invalid_scope() { return {"invalid_scope", "The client does not have that scope.", 400, false}; }

std::variant<TokenRequest, TokenError> parse_token_request(std::string_view body,
                                                           std::optional<std::string_view> authorization) {
  const auto form = Form::parse(body);
  if (!form) {
    return invalid_request(form.error().code == "form.repeated" ? "A parameter is there more than once."
                                                                : "The body is not a well-formed form.");
  }
  const auto id = form->find("client_id");
  const auto secret = form->find("client_secret");
  TokenRequest request;
  if (authorization) {
    request.basic = true;
    if (!is_basic(*authorization)) return invalid_client(true);
    auto pair = parse_basic(authorization->substr(6));
    if (!pair) return invalid_client(true);
    // 2.3: not more than one method; the bare client_id may be repeated when it is the same.
    if (secret || (id && *id != pair->id)) return invalid_request("Two ways of client authentication at once.");
    request.client_id = std::move(pair->id);
    request.client_secret = std::move(pair->secret);
  }
  const auto grant = form->find("grant_type");
  if (!grant) return invalid_request("grant_type is missing.");
  if (*grant != "client_credentials") {
    return TokenError{"unsupported_grant_type", "Only client_credentials is offered here.", 400, false};
  }
  if (!request.basic) {
    if (!id || !secret) return invalid_client(false);
    request.client_id = *id;
    request.client_secret = *secret;
  }
  request.scope = form->find("scope").value_or("");
  return request;
}

std::string render(const TokenError& error) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("error", error.error).member("error_description", error.description).end_object();
  return out;
}

std::string render_token(std::string_view access_token, std::int64_t expires_in_s, std::string_view scope) {
  std::string out;
  out.reserve(access_token.size() + scope.size() + 96);
  JsonWriter json(out);
  json.begin_object()
      .member("access_token", access_token)
      .member("token_type", std::string_view("Bearer"))
      .member("expires_in", expires_in_s)
      .member("scope", scope)
      .end_object();
  return out;
}

}  // namespace gatehouse::oauth
