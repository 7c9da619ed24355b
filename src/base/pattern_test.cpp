#include "base/pattern.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace gatehouse {
namespace {

Pattern compiled(std::string_view pattern) { return Pattern::compile(pattern).value(); }

std::string repeated(std::string_view piece, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += piece;
  return out;
}

TEST(Pattern, MatchesTheWholeText) {
  const Pattern id = compiled("[0-9]{8}[A-Z]");
  EXPECT_TRUE(id.matches("12345678Z"));
  for (const std::string_view other : {"", "12345678", "12345678Z ", "x12345678Z", "12345678z", "12345678Z\n"}) {
    EXPECT_FALSE(id.matches(other)) << other;
  }
  EXPECT_TRUE(compiled("a|ab").matches("ab"));
  EXPECT_TRUE(compiled("^ab$").matches("ab"));
  EXPECT_TRUE(compiled("a*").matches(""));
}

TEST(Pattern, MatchesCodePoints) {
  EXPECT_TRUE(compiled("\\p{Lu}{2}.").matches("\u00c4\u0416\U0001F434"));
  EXPECT_TRUE(compiled("\u4eac.{3}").matches("\u4eac123"));
  EXPECT_FALSE(compiled(".*").matches("\xff"));
  EXPECT_FALSE(compiled("a.b").matches({"a\0", 2}));
  EXPECT_TRUE(compiled("a.b").matches({"a\0b", 3}));
}

TEST(Pattern, IsRefusedWithThePlaceWhereItStopsBeingUnderstood) {
  for (const std::string_view bad : {"", "(", "a)", "[a-", "[z-a]", "*a", "a{2,1}", "\\", "\\y", "\\p{Nope}",
                                     "(?<=a*)b", "a{99999999999}", "\\1", "\xff", "(?#"}) {
    const auto pattern = Pattern::compile(bad);
    ASSERT_FALSE(pattern.ok()) << bad;
    EXPECT_EQ(pattern.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(pattern.error().code, "pattern.invalid");
    ASSERT_EQ(pattern.error().fields.size(), 1U);
    EXPECT_EQ(pattern.error().fields.front().field, "pattern");
  }
  EXPECT_NE(Pattern::compile("abc)d").error().detail.find("character 4"), std::string::npos)
      << Pattern::compile("abc)d").error().detail;
}

TEST(Pattern, HasAtMostTwoHundredCharacters) {
  EXPECT_TRUE(Pattern::compile(std::string(200, 'a')).ok());
  EXPECT_TRUE(Pattern::compile(repeated("\u00e9", 200)).ok());
  EXPECT_FALSE(Pattern::compile(std::string(201, 'a')).ok());
}

TEST(Pattern, MatchesNoTextThatIsTooLong) {
  const Pattern any = compiled(".*");
  EXPECT_TRUE(any.matches(std::string(Pattern::kMaxText, 'a')));
  EXPECT_FALSE(any.matches(std::string(Pattern::kMaxText + 1, 'a')));
}

TEST(Pattern, ThatTakesForEverDoesNotMatchAndHoldsNobody) {
  const std::string text(Pattern::kMaxText, 'a');
  const std::string groups = repeated("()", 80);
  for (const std::string& slow :
       {std::string("(a+)+b"), std::string("(a|a)*b"), std::string("(.*)*(.*)*(.*)*x"), repeated("a*", 90) + "b",
        std::string("((a?){1000}){1000}b"), std::string("(?:(?!.*+z)(?:a|a))*b"), std::string("(?:(.*)\\1){1,50}x"),
        std::string("(?i)(.{0,60})(?:(?!\\1\\1\\1z)(?:a|a))*b"), "(?:a|a)*b" + groups, "(?:a?a?a?a?){30}b" + groups}) {
    const Pattern pattern = compiled(slow);
    auto quickest = std::chrono::steady_clock::duration::max();  // of five: others use this machine too
    for (int round = 0; round < 5; ++round) {
      const auto start = std::chrono::steady_clock::now();
      EXPECT_FALSE(pattern.matches(text)) << slow;
      quickest = std::min(quickest, std::chrono::steady_clock::now() - start);
    }
    // One to five milliseconds; a sanitizer makes it several times that, and without a budget it would be years.
    EXPECT_LT(quickest, std::chrono::milliseconds(200)) << slow;
  }
}

TEST(Pattern, HasABudgetThatHonestOnesDoNotFeel) {
  const std::string text = repeated("ab1-", 60);
  EXPECT_TRUE(compiled("(?:[a-z]{1,3}\\d?-?)+").matches(text));
  EXPECT_TRUE(compiled("(?=.*\\d)(?=.*[a-z])[\\w-]{8,240}").matches(text));
}

TEST(Pattern, IsUsedByManyThreadsAtOnce) {
  const Pattern pattern = compiled("(\\d+)-(\\d+)");
  std::array<int, 4> wrong{};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&pattern, &count = wrong[t], t] {
      for (int i = 0; i < 500; ++i) {
        count += pattern.matches(std::to_string(i) + "-" + std::to_string(t)) ? 0 : 1;
        count += pattern.matches(std::to_string(i) + "+" + std::to_string(t)) ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const int count : wrong) EXPECT_EQ(count, 0);
}

}  // namespace
}  // namespace gatehouse
