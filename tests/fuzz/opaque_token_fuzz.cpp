// Opaque tokens out of an Authorization header or a form.
#include "crypto/opaque_token.hpp"
#include "fuzz/fuzz.hpp"

using namespace gatehouse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  if (const auto parsed = crypto::parse_opaque_token(text)) {
    fuzz::must(!parsed->kind.empty() && parsed->kind.size() <= 16, "a kind has 1 to 16 characters");
    fuzz::must(parsed->kind.data() >= text.data() && parsed->kind.data() + parsed->kind.size() <= text.data() + size,
               "the kind is a part of the text");
    fuzz::must(parsed->digest == crypto::sha256(text), "the digest is of the whole text");
  }
  // One that was minted is read again, and none of its neighbours.
  if (size == 0) return 0;
  SeededRandom random(data[0]);
  auto minted = crypto::mint_opaque_token("api", random);
  const auto back = crypto::parse_opaque_token(minted.text);
  fuzz::must(back && back->kind == "api" && back->digest == minted.digest, "what is minted is read");
  auto& changed = minted.text[data[0] % minted.text.size()];
  if (size > 1 && changed != static_cast<char>(data[1])) {
    changed = static_cast<char>(data[1]);
    fuzz::must(!crypto::parse_opaque_token(minted.text), "one wrong character is refused");
  }
  return 0;
}
