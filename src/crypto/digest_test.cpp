#include "crypto/digest.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "crypto/base64url.hpp"

namespace gatehouse::crypto {
namespace {

std::string hex(const Digest& digest) {
  std::string out;
  for (const auto byte : digest) {
    out.push_back("0123456789abcdef"[byte >> 4U]);
    out.push_back("0123456789abcdef"[byte & 15U]);
  }
  return out;
}

TEST(Sha256, AgreesWithFips180) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, IsTheSameOnEveryThread) {
  const Digest expected = sha256("one");
  std::vector<std::thread> threads;
  std::array<int, 4> wrong{};
  for (int& count : wrong) {
    threads.emplace_back([&count, &expected] {
      for (int i = 0; i < 500; ++i)
        count += sha256("one") == expected && hmac_sha256("k", "m") == hmac_sha256("k", "m") ? 0 : 1;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, (std::array<int, 4>{}));
}

TEST(Sha256, IsTheSameInPieces) {
  Sha256 pieces;
  EXPECT_EQ(hex(pieces.finish()), hex(sha256("")));
  for (const std::string piece : {"", "a", "", "bc"}) pieces.add(piece);
  EXPECT_EQ(pieces.finish(), sha256("abc"));
  pieces.add("abc");
  EXPECT_EQ(pieces.finish(), sha256("abc")) << "begun anew";
}

TEST(HmacSha256, AgreesWithRfc4231) {
  EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacSha256, WithAnEmptyKeyDoesNotUseTheKeyBefore) {
  const Digest first = hmac_sha256("", "");
  hmac_sha256("another", "");
  EXPECT_EQ(hmac_sha256("", ""), first);
  EXPECT_EQ(hex(first), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(ConstantTime, ComparesByValue) {
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_TRUE(equal_constant_time("abc", std::string("abc")));
  EXPECT_FALSE(equal_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_constant_time("abc", "abcd"));
}

TEST(Base64url, AgreesWithRfc4648WithoutPadding) {
  const std::vector<std::pair<std::string, std::string>> vectors = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(base64url_encode(bytes), text);
    EXPECT_EQ(base64url_decode(text), bytes);
  }
  EXPECT_EQ(base64url_encode("\x03\xec\xff\xe0\xc1"), "A-z_4ME");  // RFC 7515 C
}

TEST(Base64url, RefusesEveryOtherSpelling) {
  for (std::string_view bad : {"Zg==", "Zg=", "Z", "Zm9vY", "Zm 9v", "Zm9v\n", "A+z/", "Zh", "Zm9", "\xff\xff"}) {
    EXPECT_FALSE(base64url_decode(bad).has_value()) << bad;
  }
  EXPECT_FALSE(base64url_decode(std::string_view("Zg\0\0", 4)).has_value());
}

TEST(Base64url, GivesBackEveryByte) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes.push_back(static_cast<char>(i * 37));
    ASSERT_EQ(base64url_decode(base64url_encode(bytes)), bytes);
  }
}

}  // namespace
}  // namespace gatehouse::crypto
