#include "crypto/seal.hpp"

#include <gtest/gtest.h>

namespace gatehouse::crypto {
namespace {

MasterKey key_of(std::uint8_t byte) {
  MasterKey key;
  key.fill(byte);
  return key;
}

TEST(Seal, OpensWhatItSealed) {
  SystemRandom random;
  const Seal seal(key_of(1), random);
  for (const std::string& plaintext : {std::string(), std::string("secret"), std::string(5000, '\0')}) {
    const std::string sealed = seal.seal(plaintext, "signing_key:1");
    EXPECT_EQ(sealed.size(), plaintext.size() + 29);
    const auto opened = seal.open(sealed, "signing_key:1");
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(*opened, plaintext);
  }
  EXPECT_EQ(*seal.open(seal.seal("no context", ""), ""), "no context");
}

TEST(Seal, NeverMakesTheSameBytesTwice) {
  SystemRandom random;
  const Seal seal(key_of(1), random);
  EXPECT_NE(seal.seal("secret", "c"), seal.seal("secret", "c"));
}

TEST(Seal, RefusesAnyAlteredByte) {
  SystemRandom random;
  const Seal seal(key_of(1), random);
  const std::string sealed = seal.seal("a secret", "c");
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    std::string altered = sealed;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    const auto opened = seal.open(altered, "c");
    ASSERT_FALSE(opened.ok()) << at;
    EXPECT_EQ(opened.error().code, "seal.broken");
  }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_FALSE(seal.open(sealed.substr(0, size), "c").ok()) << size;
  EXPECT_FALSE(seal.open(sealed + "x", "c").ok());
}

TEST(Seal, RefusesAnotherContextAndAnotherKey) {
  SystemRandom random;
  const Seal seal(key_of(1), random);
  const std::string sealed = seal.seal("secret", "signing_key:1");
  EXPECT_FALSE(seal.open(sealed, "signing_key:2").ok());
  EXPECT_FALSE(seal.open(sealed, "").ok());
  EXPECT_FALSE(Seal(key_of(2), random).open(sealed, "signing_key:1").ok());
}

}  // namespace
}  // namespace gatehouse::crypto
