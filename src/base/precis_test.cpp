#include "base/precis.hpp"

#include <gtest/gtest.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace gatehouse::text {
namespace {

using Mapping = std::pair<std::string_view, std::string_view>;

std::string mapped(std::string_view name) { return username_case_mapped(name).value_or("(refused)"); }
bool refused(std::string_view name) { return !username_case_mapped(name).has_value(); }

std::string encode(UChar32 point) {
  std::array<char, 4> bytes{};
  std::int32_t size = 0;
  U8_APPEND_UNSAFE(bytes.data(), size, point);
  return {bytes.data(), static_cast<std::size_t>(size)};
}

TEST(UserName, IsWhatTheExamplesOfTheRfcSay) {
  // RFC 8265 3.5, table 1.
  for (const auto& [name, expected] : std::initializer_list<Mapping>{{"juliet@example.com", "juliet@example.com"},
                                                                     {"fussball", "fussball"},
                                                                     {"fu\u00dfball", "fu\u00dfball"},
                                                                     {"\u03c0", "\u03c0"},
                                                                     {"\u03a3", "\u03c3"},
                                                                     {"\u03c3", "\u03c3"},
                                                                     {"\u03c2", "\u03c2"}}) {
    EXPECT_EQ(mapped(name), expected) << name;
  }
  // Table 2; its first, "foo bar", is two userparts.
  EXPECT_EQ(mapped("foo bar"), "foo bar");
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("henry\u2163"));  // roman numeral four
  EXPECT_TRUE(refused("\u265a"));       // black chess king
}

TEST(UserName, OfAsciiIsInLowerCase) {
  EXPECT_EQ(mapped("~`!@#$%^&*()-_=+[{}]\\|;:'\",<.>/?"), "~`!@#$%^&*()-_=+[{}]\\|;:'\",<.>/?");
  EXPECT_EQ(mapped("Jane.DOE"), "jane.doe");
  for (const std::string_view bad : {"a\tb", "a\nb", "\x7f", "a\x01"}) EXPECT_TRUE(refused(bad));
  EXPECT_TRUE(refused({"a\0", 2}));
}

TEST(UserName, HasPartsOneBlankApart) {
  EXPECT_EQ(mapped("Jane van DOE"), "jane van doe");
  EXPECT_EQ(mapped("\u00c9va B"), "\u00e9va b");
  for (const std::string_view bad : {" ", " a", "a ", "a  b", "a\u00a0b", "a\u3000b", "a\u2003b"}) {
    EXPECT_TRUE(refused(bad)) << bad;
  }
}

TEST(UserName, HasOneWidthCaseAndForm) {
  for (const auto& [name, expected] : std::initializer_list<Mapping>{
           {"\uff2a\uff55\uff4c\uff49\uff45\uff54", "juliet"},
           {"\uff01\uff04", "!$"},
           {"\uff76\uff9e", "\u30ac"},  // halfwidth ka and its voicing mark
           {"\u00c5", "\u00e5"},
           {"\u212b", "\u00e5"},  // the Angstrom sign is A with ring
           {"A\u030a", "\u00e5"},
           {"\u0958", "\u0915\u093c"},  // Devanagari qa, which NFC takes apart
           {"q\u0307\u0323", "q\u0323\u0307"},
           {"\u0130", "i\u0307"},                                     // dotted capital I, by the root locale
           {"\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2"},  // sigma at the end of a word
           {"\u1e9e", "\u00df"},
           {"\u13da\u13a2", "\uabaa\uab72"},  // Cherokee has small letters
           {"\u10a0", "\u2d00"}}) {
    EXPECT_EQ(mapped(name), expected) << name;
  }
}

