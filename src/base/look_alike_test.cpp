#include "base/look_alike.hpp"

#include <gtest/gtest.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <array>
#include <thread>
#include <vector>

#include "base/text.hpp"

namespace gatehouse::text {
namespace {

TEST(LookAlike, IsALetterOfAnotherScript) {
  EXPECT_TRUE(look_alike("\u0430dmin", "admin"));                          // Cyrillic a
  EXPECT_TRUE(look_alike("\u0410DMIN", "admin"));                          // and its capital
  EXPECT_TRUE(look_alike("\u0455\u0441\u043e\u0440\u0435", "scope"));      // all of it Cyrillic
  EXPECT_TRUE(look_alike("g\u03bf\u03bfgle", "google"));                   // Greek omicron
  EXPECT_TRUE(look_alike("\u0430dmin@example.com", "admin@example.com"));  // in an address too
  EXPECT_TRUE(look_alike("\u0430dmin@example.com", "\u0430dm\u0456n@example.com"));
  EXPECT_TRUE(look_alike("admin@\u0435xample.com", "admin@example.com"));
  EXPECT_TRUE(look_alike("\ua4d0\ua4f3\ua4d0", "bob"));  // Lisu, which has only capitals
}

TEST(LookAlike, IsAnotherLetterOfAscii) {
  EXPECT_TRUE(look_alike("paypa1", "paypal"));
  EXPECT_TRUE(look_alike("PAYPA1", "paypal"));
  EXPECT_TRUE(look_alike("rnary", "mary"));
  EXPECT_TRUE(look_alike("g00gle", "google"));  // as capitals, which are the same name
  EXPECT_TRUE(look_alike("user1@no_host", "userl@no_host"));
}

TEST(LookAlike, IsACapitalOfAnotherScript) {
  EXPECT_TRUE(look_alike("\u0422\u041e\u041c", "TOM"));
  EXPECT_TRUE(look_alike("\u0422\u041e\u041c", "tom")) << "which is TOM as well";
  EXPECT_TRUE(look_alike("\u0412\u041e\u0412", "BOB"));
  EXPECT_TRUE(look_alike("\u0412\u041c\u041a", "BMK"));
  EXPECT_TRUE(look_alike("\u0391\u039d\u039d\u0391", "Anna"));   // Greek
  EXPECT_TRUE(look_alike("\u0422om", "Tom"));                    // only its capital is Cyrillic
  EXPECT_TRUE(look_alike("\u0406\u0422", "IT"));                 // among capitals too
  EXPECT_TRUE(look_alike("\uff34\u041e\u041c", "TOM"));          // of full width
  EXPECT_TRUE(look_alike("Anna\u0422\u041e\u041c", "ANNATOM"));  // whichever of the two was typed in small letters
  EXPECT_TRUE(look_alike("\u0422\u041e\u041c@example.com", "tom@example.com"));
  EXPECT_FALSE(look_alike("\u0442\u043e\u043c", "tom")) << "in small letters they are different";
}

TEST(LookAlike, IsACapitalIForASmallL) {
  EXPECT_TRUE(look_alike("paypaI", "paypal"));
  EXPECT_TRUE(look_alike("PaypaI", "PAYPAL"));
  EXPECT_TRUE(look_alike("SupportI", "Supportl"));
  EXPECT_TRUE(look_alike("SectionI", "Section1"));
  EXPECT_TRUE(look_alike("AI", "Al"));
  EXPECT_TRUE(look_alike("Ian", "lan"));
  EXPECT_TRUE(look_alike("Ian", "Lan")) << "Lan is lan; ian is nobody's look-alike";
  EXPECT_TRUE(look_alike("A1", "AI"));
  EXPECT_FALSE(look_alike("PaypaI", "paypai"));
  EXPECT_FALSE(look_alike("PaypaI@example.com", "paypal@example.com"));
}

TEST(LookAlike, AreNotTwoAddressesInAscii) {
  EXPECT_FALSE(look_alike("user1@example.com", "userl@example.com"));
  EXPECT_FALSE(look_alike("rn@example.com", "m@example.com"));
  EXPECT_TRUE(look_alike("user1", "userl"));
}

TEST(LookAlike, IsNoNameOfItself) {
  for (const std::string_view name : {"admin", "\u0430dmin", "fu\u00dfball", "", "\xff", "a b"}) {
    EXPECT_FALSE(look_alike(name, name)) << name;
  }
  EXPECT_FALSE(look_alike("Admin", "aDMIN"));
  EXPECT_FALSE(look_alike("\uff21dmin", "admin"));
  EXPECT_FALSE(look_alike("M\u00fcller", "mu\u0308ller"));
  EXPECT_FALSE(look_alike("COL\u00b7LEGI", "col\u00b7legi"));
}

TEST(LookAlike, IsNotWhatReadersTellApart) {
  for (const auto& [a, b] : std::vector<std::pair<std::string_view, std::string_view>>{{"admin", "administrator"},
                                                                                       {"m\u00fcller", "muller"},
                                                                                       {"m\u00fcller", "mueller"},
                                                                                       {"fussball", "fu\u00dfball"},
                                                                                       {"ali", "all"},
                                                                                       {"mail", "mall"},
                                                                                       {"Mail", "Mall"},
                                                                                       {"MAIL", "MALL"},
                                                                                       {"MAIL", "mall"},
                                                                                       {"eli", "ell"},
                                                                                       {"Eli", "Ell"},
                                                                                       {"ann", "anne"},
                                                                                       {"tom", "tam"},
                                                                                       {"ian", "lan"},
                                                                                       {"IAN", "LAN"},
                                                                                       {"MARIA", "Marla"},
                                                                                       {"KAI", "KAL"},
                                                                                       {"IT", "lt"},
                                                                                       {"user1", "user11"},
                                                                                       {"user10", "user01"},
                                                                                       {"wladimir", "vladimir"},
                                                                                       {"\u0436\u0443\u043a", "hyk"}}) {
    EXPECT_FALSE(look_alike(a, b)) << a << ' ' << b;
  }
}

TEST(LookAlike, SeesThroughJoinersThatAUserNameMayHave) {
  EXPECT_TRUE(look_alike("\u0915\u094d\u200d\u0937", "\u0915\u094d\u0937"));
  EXPECT_TRUE(look_alike("\u0915\u094d\u200c\u0937", "\u0915\u094d\u200d\u0937"));
}

TEST(LookAlike, TakesNamesThatNoUserCouldHave) {
  EXPECT_TRUE(look_alike("\u0410cme  Corp.", "acme corp."));
  EXPECT_FALSE(look_alike("henry\u2163", "henryiv"));  // as names of anything they are one
  EXPECT_EQ(skeleton("\xff"), "");
  EXPECT_EQ(skeleton(""), "");
}

TEST(Skeleton, OfASkeletonIsTheSameForEveryAssignedCodePoint) {
  for (UChar32 point = 1; point <= 0xE01EF; ++point) {
    if (u_charType(point) == U_UNASSIGNED || u_charType(point) == U_SURROGATE) continue;
    if (u_hasBinaryProperty(point, UCHAR_UNIFIED_IDEOGRAPH) != 0 && point % 64 != 0) continue;  // many, and all alike
    if (u_getIntPropertyValue(point, UCHAR_HANGUL_SYLLABLE_TYPE) >= U_HST_LV_SYLLABLE && point % 64 != 0) continue;
    if (point >= 0x17000 && point <= 0x18D00) continue;
    std::array<char, 5> bytes{'a'};
    std::int32_t size = 1;
    U8_APPEND_UNSAFE(bytes.data(), size, point);
    const std::string look = skeleton({bytes.data(), static_cast<std::size_t>(size)});
    ASSERT_EQ(skeleton(look), look) << point;
    ASSERT_TRUE(is_utf8(look)) << point;
  }
}

// Texts of ASCII take a short way; one letter of another kind sends them the long way.
TEST(Skeleton, OfAsciiIsTheSameOnBothWays) {
  const std::string other = "\u00e9";
  for (char a = 0x21; a < 0x7F; ++a) {
    for (char b = 0x21; b < 0x7F; ++b) {
      const std::string text{a, b};
      ASSERT_EQ(skeleton(text + other), skeleton(text) + skeleton(other)) << text;
    }
  }
}

TEST(Sight, IsASkeletonForEveryAssignedLetter) {
  for (UChar32 point = 1; point <= 0x1FFFF; ++point) {
    if (u_isalpha(point) == 0 || (u_hasBinaryProperty(point, UCHAR_UNIFIED_IDEOGRAPH) != 0 && point % 64 != 0))
      continue;
    if (u_getIntPropertyValue(point, UCHAR_HANGUL_SYLLABLE_TYPE) >= U_HST_LV_SYLLABLE && point % 64 != 0) continue;
    if (point >= 0x17000 && point <= 0x18D00) continue;
    std::array<char, 5> bytes{'A'};
    std::int32_t size = 1;
    U8_APPEND_UNSAFE(bytes.data(), size, point);
    const std::string look = sight({bytes.data(), static_cast<std::size_t>(size)});
    ASSERT_EQ(skeleton(look), look) << point;
    ASSERT_TRUE(is_utf8(look)) << point;
  }
}

TEST(Sight, OfSmallLettersIsTheirSkeleton) {
  for (const std::string_view name : {"paypal", "rnary", "user1", "g00gle", "\u0430dm\u0456n", "m\u00fcller", "a  b"}) {
    EXPECT_EQ(sight(name), skeleton(name)) << name;
  }
  EXPECT_EQ(sight("\xff"), "");
  EXPECT_EQ(sight(""), "");
}

TEST(Sight, OfAsciiIsTheSameOnBothWays) {
  const std::string other = "\u00e9";
  for (char a = 0x21; a < 0x7F; ++a) {
    for (char b = 0x21; b < 0x7F; ++b) {
      const std::string text{a, b, 'x'};
      ASSERT_EQ(sight(text + other), sight(text) + sight(other)) << text;
    }
  }
}

TEST(Skeleton, IsMadeByManyThreadsAtOnce) {
  std::array<int, 4> wrong{};
  std::vector<std::thread> threads;
  threads.reserve(wrong.size());
  for (int& count : wrong) {
    threads.emplace_back([&count] {
      for (int i = 0; i < 200; ++i) count += skeleton("\u0430dm\u0456n") == "adrnin" ? 0 : 1;
    });
  }
  for (auto& thread : threads) thread.join();
  for (const int count : wrong) EXPECT_EQ(count, 0);
}

}  // namespace
}  // namespace gatehouse::text
