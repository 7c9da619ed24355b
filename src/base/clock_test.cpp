#include "base/clock.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace gatehouse {
namespace {

std::int64_t micros_of(std::string_view text) {
  const auto parsed = Timestamp::parse(text);
  return parsed ? parsed->micros : -1;
}

TEST(Timestamp, IsWrittenWithAFractionOnlyWhenItHasOne) {
  EXPECT_EQ(Timestamp{}.to_string(), "1970-01-01T00:00:00Z");
  EXPECT_EQ(Timestamp{1'769'850'000'250'000}.to_string(), "2026-01-31T09:00:00.25Z");
  EXPECT_EQ(Timestamp{1}.to_string(), "1970-01-01T00:00:00.000001Z");
  EXPECT_EQ(Timestamp{1'709'164'800'000'000}.to_string(), "2024-02-29T00:00:00Z");
}

TEST(Timestamp, IsReadWithAnyOffset) {
  EXPECT_EQ(micros_of("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(micros_of("2026-01-31T09:00:00.25Z"), 1'769'850'000'250'000);
  EXPECT_EQ(micros_of("2026-01-31T10:30:00.25+01:30"), 1'769'850'000'250'000);
  EXPECT_EQ(micros_of("2026-01-31t04:00:00-05:00"), 1'769'850'000'000'000);
  EXPECT_EQ(micros_of("1970-01-01T00:00:00.123456789z"), 123'456);
  EXPECT_EQ(micros_of("1990-12-31T23:59:60Z"), micros_of("1990-12-31T23:59:59Z"));  // RFC 3339 5.8
  EXPECT_EQ(micros_of("9999-12-31T23:59:59.999999Z"), 253'402'300'799'999'999);
}

TEST(Timestamp, RefusesWhatRfc3339DoesNotAllow) {
  for (std::string_view bad : {"",
                               "2026-01-31",
                               "2026-01-31T09:00:00",
                               "2026-01-31 09:00:00Z",
                               "2026-01-31T09:00Z",
                               "2026-02-29T00:00:00Z",
                               "2026-13-01T00:00:00Z",
                               "2026-00-01T00:00:00Z",
                               "2026-01-32T00:00:00Z",
                               "2026-01-31T24:00:00Z",
                               "2026-01-31T09:60:00Z",
                               "2026-01-31T09:00:61Z",
                               "2026-01-31T09:00:00.Z",
                               "2026-01-31T09:00:00.5",
                               "2026-01-31T09:00:00+0100",
                               "2026-01-31T09:00:00+24:00",
                               "2026-01-31T09:00:00+01:60",
                               "2026-01-31T09:00:00Zx",
                               "+026-01-31T09:00:00Z",
                               "1969-12-31T23:59:59Z",
                               "1970-01-01T00:00:00+00:01",
                               "2026-01-31T09:00:00+1:000"}) {
    EXPECT_FALSE(Timestamp::parse(bad).has_value()) << bad;
  }
}

TEST(Timestamp, ReadsBackWhatItWrites) {
  SeededRandom random(4);
  for (int i = 0; i < 2000; ++i) {
    const Timestamp at{static_cast<std::int64_t>(random.below(253'402'300'800'000'000))};
    ASSERT_EQ(Timestamp::parse(at.to_string()), at);
  }
}

TEST(Timestamp, CountsInSeconds) {
  const Timestamp at{1'500'000};
  EXPECT_EQ(at.seconds(), 1);
  EXPECT_EQ(at.plus_s(60).micros, 61'500'000);
  EXPECT_EQ(at.plus_s(60).seconds_since(at), 60);
}

TEST(FixedClock, MovesOnlyWhenMoved) {
  FixedClock clock(Timestamp{7});
  EXPECT_EQ(clock.now(), clock.now());
  clock.advance_s(2);
  EXPECT_EQ(clock.now().micros, 2'000'007);
}

TEST(SystemClock, IsPastTheYearThisWasWritten) {
  EXPECT_GT(SystemClock{}.now(), *Timestamp::parse("2024-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace gatehouse
