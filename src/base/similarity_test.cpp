#include "base/similarity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.hpp"

namespace gatehouse::text {
namespace {

double similarity(std::string_view a, std::string_view b) { return Similar(a).to(b); }

// Straight from Winkler's paper, over letters that are given one by one.
double by_definition(const std::u32string& a, const std::u32string& b) {
  if (a == b) return 1;
  if (a.empty() || b.empty()) return 0;
  const auto half = static_cast<int>(std::max(a.size(), b.size())) / 2;
  const int reach = std::max(half - 1, 0);
  std::vector<bool> used(b.size());
  std::u32string from_a;
  for (int i = 0; i < static_cast<int>(a.size()); ++i) {
    for (int j = 0; j < static_cast<int>(b.size()); ++j) {
      if (std::abs(i - j) > reach || used[j] || a[i] != b[j]) continue;
      used[j] = true;
      from_a.push_back(a[i]);
      break;
    }
  }
  std::u32string from_b;
  for (std::size_t j = 0; j < b.size(); ++j) {
    if (used[j]) from_b.push_back(b[j]);
  }
  if (from_a.empty()) return 0;
  std::size_t displaced = 0;
  for (std::size_t i = 0; i < from_a.size(); ++i) displaced += from_a[i] != from_b[i] ? 1 : 0;
  const auto m = static_cast<double>(from_a.size());
  const auto transposed = static_cast<double>(displaced / 2);
  const double jaro =
      (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) + (m - transposed) / m) / 3;
  if (jaro <= 0.7) return jaro;
  std::size_t prefix = 0;
  while (prefix < 4 && prefix < a.size() && prefix < b.size() && a[prefix] == b[prefix]) ++prefix;
  return jaro + static_cast<double>(prefix) * 0.1 * (1 - jaro);
}

std::string utf8(const std::u32string& points) {
  std::string out;
  for (const char32_t c : points) {
    const auto tail = [&](unsigned shift) { out.push_back(static_cast<char>(0x80U | ((c >> shift) & 0x3FU))); };
    if (c < 0x80) {
      out.push_back(static_cast<char>(c));
    } else if (c < 0x800) {
      out.push_back(static_cast<char>(0xC0U | (c >> 6U)));
      tail(0);
    } else if (c < 0x10000) {
      out.push_back(static_cast<char>(0xE0U | (c >> 12U)));
      tail(6), tail(0);
    } else {
      out.push_back(static_cast<char>(0xF0U | (c >> 18U)));
      tail(12), tail(6), tail(0);
    }
  }
  return out;
}

TEST(Similarity, IsThePublishedOne) {
  struct Published {
    std::string_view a;
    std::string_view b;
    double similarity;
  };
  // Winkler 1994 and Yancey 2005, table 1; the first three are everybody's.
  for (const auto& [a, b, expected] : std::initializer_list<Published>{{"MARTHA", "MARHTA", 0.961},
                                                                       {"DIXON", "DICKSONX", 0.813},
                                                                       {"DWAYNE", "DUANE", 0.840},
                                                                       {"SHACKLEFORD", "SHACKELFORD", 0.982},
                                                                       {"DUNNINGHAM", "CUNNIGHAM", 0.896},
                                                                       {"NICHLESON", "NICHULSON", 0.956},
                                                                       {"JONES", "JOHNSON", 0.832},
                                                                       {"MASSEY", "MASSIE", 0.933},
                                                                       {"ABROMS", "ABRAMS", 0.922},
                                                                       {"HARDIN", "MARTINEZ", 0.722},
                                                                       {"ITMAN", "SMITH", 0.467},
                                                                       {"JERALDINE", "GERALDINE", 0.926},
                                                                       {"MICHELLE", "MICHAEL", 0.921},
                                                                       {"JULIES", "JULIUS", 0.933},
                                                                       {"TANYA", "TONYA", 0.880},
                                                                       {"SEAN", "SUSAN", 0.805},
                                                                       {"JON", "JOHN", 0.933},
                                                                       {"JON", "JAN", 0.800},
                                                                       {"JELLYFISH", "SMELLYFISH", 0.896}}) {
    EXPECT_NEAR(similarity(a, b), expected, 0.0006) << a << ' ' << b;
    EXPECT_EQ(similarity(a, b), similarity(b, a)) << a << ' ' << b;
  }
}

TEST(Similarity, HasItsEnds) {
  EXPECT_EQ(similarity("", ""), 1);
  EXPECT_EQ(similarity("", "a"), 0);
  EXPECT_EQ(similarity("a", ""), 0);
  EXPECT_EQ(similarity("a", "a"), 1);
  EXPECT_EQ(similarity("a", "b"), 0);
  EXPECT_EQ(similarity("abc", "xyz"), 0);
  EXPECT_EQ(similarity(std::string(500, 'a'), std::string(500, 'a')), 1);
  EXPECT_EQ(similarity(std::string(500, 'a'), std::string(500, 'b')), 0);
}

TEST(Similarity, BoostsAtMostFourLettersAndOnlyAboveItsThreshold) {
  // Jaro of these: (8/9 + 8/9 + 1) / 3; the whole of the first eight is the same, four of them count.
  const double jaro = (8.0 / 9 + 8.0 / 9 + 1) / 3;
  EXPECT_NEAR(similarity("acmecorpx", "acmecorpy"), jaro + 0.4 * (1 - jaro), 1e-12);
  // "ab" is the same, and (2/8 + 2/8 + 1) / 3 is not above 0.7.
  EXPECT_NEAR(similarity("abcdefgh", "abqrstuv"), 0.5, 1e-12);
}

TEST(Similarity, CountsCodePointsNotBytes) {
  EXPECT_EQ(similarity("\u017elu\u0165", "\u017elut"), similarity("zlux", "zlut"));
  EXPECT_EQ(similarity("\U0001F434\U0001F98A\U0001F43B", "\U0001F434\U0001F43B\U0001F98A"), similarity("abc", "acb"));
  EXPECT_EQ(similarity("\u0645\u0631\u062d\u0628\u0627", "\u0645\u0631\u062d\u0627"), similarity("abcde", "abce"));
  // The first bytes of these letters are the same, the letters are not.
  EXPECT_EQ(similarity("\u017e", "\u017f"), 0);
  EXPECT_EQ(similarity("\U0001F434", "\U0001F435"), 0);
}

TEST(Similarity, TakesAnyBytes) {
  for (const std::string_view bytes :
       {"\x80", "\xFF\xFF", "\xC3", "a\x80\x80\x80\x80\x80", "\xF0\x9F\x90", "\xC3\x28"}) {
    for (const std::string_view other : {"\x80\x80", "a", "\xC3\xA9", "\xFF", "a\x80", "\xF0\x9F\x90\xB4"}) {
      EXPECT_GE(similarity(bytes, other), 0);
      EXPECT_LE(similarity(bytes, other), 1);
      EXPECT_LE(similarity(other, bytes), 1);
    }
  }
  EXPECT_GE(similarity(std::string(300, '\x80'), std::string(200, '\x80') + "a"), 0);
}

// Texts of few letters, so that there is much to match, of all lengths on either side of every limit of the code.
class RandomTexts {
 public:
  explicit RandomTexts(std::uint64_t seed) : random_(seed) {}