TEST(UserName, RefusesWhatTheClassDoesNotHold) {
  for (const std::string_view bad :
       {"\u00a7",     "\u00a9", "\u00aa", "\u00ad", "\u00bd", "\u00d7",     "\u01c6",     "\u017f",     "\u0640",
        "\u07fa",     "\u1100", "\u115f", "\u200b", "\u200e", "\u202e",     "\u2028",     "\u2079",     "\u20ac",
        "\u2460",     "\u3031", "\u303b", "\u302e", "\u3300", "\ufb01",     "\ufe00",     "\ufe69",     "\ufec9",
        "\ufeff",     "\uffe3", "\uffa1", "\ufffd", "\ue000", "\U0001F434", "\U0001F1FA", "\U000E0041", "\U000E0080",
        "\U0010FFFF", "\u0378", "\u19da", "\u0488", "\u06dd"}) {
    EXPECT_TRUE(refused(bad)) << bad;
  }
  EXPECT_TRUE(refused("\xff"));
  EXPECT_TRUE(refused("a\xed\xa0\x80"));
}

TEST(UserName, HoldsTheExceptions) {
  for (const std::string_view good : {"\u00df", "\u03c2", "\u0634\u06fd", "\u0634\u06fe", "\u0f0b", "\u3007"}) {
    EXPECT_EQ(mapped(good), good);
  }
}

TEST(UserName, HasJoinersOnlyWhereTheyJoin) {
  EXPECT_EQ(mapped("\u0915\u094d\u200d\u0937"), "\u0915\u094d\u200d\u0937");  // after a virama
  EXPECT_EQ(mapped("\u0915\u094d\u200c\u0937"), "\u0915\u094d\u200c\u0937");
  EXPECT_EQ(mapped("\u0646\u0627\u0645\u0647\u200c\u0627\u06cc"),
            "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc");                                // Persian
  EXPECT_EQ(mapped("\u0628\u064b\u200c\u064b\u0628"), "\u0628\u064b\u200c\u064b\u0628");  // with marks on both
  for (const std::string_view bad :
       {"\u200c", "\u200d", "a\u200cb", "a\u200db", "\u0915\u200d\u0937", "\u0628\u200d\u0628", "\u0628\u200c",
        "\u200c\u0628", "\u0627\u200c\u0628", "\u064b\u200c\u064b"}) {
    EXPECT_TRUE(refused(bad)) << bad;
  }
}

TEST(UserName, HasLettersOfContextOnlyThere) {
  for (const auto& [name, expected] : std::initializer_list<Mapping>{{"col\u00b7legi", "col\u00b7legi"},
                                                                     {"COL\u00b7LEGI", "col\u00b7legi"},
                                                                     {"\u0375\u03b1", "\u0375\u03b1"},
                                                                     {"\u05d0\u05f3", "\u05d0\u05f3"},
                                                                     {"\u05d0\u05f4\u05d1", "\u05d0\u05f4\u05d1"},
                                                                     {"\u30ab\u30fb\u30ab", "\u30ab\u30fb\u30ab"},
                                                                     {"\u4e2d\u30fba", "\u4e2d\u30fba"},
                                                                     {"\uff76\uff65", "\u30ab\u30fb"},
                                                                     {"\u0628\u0661\u0662", "\u0628\u0661\u0662"},
                                                                     {"\u0628\u06f1\u06f2", "\u0628\u06f1\u06f2"}}) {
    EXPECT_EQ(mapped(name), expected) << name;
  }
  for (const std::string_view bad : {"\u00b7", "l\u00b7", "\u00b7l", "a\u00b7l", "l\u00b7a", "l \u00b7 l", "\u0375",
                                     "\u0375a", "\u03b1\u0375", "\u05f3", "a\u05f3", "\u05f4\u05d0", "\u30fb",
                                     "a\u30fbb", "\u4e2d a\u30fb", "\u0628\u0661\u06f1", "\u0628\u06f1\u0661"}) {
    EXPECT_TRUE(refused(bad)) << bad;
  }
}

TEST(UserName, ObeysTheBidiRule) {
  for (const std::string_view good :
       {"\u05d0\u05d1", "\u05d01", "\u05d0-\u05d1", "\u05d0\u05b0", "\u0645\u0631\u062d\u0628\u0627", "\u0628\u0661",
        "abc \u05d0\u05d1", "\u05d0\u05d1 abc", "\u05d0\u0661", "1a", "a1", "-", "\u07ca\u07cb"}) {
    EXPECT_EQ(mapped(good), good);
  }
  for (const std::string_view bad : {"a\u05d0", "\u05d0a", "1\u05d0", "\u05d0-", "-\u05d0", "\u05b0\u05d0", "\u0661",
                                     "\u0628\u06611", "\u05d0@b", "\u0661a", "a\u0661"}) {
    EXPECT_TRUE(refused(bad)) << bad;
  }
}

