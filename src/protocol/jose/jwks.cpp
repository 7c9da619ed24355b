#include "protocol/jose/jwks.hpp"

#include <string_view>

#include "base/json_writer.hpp"

namespace gatehouse::jose {

std::string jwks_document(std::span<const crypto::PublicKey* const> keys) {
  std::string document;
  JsonWriter json(document);
  const auto text = [&json](std::string_view name, std::string_view value) {
    if (!value.empty()) json.key(name).value(value);
  };
  json.begin_object().key("keys").begin_array();
  for (const crypto::PublicKey* key : keys) {
    const crypto::Jwk& jwk = key->jwk();
    json.begin_object();
    text("kty", jwk.kty);
    text("crv", jwk.crv);
    text("x", jwk.x);
    text("y", jwk.y);
    text("n", jwk.n);
    text("e", jwk.e);
    text("kid", key->kid());
    text("use", "sig");
    text("alg", crypto::jose_name(key->algorithm()));
    json.end_object();
  }
  json.end_array().end_object();
  return document;
}

}  // namespace gatehouse::jose
