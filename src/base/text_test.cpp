#include "base/text.hpp"

#include <gtest/gtest.h>
#include <utf8proc.h>

#include <array>

namespace gatehouse::text {
namespace {

std::string encode(utf8proc_int32_t point) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto size = utf8proc_encode_char(point, bytes.data());
  return {reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size)};
}

TEST(Utf8, IsAcceptedUpToTheLastCodePoint) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("plain"));
  EXPECT_TRUE(is_utf8("Žluťoučký kůň \xF0\x9F\x90\xB4"));
  EXPECT_TRUE(is_utf8("\xF4\x8F\xBF\xBF"));
}

TEST(Utf8, IsRefusedWhenOverlongSurrogateTooHighOrCut) {
  for (std::string_view bad : {"\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80",
                               "\x80", "\xE2\x82", "long enough run \xC3", "\xFF"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
}

TEST(Utf8, LengthCountsCodePoints) {
  EXPECT_EQ(length(""), 0U);
  EXPECT_EQ(length("abc"), 3U);
  EXPECT_EQ(length("a\u00e9\u20ac\U0001F434"), 4U);
}

TEST(Printable, ExcludesControlsSeparatorsAndOverrides) {
  EXPECT_TRUE(is_printable("Ana Mar\u00eda, S.A. \u05d0\u05d1"));
  for (std::string_view bad : {"a\nb", "a\x7f", "a\u0085", "\u2028", "\u2029", "\u202e", "\u2066", "\xff"}) {
    EXPECT_FALSE(is_printable(bad)) << bad;
  }
  EXPECT_FALSE(is_printable(std::string_view("\0", 1)));
}

TEST(Blanks, CollapseToOneSpaceAndVanishAtTheEnds) {
  EXPECT_EQ(collapse_blanks("  a \t\n b\u00a0\u3000c  "), "a b c");
  EXPECT_EQ(collapse_blanks(" \t "), "");
  EXPECT_EQ(collapse_blanks("abc"), "abc");
}

TEST(Composed, IsOneFormOfOneTextAndLeavesTheRestAlone) {
  EXPECT_EQ(composed("cafe\u0301"), "caf\u00e9");
  EXPECT_EQ(composed("A \ufb01"), "A \ufb01");
  EXPECT_EQ(composed("\xff"), "\xff");
}

TEST(NameKey, MakesCaseFormAndWidthOne) {
  EXPECT_EQ(name_key("  ACME   Corp "), "acme corp");
  EXPECT_EQ(name_key("STRASSE"), name_key("stra\u00dfe"));
  EXPECT_EQ(name_key("Caf\u00e9"), name_key("cafe\u0301"));
  EXPECT_EQ(name_key("\uff21\uff23\uff2d\uff25"), "acme");                                // full width
  EXPECT_EQ(name_key("\ufb01n"), "fin");                                                  // ligature
  EXPECT_EQ(name_key("ac\u200bme"), "acme");                                              // zero width space
  EXPECT_EQ(name_key("\u039f\u03b4\u03cc\u03c2"), name_key("\u039f\u03b4\u03cc\u03a3"));  // final sigma
  EXPECT_NE(name_key("cafe"), name_key("caf\u00e9"));
}

TEST(NameKey, IsEmptyForWhatIsNotUtf8) { EXPECT_EQ(name_key("\xff"), ""); }

TEST(NameKey, OfAKeyIsTheSameKeyForEveryAssignedCodePoint) {
  for (utf8proc_int32_t point = 1; point <= 0xE01EF; ++point) {
    const auto category = utf8proc_category(point);
    if (category == UTF8PROC_CATEGORY_CN || category == UTF8PROC_CATEGORY_CS) continue;
    if (point >= 0x4E00 && point <= 0x9F00) continue;  // ideographs that map to themselves, and many of them
    if (point >= 0xAC00 && point <= 0xD700) continue;
    if (point >= 0x17000 && point <= 0x18D00) continue;
    if (point >= 0x20000 && point <= 0x2F700) continue;
    const std::string key = name_key(encode(point) + "\u0345");
    ASSERT_EQ(name_key(key), key) << point;
    const std::string email = email_key(encode(point));
    ASSERT_EQ(email_key(email), email) << point;
  }
}

TEST(EmailKey, FoldsCaseAndComposesButKeepsCompatibilityForms) {
  EXPECT_EQ(email_key("Jane.Doe@Example.COM"), "jane.doe@example.com");
  EXPECT_EQ(email_key("JOS\u00c9@example.com"), email_key("jose\u0301@example.com"));
  EXPECT_NE(email_key("\uff41@example.com"), email_key("a@example.com"));
  EXPECT_EQ(email_key("\xff@example.com"), "");
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

TEST(AsciiCase, IsIgnoredForAsciiOnly) {
  EXPECT_TRUE(equal_ignoring_ascii_case("Content-Type", "content-TYPE"));
  EXPECT_FALSE(equal_ignoring_ascii_case("a", "ab"));
  EXPECT_FALSE(equal_ignoring_ascii_case("[", "{"));
  EXPECT_EQ(ascii_lower("AZ\u00c9["), "az\u00c9[");
}

}  // namespace
}  // namespace gatehouse::text
