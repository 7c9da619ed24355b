#include <gtest/gtest.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <array>

#include "base/text.hpp"

namespace gatehouse::text {
namespace {

std::string encode(UChar32 point) {
  std::array<char, 4> bytes{};
  std::int32_t size = 0;
  U8_APPEND_UNSAFE(bytes.data(), size, point);
  return {bytes.data(), static_cast<std::size_t>(size)};
}

TEST(EmailKey, FoldsCaseAndComposesButKeepsCompatibilityForms) {
  EXPECT_EQ(email_key("Jane.Doe@Example.COM"), "jane.doe@example.com");
  EXPECT_EQ(email_key("JOS\u00c9@example.com"), email_key("jose\u0301@example.com"));
  EXPECT_NE(email_key("\uff41@example.com"), email_key("a@example.com"));
  EXPECT_EQ(email_key("\xff@example.com"), "");
}

TEST(EmailKey, HasTheDomainInOneForm) {
  const std::string key = "user@m\u00fcnchen.de";
  for (const std::string_view same :
       {"user@m\u00fcnchen.de", "user@M\u00dcNCHEN.de", "User@xn--mnchen-3ya.de", "user@XN--MNCHEN-3YA.DE",
        "user@mu\u0308nchen.de", "user@\uff4d\u00fcnchen.de", "user@m\u00fcnchen\u3002de"}) {
    EXPECT_EQ(email_key(same), key) << same;
  }
  EXPECT_EQ(email_key("jos\u00c9@xn--mnchen-3ya.de"), "jos\u00e9@m\u00fcnchen.de");
  EXPECT_EQ(email_key("a@xn--fiqs8s"), "a@\u4e2d\u56fd");
  EXPECT_EQ(email_key("a@mail.xn--fsqu00a.xn--0zwm56d"), "a@mail.\u4f8b\u5b50.\u6d4b\u8bd5");
  EXPECT_EQ(email_key("\u00fc@Example.COM"), "\u00fc@example.com");
}

TEST(EmailKey, KeepsDomainsApartThatAreTwo) {
  EXPECT_NE(email_key("a@stra\u00dfe.de"), email_key("a@strasse.de"));
  EXPECT_EQ(email_key("a@STRA\u1e9eE.de"), "a@stra\u00dfe.de");
  EXPECT_EQ(email_key("a@xn--strae-oqa.de"), "a@stra\u00dfe.de");
  EXPECT_NE(email_key("a@\u03b2\u03cc\u03bb\u03bf\u03c2.com"), email_key("a@\u03b2\u03cc\u03bb\u03bf\u03c3.com"));
  EXPECT_NE(email_key("a@\u0131stanbul.com"), email_key("a@istanbul.com"));
  EXPECT_NE(email_key("a@\u0130stanbul.com"), email_key("a@istanbul.com"));
  EXPECT_NE(email_key("a@\u0430pple.com"), email_key("a@apple.com"));
}

TEST(EmailKey, LeavesADomainThatIdnaRefusesAsItIs) {
  EXPECT_EQ(email_key("A@XN--A.com"), "a@xn--a.com");        // no Punycode
  EXPECT_EQ(email_key("A@xn--abc-.com"), "a@xn--abc-.com");  // would be abc.com, which is another domain
  EXPECT_EQ(email_key("a@xn--Mnchen-3YA_.de"), "a@xn--mnchen-3ya_.de");
  EXPECT_EQ(email_key("a@b_\u00dc.de"), "a@b_\u00fc.de");  // an underscore names no host
  EXPECT_EQ(email_key("a@\u05d0b.com"), "a@\u05d0b.com");  // both directions in one label
  EXPECT_EQ(email_key("a@" + std::string(62, 'x') + "\u00dc.de"), "a@" + std::string(62, 'x') + "\u00fc.de");
  EXPECT_EQ(email_key("\u00dc"), "\u00fc");
  EXPECT_EQ(email_key("\u00dc@"), "\u00fc@");
}

TEST(EmailKey, OfPlainAsciiIsItsLowerCase) {
  for (const std::string_view plain :
       {"A@B.C", "A@B..C", "A@-b", "A@b_c.d", "\"A@B\"@C.d", "@", "", "A@b.c.", "xn-@-a"}) {
    EXPECT_EQ(email_key(plain), ascii_lower(plain));
  }
  EXPECT_EQ(email_key("XN--A@b_c.d"), "xn--a@b_c.d");
}

TEST(EmailKey, OfAKeyIsTheSameKeyForEveryAssignedCodePoint) {
  for (UChar32 point = 1; point <= 0xE01EF; ++point) {
    if (u_charType(point) == U_UNASSIGNED || u_charType(point) == U_SURROGATE) continue;
    if (u_hasBinaryProperty(point, UCHAR_UNIFIED_IDEOGRAPH) != 0 && point % 64 != 0) continue;  // many, and all alike
    if (u_getIntPropertyValue(point, UCHAR_HANGUL_SYLLABLE_TYPE) >= U_HST_LV_SYLLABLE && point % 64 != 0) continue;
    if (point >= 0x17000 && point <= 0x18D00) continue;
    const std::string letter = encode(point);
    const std::string key = email_key(letter + "@a" + letter + ".de");
    ASSERT_EQ(email_key(key), key) << point;
    ASSERT_TRUE(is_utf8(key)) << point;
  }
}

TEST(Email, AcceptsWhatTheGrammarAllows) {
  for (std::string_view good : {"a@b.co", "first.last+tag@example.com", "root@localhost", "\"john smith\"@example.com",
                                "\"a@b\"@example.com", "\"a\\\"b\"@example.com", "o'neil@example.com",
                                "!#$%&'*+-/=?^_`{|}~@example.com", "jos\u00e9@b\u00fccher.example",
                                "x@xn--bcher-kva.example", "a@1.example", "\u7528\u6237@\u4f8b\u5b50.\u5e7f\u544a"}) {
    EXPECT_TRUE(is_email(good)) << good;
  }
}

TEST(Email, RefusesEverythingElse) {
  for (std::string_view bad : {"",
                               "a",
                               "@",
                               "a@",
                               "@b.co",
                               ".a@b.co",
                               "a.@b.co",
                               "a..b@b.co",
                               "a b@b.co",
                               "a@b@c.co",
                               "a@b..co",
                               "a@.co",
                               "a@b.co.",
                               "a@-b.co",
                               "a@b-.co",
                               "a@b_c.co",
                               "a@[127.0.0.1]",
                               "\"a@b.co",
                               "\"a\"b\"@b.co",
                               "\"a\\\"@b.co",
                               "a\n@b.co",
                               "a@b.co\n",
                               "a\u202e@b.co",
                               "a\u00a0b@b.co",
                               "a@b\u2024co",
                               "a@\U0001F434.co",
                               "a<b@b.co",
                               "a,b@b.co",
                               "\xff@b.co"}) {
    EXPECT_FALSE(is_email(bad)) << bad;
  }
}

TEST(Email, HasNothingThatCannotBeSeen) {
  for (const std::string_view unseen :
       {"\u200b", "\u200c", "\u200d", "\u00ad", "\u2060", "\ufeff", "\u034f", "\u115f", "\u3164", "\u180b", "\ufe0f",
        "\u200e", "\u061c", "\U000E0061", "\U000E0100", "\u2800", "\ufff9", "\u0600"}) {
    for (const auto& [before, after] : std::vector<std::pair<std::string, std::string>>{{"adm", "in@example.com"},
                                                                                        {"", "admin@example.com"},
                                                                                        {"admin", "@example.com"},
                                                                                        {"\"a", "d\"@example.com"},
                                                                                        {"admin@exa", "mple.com"},
                                                                                        {"admin@example.com", ""},
                                                                                        {"admin@", "example.com"}}) {
      EXPECT_FALSE(is_email(before + std::string(unseen) + after)) << before << unseen << after;
    }
  }
  // A domain of Sri Lanka, and of Persian, where IDNA has a joiner.
  EXPECT_TRUE(is_email("admin@\u0dc1\u0dca\u200d\u0dbb\u0dd3.com"));
  EXPECT_TRUE(is_email("admin@\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.com"));
}

TEST(Email, IsLimitedAsRfc5321Says) {
  const std::string local(64, 'l');
  const std::string label(63, 'd');
  EXPECT_TRUE(is_email(local + "@" + label + ".co"));
  EXPECT_FALSE(is_email(local + "l@" + label + ".co"));
  EXPECT_FALSE(is_email("l@" + label + "d.co"));
  const std::string domain = label + "." + label + "." + label;  // 191
  EXPECT_TRUE(is_email(std::string(62, 'l') + "@" + domain));
  EXPECT_FALSE(is_email(local + "@" + domain));  // 256
}

}  // namespace
}  // namespace gatehouse::text
