#include "protocol/jose/jws.hpp"

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <optional>
#include <utility>

#include "base/json.hpp"
#include "base/json_writer.hpp"
#include "crypto/base64url.hpp"

namespace gatehouse::jose {
namespace {

constexpr std::size_t kLongestHeader = 512;
constexpr std::size_t kSignatureRoom = 86;

struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_part;  // header, dot, payload
};

std::optional<Parts> split(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
               token.substr(0, second)};
}

std::optional<std::string_view> text_of(const boost::json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  const auto* text = member == nullptr ? nullptr : member->if_string();
  if (text == nullptr) return std::nullopt;
  return std::string_view(text->data(), text->size());
}

// The key that the header names, when all else in the header is as it must be.
Result<const crypto::PublicKey*> key_of(std::string_view encoded, std::string_view typ, KeyFinder find_key) {
  if (encoded.size() > kLongestHeader) return token_invalid("The token's header is too long.");
  const auto text = crypto::base64url_decode(encoded);
  if (!text) return token_invalid("The token's header is not base64url.");
  const auto parsed = json::parse(*text, {.max_depth = 1, .max_bytes = kLongestHeader});
  const auto* header = parsed ? parsed->if_object() : nullptr;
  if (header == nullptr) return token_invalid("The token's header is not a JSON object of plain members.");
  const auto alg = text_of(*header, "alg");
  const auto kid = text_of(*header, "kid");
  if (!alg || !kid || text_of(*header, "typ") != typ || header->size() != 3) {
    return token_invalid("The token's header is not that of a token of this kind.");
  }
  const crypto::PublicKey* key = find_key(*kid);
  if (key == nullptr) return token_invalid("The token's key is unknown.");
  if (*alg != crypto::jose_name(key->algorithm())) return token_invalid("The token's algorithm is not its key's.");
  return key;
}

}  // namespace

Error token_invalid(std::string detail) {
  return {ErrorKind::kUnauthenticated, "auth.token_invalid", std::move(detail)};
}

std::string sign_compact(std::string_view typ, std::string_view payload, const crypto::SigningKey& key) {
  std::string header;
  header.reserve(128);
  JsonWriter json(header);
  json.begin_object().member("alg", crypto::jose_name(key.algorithm())).member("typ", typ);
  json.member("kid", std::string_view(key.kid())).end_object();

  std::string token;
  token.reserve((header.size() + payload.size()) * 4 / 3 + kSignatureRoom + 8);
  crypto::base64url_append(token, header);
  token.push_back('.');
  crypto::base64url_append(token, payload);
  const std::string signature = key.sign(token);
  token.push_back('.');
  crypto::base64url_append(token, signature);
  return token;
}

Result<std::string> verify_compact(std::string_view token, std::string_view typ, KeyFinder find_key) {
  if (token.size() > kLongestToken) return token_invalid("The token is too long.");
  const auto parts = split(token);
  if (!parts) return token_invalid("The token does not have three parts.");
  const crypto::PublicKey* key = TRY(key_of(parts->header, typ, find_key));
  const auto signature = crypto::base64url_decode(parts->signature);
  if (!signature || !key->verify(parts->signed_part, *signature))
    return token_invalid("The token's signature is wrong.");
  auto payload = crypto::base64url_decode(parts->payload);
  if (!payload) return token_invalid("The token's payload is not base64url.");
  return *std::move(payload);
}

}  // namespace gatehouse::jose
