#include "crypto/opaque_token.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace gatehouse::crypto {
namespace {

// The same byte, always.
class ConstantRandom final : public Random {
 public:
  explicit ConstantRandom(unsigned char byte) : byte_(byte) {}
  void fill(void* out, std::size_t size) override { std::fill_n(static_cast<unsigned char*>(out), size, byte_); }

 private:
  unsigned char byte_;
};

TEST(OpaqueToken, HasTheDocumentedShapeAndIsKnownByItsDigest) {
  SystemRandom random;
  const OpaqueToken token = mint_opaque_token("api", random);
  EXPECT_EQ(token.text.substr(0, 8), "gth_api_");
  EXPECT_EQ(token.text.size(), 8U + 43U + 6U);
  EXPECT_EQ(token.digest, sha256(token.text));
  const auto parsed = parse_opaque_token(token.text);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->kind, "api");
  EXPECT_EQ(parsed->digest, token.digest);
}

TEST(OpaqueToken, CarriesAll256Bits) {
  ConstantRandom zeros(0);
  ConstantRandom ones(0xFF);
  EXPECT_EQ(mint_opaque_token("a", zeros).text.substr(6, 43), std::string(43, '0'));
  // 2^256 - 1 in base 62, from an independent calculation.
  EXPECT_EQ(mint_opaque_token("a", ones).text.substr(6, 43), "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1");
}

TEST(OpaqueToken, HasTheSameLengthForEverySecret) {
  SeededRandom random(1);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const OpaqueToken token = mint_opaque_token("refresh", random);
    ASSERT_EQ(token.text.size(), 12U + 43U + 6U);
    ASSERT_TRUE(parse_opaque_token(token.text).has_value());
    seen.insert(token.text);
  }
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(OpaqueToken, IsRefusedWithAnyCharacterChangedDroppedOrSwapped) {
  SeededRandom random(2);
  const std::string text = mint_opaque_token("api", random).text;
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = changed[at] == 'x' ? 'y' : 'x';
    EXPECT_FALSE(parse_opaque_token(changed).has_value()) << at;
    std::string dropped = text;
    dropped.erase(at, 1);
    EXPECT_FALSE(parse_opaque_token(dropped).has_value()) << at;
    if (at + 1 < text.size() && text[at] != text[at + 1]) {
      std::string swapped = text;
      std::swap(swapped[at], swapped[at + 1]);
      EXPECT_FALSE(parse_opaque_token(swapped).has_value()) << at;
    }
  }
}

TEST(OpaqueToken, IsRefusedInAnyOtherShape) {
  SeededRandom random(3);
  const std::string text = mint_opaque_token("api", random).text;
  for (const std::string& bad : {std::string(), std::string("gth_"), std::string("gth__"), "x" + text, text + "x",
                                 text + " ", text + std::string(1, '\0'), std::string("gth_API_") + text.substr(8),
                                 text.substr(4), std::string("gth_api_") + std::string(43 + 6, '-')}) {
    EXPECT_FALSE(parse_opaque_token(bad).has_value()) << bad;
  }
}

TEST(OpaqueToken, RefusesAKindThatWouldBreakItsShape) {
  SeededRandom random(4);
  for (std::string_view bad : {"", "a_b", "API", "seventeenletters1"}) {
    EXPECT_THROW(mint_opaque_token(bad, random), std::invalid_argument) << bad;
  }
}

}  // namespace
}  // namespace gatehouse::crypto
