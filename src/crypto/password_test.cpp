#include "crypto/password.hpp"

#include <gtest/gtest.h>

#include "crypto/password_policy.hpp"

namespace gatehouse::crypto {
namespace {

constexpr PasswordCost kCheap{.memory_bytes = 64 * 1024, .passes = 1};

TEST(Password, IsVerifiedByItsHash) {
  const std::string phc = hash_password("correct horse", kCheap);
  EXPECT_TRUE(phc.starts_with("$argon2id$v=19$m=64,t=1,p=1$")) << phc;
  EXPECT_TRUE(verify_password(phc, "correct horse"));
  EXPECT_FALSE(verify_password(phc, "correct horsf"));
  EXPECT_FALSE(verify_password(phc, ""));
  EXPECT_NE(phc, hash_password("correct horse", kCheap));
}

TEST(Password, CostsWhatTheDesignSaysByDefault) {
  const std::string phc = hash_password("correct horse", PasswordCost{});
  EXPECT_EQ(phc.substr(0, 31), "$argon2id$v=19$m=19456,t=2,p=1$");
  EXPECT_FALSE(password_needs_rehash(phc, PasswordCost{}));
}

TEST(Password, IsHashedAgainWhenTheCostChanges) {
  const std::string phc = hash_password("correct horse", kCheap);
  EXPECT_FALSE(password_needs_rehash(phc, kCheap));
  EXPECT_TRUE(password_needs_rehash(phc, {.memory_bytes = 128 * 1024, .passes = 1}));
  EXPECT_TRUE(password_needs_rehash(phc, {.memory_bytes = 64 * 1024, .passes = 2}));
  EXPECT_TRUE(password_needs_rehash("nonsense", kCheap));
}

TEST(Password, DoesNotDependOnTheKeyboard) {
  EXPECT_TRUE(verify_password(hash_password("cafe\u0301 cafe\u0301", kCheap), "caf\u00e9 caf\u00e9"));
}

TEST(Password, MatchesNothingThatIsNotAHash) {
  for (const char* bad : {"", "x", "$argon2id$", "$argon2id$v=19$m=64,t=1,p=1$$", "$2b$12$abcdefghijklmnopqrstuv"}) {
    EXPECT_FALSE(verify_password(bad, "")) << bad;
  }
  EXPECT_FALSE(verify_password(std::string(1000, '$'), "x"));
}

TEST(PasswordDecoy, IsOneRealHashOfTheAskedCost) {
  const std::string& decoy = decoy_password_hash(kCheap);
  EXPECT_EQ(&decoy, &decoy_password_hash(kCheap));
  EXPECT_FALSE(password_needs_rehash(decoy, kCheap));
  EXPECT_FALSE(verify_password(decoy, ""));
}

std::string code_of(std::string_view password) {
  static constexpr std::string_view kAccount[] = {"Jos\u00e9.Stra\u00dfe", "Jane.Doe+work@Example.com", ""};
  const auto checked = check_password(password, kAccount);
  if (checked) return "";
  EXPECT_EQ(checked.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(checked.error().fields.at(0).field, "password");
  return std::string(checked.error().code);
}

TEST(PasswordPolicy, CountsCharactersNotBytes) {
  EXPECT_EQ(code_of("kQ7#mz2"), "password.too_short");
  EXPECT_EQ(code_of("kQ7#mz2x"), "");
  EXPECT_EQ(code_of("\u00e9\u00e8\u00ea\u00eb\u00e0\u00e2\u00e4"), "password.too_short");  // 7 of 14 bytes
  EXPECT_EQ(code_of("\u96ea\u6708\u82b1\u9ce5\u98a8\u6797\u706b\u5c71"), "");              // 8 of 24 bytes
  std::string longest;
  for (int i = 0; i < 64; ++i) longest += "\u00e9\u96ea";
  EXPECT_EQ(code_of(longest), "");
  EXPECT_EQ(code_of(longest + "x"), "password.too_long");
}

TEST(PasswordPolicy, RefusesWhatIsNotText) {
  EXPECT_EQ(code_of("abc\xff"
                    "defghij"),
            "password.invalid");
  EXPECT_EQ(code_of("two\nlines here"), "password.invalid");
  EXPECT_EQ(code_of(std::string_view("nul\0inside it", 13)), "password.invalid");
}

TEST(PasswordPolicy, RefusesTheAccountsOwnNamesInAnyCase) {
  EXPECT_EQ(code_of("JOS\u00c9.STRASSE"), "password.like_account");
  EXPECT_EQ(code_of("jane.doe+work@example.com"), "password.like_account");
  EXPECT_EQ(code_of("JANE.DOE+WORK"), "password.like_account");
  EXPECT_EQ(code_of("jane.doe+home"), "");
}

TEST(PasswordPolicy, RefusesTheCommonestInAnySpelling) {
  for (std::string_view bad : {"password", "PassWord1", "12345678", "qwertyuiop", "P@ssw0rd", "iloveyou", "aaaaaaaa",
                               "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9",
                               "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44", "        "}) {
    EXPECT_EQ(code_of(bad), "password.too_common") << bad;
  }
  EXPECT_EQ(code_of("aaaaaaab"), "");
}

TEST(PasswordPolicy, NeedsNoForbiddenNames) { EXPECT_TRUE(check_password("long enough", {}).ok()); }

}  // namespace
}  // namespace gatehouse::crypto