// The registry of IANA (RFC 8264 11.1), brought up to Unicode 15: what is PVALID or CONTEXTO below U+0700.
TEST(UserName, HoldsWhatTheRegistryLists) {
  constexpr std::pair<UChar32, UChar32> kValid[] = {
      {0x21, 0x7E},   {0xB7, 0xB7},   {0xC0, 0xD6},   {0xD8, 0xF6},   {0xF8, 0x131},  {0x134, 0x13E}, {0x141, 0x148},
      {0x14A, 0x17E}, {0x180, 0x1C3}, {0x1CD, 0x1F0}, {0x1F4, 0x2AF}, {0x2B9, 0x2C1}, {0x2C6, 0x2D1}, {0x2EC, 0x2EC},
      {0x2EE, 0x2EE}, {0x300, 0x33F}, {0x342, 0x342}, {0x345, 0x34E}, {0x350, 0x373}, {0x375, 0x377}, {0x37B, 0x37D},
      {0x37F, 0x37F}, {0x386, 0x386}, {0x388, 0x38A}, {0x38C, 0x38C}, {0x38E, 0x3A1}, {0x3A3, 0x3CF}, {0x3D7, 0x3EF},
      {0x3F3, 0x3F3}, {0x3F7, 0x3F8}, {0x3FA, 0x481}, {0x483, 0x487}, {0x48A, 0x52F}, {0x531, 0x556}, {0x559, 0x559},
      {0x560, 0x586}, {0x588, 0x588}, {0x591, 0x5BD}, {0x5BF, 0x5BF}, {0x5C1, 0x5C2}, {0x5C4, 0x5C5}, {0x5C7, 0x5C7},
      {0x5D0, 0x5EA}, {0x5EF, 0x5F4}, {0x610, 0x61A}, {0x620, 0x63F}, {0x641, 0x669}, {0x66E, 0x674}, {0x679, 0x6D3},
      {0x6D5, 0x6DC}, {0x6DF, 0x6E8}, {0x6EA, 0x6FF}};
  for (UChar32 point = 0x21; point < 0x700; ++point) {
    const bool listed = std::any_of(std::begin(kValid), std::end(kValid),
                                    [&](const auto& range) { return point >= range.first && point <= range.second; });
    // Letters round about which serve the context and the direction of each.
    const std::string letter = encode(point);
    const bool held =
        !refused("l" + letter + "l") || !refused("\u05d0" + letter + "\u05d0") || !refused(letter + "\u03b1");
    // The compatibility forms that NFC takes away are what they are forms of.
    const bool canonical = composed(letter) != letter;
    ASSERT_TRUE(held == listed || canonical) << std::hex << point;
  }
}

TEST(UserName, MappedAgainIsTheSame) {
  for (UChar32 point = 1; point <= 0xE01EF; ++point) {
    if (u_charType(point) == U_UNASSIGNED || u_charType(point) == U_SURROGATE) continue;
    if (u_hasBinaryProperty(point, UCHAR_UNIFIED_IDEOGRAPH) != 0 && point % 64 != 0) continue;  // many, and all alike
    if (u_getIntPropertyValue(point, UCHAR_HANGUL_SYLLABLE_TYPE) >= U_HST_LV_SYLLABLE && point % 64 != 0) continue;
    for (const std::string& name : {encode(point), "x" + encode(point) + "\u0345\u0301", "\u03a3" + encode(point)}) {
      const auto once = username_case_mapped(name);
      if (!once) continue;
      ASSERT_EQ(username_case_mapped(*once), once) << std::hex << point;
      ASSERT_TRUE(is_utf8(*once)) << std::hex << point;
    }
  }
}

}  // namespace
}  // namespace gatehouse::text