  std::u32string next() {
    constexpr std::size_t kLengths[] = {0, 1, 2, 3, 4, 7, 12, 30, 62, 63, 64, 65, 66, 100, 127, 128, 129, 140};
    std::u32string text;
    const auto length = below(2) == 0 ? kLengths[below(std::size(kLengths))] : below(40);
    const auto letters = 1 + below(20);
    const std::u32string& alphabet = kAlphabets[below(std::size(kAlphabets))];
    while (text.size() < length) text.push_back(alphabet[below(std::min<std::size_t>(letters, alphabet.size()))]);
    return text;
  }
  // Somewhat like the other.
  std::u32string like(std::u32string text) {
    for (auto edits = below(6); edits != 0 && !text.empty(); --edits) {
      const auto at = below(text.size());
      switch (below(4)) {
        case 0: text.erase(at, 1); break;
        case 1: text.insert(at, 1, U'\u00e9'); break;
        case 2: std::swap(text[at], text[below(text.size())]); break;
        default: text[at] = U'q';
      }
    }
    return text;
  }
  std::size_t below(std::size_t bound) { return random_.below(bound); }

 private:
  static inline const std::u32string kAlphabets[] = {
      U"abcdefghijklmnopqrstuvwxyz", U"ab\u00e9\u010d\u0142\u0105\u017c\u0434\u0436\u4e16\u754c\U0001F434\U0001F435",
      U"\u0105\u0205\u0305\u0405\u0505\u0605\u0705"};  // these would meet in one slot
  SeededRandom random_;
};

TEST(Similarity, IsAsDefinedForRandomTexts) {
  RandomTexts texts(11);
  for (int round = 0; round < 30'000; ++round) {
    const auto a = texts.next();
    const auto b = texts.below(2) == 0 ? texts.like(a) : texts.next();
    const auto left = utf8(a);
    const auto right = utf8(b);
    const double there = similarity(left, right);
    ASSERT_NEAR(there, by_definition(a, b), 1e-12) << left << " | " << right;
    ASSERT_EQ(there, similarity(right, left)) << left << " | " << right;
    ASSERT_TRUE(there >= 0 && there <= 1);
  }
}

TEST(Similarity, IsNeverCutShortWhenItIsWanted) {
  RandomTexts texts(12);
  for (int round = 0; round < 5'000; ++round) {
    const auto a = texts.next();
    const Similar similar(utf8(a));
    for (int i = 0; i < 4; ++i) {
      const auto other = utf8(i == 0 ? texts.next() : texts.like(a));
      const double whole = similar.to(other);
      // Also exactly what it is, which rounding must not lose.
      for (const double wanted : {whole, 0.2, 0.5, 0.75, 0.8, 0.95, 1.0}) {
        const double pruned = similar.to(other, wanted);
        if (whole >= wanted) {
          ASSERT_EQ(pruned, whole);
        } else {
          ASSERT_LT(pruned, wanted);
        }
      }
    }
  }
}

}  // namespace
}  // namespace gatehouse::text
