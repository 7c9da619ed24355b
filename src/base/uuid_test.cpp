#include "base/uuid.hpp"

#include <gtest/gtest.h>

#include <unordered_set>

namespace gatehouse {
namespace {

struct Thing;

TEST(Uuid, IsReadInEitherCaseAndWrittenInLowerCase) {
  const auto uuid = Uuid::parse("017F22E2-79B0-7CC3-98c4-dc0c0c07398f");  // RFC 9562 A.6
  ASSERT_TRUE(uuid.has_value());
  EXPECT_EQ(uuid->to_string(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  EXPECT_EQ(Uuid::from_bytes(uuid->raw()), *uuid);
}

TEST(Uuid, RefusesAnyOtherForm) {
  for (std::string_view bad : {"", "017f22e279b07cc398c4dc0c0c07398f", "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
                               "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
                               "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2_79b0-7cc3-98c4-dc0c0c07398f",
                               "017f22e-279b0-7cc3-98c4-dc0c0c07398f", " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f"}) {
    EXPECT_FALSE(Uuid::parse(bad).has_value()) << bad;
  }
}

TEST(Uuid, OfVersion7CarriesTheMillisecondAndItsMarks) {
  SeededRandom random(1);
  const Uuid uuid = Uuid::v7(Timestamp{1'645'557'742'000'999}, random);  // RFC 9562 A.6: 017F22E2-79B0
  const std::string text = uuid.to_string();
  EXPECT_EQ(text.substr(0, 13), "017f22e2-79b0");
  EXPECT_EQ(text[14], '7');
  EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);
}

TEST(Uuid, OfVersion7SortsByTime) {
  SeededRandom random(2);
  const Uuid first = Uuid::v7(Timestamp{1'000'000}, random);
  const Uuid second = Uuid::v7(Timestamp{1'001'000}, random);
  EXPECT_LT(first, second);
  EXPECT_LT(first.to_string(), second.to_string());
}

TEST(Uuid, MadeInOneMillisecondAreAllDifferentAndSpread) {
  SeededRandom random(3);
  std::unordered_set<Id<Thing>> ids;
  std::unordered_set<std::uint64_t> low_bits;
  for (int i = 0; i < 4096; ++i) {
    const auto id = Id<Thing>::make(Timestamp{5'000'000}, random);
    ids.insert(id);
    low_bits.insert(id.hash() & 0xFFFFU);
  }
  EXPECT_EQ(ids.size(), 4096U);
  EXPECT_GT(low_bits.size(), 3800U);  // 3,970 expected of 4,096 thrown into 65,536
}

TEST(Uuid, IsNilByDefault) {
  EXPECT_TRUE(Uuid{}.is_nil());
  EXPECT_EQ(Uuid{}.to_string(), "00000000-0000-0000-0000-000000000000");
  EXPECT_TRUE(Id<Thing>::parse("00000000-0000-0000-0000-000000000000")->is_nil());
}

}  // namespace
}  // namespace gatehouse
