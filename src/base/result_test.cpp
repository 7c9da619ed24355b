#include "base/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace gatehouse {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return invalid_field("number.odd", "number", "must be even");
  return number / 2;
}
Result<void> must_be_positive(int number) {
  if (number <= 0) return invalid("number.not_positive", "The number must be positive.");
  return {};
}
Result<std::string> quarter(int number) {
  TRY(must_be_positive(number));
  const int first = TRY(half(number));
  return std::to_string(TRY(half(first)));
}
Result<std::unique_ptr<int>> boxed(int number) { return std::make_unique<int>(number); }

TEST(Result, HoldsTheValueOrTheError) {
  EXPECT_EQ(*half(4), 2);
  const auto refused = half(3);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(refused.error().code, "number.odd");
  ASSERT_EQ(refused.error().fields.size(), 1U);
  EXPECT_EQ(refused.error().fields[0], (FieldError{"number", "must be even"}));
}

TEST(Result, OfNothingIsOkByDefault) {
  EXPECT_TRUE(must_be_positive(1).ok());
  EXPECT_EQ(must_be_positive(0).error().code, "number.not_positive");
}

TEST(Try, YieldsTheValueOrReturnsTheError) {
  EXPECT_EQ(*quarter(8), "2");
  EXPECT_EQ(quarter(6).error().code, "number.odd");
  EXPECT_EQ(quarter(-4).error().code, "number.not_positive");
}

TEST(Try, MovesWhatCannotBeCopied) {
  const auto doubled = []() -> Result<int> {
    const std::unique_ptr<int> box = TRY(boxed(21));
    return *box * 2;
  };
  EXPECT_EQ(*doubled(), 42);
}

TEST(Error, SaysItsKind) {
  EXPECT_EQ(forbidden("a.b", "").kind, ErrorKind::kForbidden);
  EXPECT_EQ(not_found("a.b", "").kind, ErrorKind::kNotFound);
  EXPECT_EQ(conflict("a.b", "").kind, ErrorKind::kConflict);
}

}  // namespace
}  // namespace gatehouse
