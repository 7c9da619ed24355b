#include "api/v1/wire_words.hpp"

#include <gtest/gtest.h>

#include "api/v1/dialect.hpp"

namespace gatehouse::api::v1 {
namespace {

enum class Order { kName, kCreatedAt };

std::string sorted(const std::optional<std::string>& given) {
  const auto sorting = parse_sorting<Order>(given, {{"name", Order::kName}, {"createdAt", Order::kCreatedAt}});
  if (!sorting) return sorting.error().fields.at(0).field + " " + sorting.error().fields.at(0).message;
  return std::string(sorting->order == Order::kName ? "name" : "createdAt") + (sorting->descending ? " down" : " up");
}

TEST(Sorting, IsAFieldAndADirection) {
  EXPECT_EQ(sorted(std::nullopt), "name up");
  EXPECT_EQ(sorted("createdAt"), "createdAt up");
  EXPECT_EQ(sorted(" createdat  DESC "), "createdAt down");
  EXPECT_EQ(sorted("name asc"), "name up");
}

TEST(Sorting, NamesTheFieldsWhenItKnowsAnothersNot) {
  const std::string refusal = "sorting must be one of name, createdAt, and asc or desc";
  for (const std::string bad : {"", "colour", "name sideways", "name desc desc", "name; DROP TABLE users", "desc"}) {
    EXPECT_EQ(sorted(bad), refusal) << bad;
  }
}

TEST(WireWords, AreCamelCaseUpToTheCallersOwn) {
  const auto words = [](const std::string& field) {
    return in_wire_words(Result<int>(invalid_field("x", field, "is wrong"))).error().fields.at(0).field;
  };
  EXPECT_EQ(words("display_name"), "displayName");
  EXPECT_EQ(words("name"), "name");
  EXPECT_EQ(words("attributes.cost_center"), "attributes.cost_center");
}

TEST(ErrorCodes, AreTheSurfacesOwn) {
  EXPECT_EQ(public_code("organization.not_found"), "Org.NotFound");
  EXPECT_EQ(public_code("organization.name_taken"), "Org.NameAlreadyExists");
  EXPECT_EQ(public_code("organization.has_children"), "Org.HasChildren");
  EXPECT_EQ(public_code("membership.last_admin"), "OrgUser.LastAdmin");
  EXPECT_EQ(public_code("of.nobody"), "of.nobody");
}

}  // namespace
}  // namespace gatehouse::api::v1
