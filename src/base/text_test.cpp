#include "base/text.hpp"

#include <gtest/gtest.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <array>

namespace gatehouse::text {
namespace {

std::string encode(UChar32 point) {
  std::array<char, 4> bytes{};
  std::int32_t size = 0;
  U8_APPEND_UNSAFE(bytes.data(), size, point);
  return {bytes.data(), static_cast<std::size_t>(size)};
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

TEST(Hidden, IsNothingThatScriptsNeed) {
  for (std::string_view good : {"", "Ana Mar\u00eda",
                                "\u0645\u06cc\u200c\u0631\u0648\u062f",  // Persian, two parts of a word kept apart
                                "\u0915\u094d\u200d\u0937",              // a half letter of Devanagari
                                "\u845b\U000E0100\u98fe",  // one of two forms of a letter, as in names of Japan
                                "\u2764\ufe0f\u200d\U0001F525 Ltd.",  // one picture
                                "\u05d0\u05d1 (\u200fInc\u200e)"}) {
    EXPECT_TRUE(hides_nothing(good)) << good;
  }
}

TEST(Hidden, IsWhatNobodySees) {
  for (std::string_view bad : {"a\u200b",
                               "\u200ba",
                               "a\u00adb",
                               "a\u2060b",
                               "\ufeff"
                               "a",
                               "a\u2063b",
                               "a\u3164",
                               "a\u2800",
                               "a\u115f\u1160",
                               "a\U000E0061",
                               "a\ufff9b",
                               "a\u034fb",
                               "\u06a9\u200b",
                               "\xff\u00e9",
                               "a\u200db",
                               "\u200d\u0915",
                               "\u0915\u200d",
                               "\u0915\u200d\u200d\u0915",  // nothing to join
                               "a\ufe0f",
                               "\u2764\ufe0f\ufe0f",  // no other form of a
                               "a\u200eb",
                               "a\u200f",
                               "\u061c"}) {  // one direction only
    EXPECT_FALSE(hides_nothing(bad)) << bad;
  }
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

TEST(NameKey, LeavesOutWhatCannotBeSeen) {
  EXPECT_EQ(name_key("ac\u00adme\ufeff"), "acme");
  EXPECT_EQ(name_key("acme\U000E0080"), "acme");  // no letter yet, but will be invisible if it ever is one
  EXPECT_EQ(name_key("\u200b"), "");
}

TEST(NameKey, KeepsEveryLetterOfHangul) {
  EXPECT_EQ(name_key("\u1100\u1161\u11a8"), "\uac01");
  EXPECT_EQ(name_key("\uac00\u11a7"), "\uac00\u11a7");  // an old vowel after a syllable that has one
}

TEST(NameKey, IsEmptyForWhatIsNotUtf8) { EXPECT_EQ(name_key("\xff"), ""); }

TEST(NameKey, OfAKeyIsTheSameKeyForEveryAssignedCodePoint) {
  for (UChar32 point = 1; point <= 0xE01EF; ++point) {
    if (u_charType(point) == U_UNASSIGNED || u_charType(point) == U_SURROGATE) continue;
    if (point >= 0x4E00 && point <= 0x9F00) continue;  // ideographs that map to themselves, and many of them
    if (point >= 0xAC00 && point <= 0xD700) continue;
    if (point >= 0x17000 && point <= 0x18D00) continue;
    if (point >= 0x20000 && point <= 0x2F700) continue;
    const std::string key = name_key(encode(point) + "\u0345");
    ASSERT_EQ(name_key(key), key) << point;
  }
}

TEST(AsciiCase, IsIgnoredForAsciiOnly) {
  EXPECT_TRUE(equal_ignoring_ascii_case("Content-Type", "content-TYPE"));
  EXPECT_FALSE(equal_ignoring_ascii_case("a", "ab"));
  EXPECT_FALSE(equal_ignoring_ascii_case("[", "{"));
  EXPECT_EQ(ascii_lower("AZ\u00c9["), "az\u00c9[");
}

}  // namespace
}  // namespace gatehouse::text
