#include "http/schema.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace gatehouse::http {
namespace {

struct Leaf {
  std::string name;
};
void describe(Fields<Leaf>& f) {
  f.name("Leaf");
  f.add<&Leaf::name>("name", {.min = 1, .max = 5});
}
struct Tree {
  std::map<std::string, Leaf> leaves;
  std::map<std::string, std::vector<std::int64_t>> numbers;
  std::map<std::string, std::string> texts;
};
void describe(Fields<Tree>& f) {
  f.name("Tree");
  f.add<&Tree::leaves>("leaves", {.max = 2});
  f.add<&Tree::numbers>("numbers");
  f.add<&Tree::texts>("texts");
}

// The faults of the text as a Tree, one a line; or what was read, written again.
std::string read(std::string_view text) {
  const auto body = json::parse(text);
  if (!body) return body.error().detail;
  Tree tree;
  Faults faults;
  decode_value(Rule{}, *body, tree, faults);
  std::string said;
  for (const auto& fault : faults.take()) said += fault.field + " " + fault.message + "\n";
  if (!said.empty()) return said;
  JsonWriter out(said);
  encode_value(tree, out);
  return said;
}

TEST(SchemaMaps, HoldWhateverIsDescribed) {
  const std::string_view whole =
      R"({"leaves":{"a":{"name":"x"},"b":{"name":"y"}},"numbers":{"n":[1,2],"none":[]},"texts":{"t":"u"}})";
  EXPECT_EQ(read(whole), whole);
  EXPECT_EQ(read("{}"), R"({"leaves":{},"numbers":{},"texts":{}})");
}

TEST(SchemaMaps, NameTheFaultyMember) {
  EXPECT_EQ(read(R"({"leaves":{"a":{"name":"toolong"},"b":{}},"texts":{"t":1,"":"x"}})"),
            "leaves.a.name must have at most 5 characters\n"
            "leaves.b.name is required\n"
            "texts. must have a name of 1 to 100 bytes\n"
            "texts.t must be a string\n");
  EXPECT_EQ(read(R"({"leaves":{"a":{},"b":{},"c":{}}})"), "leaves must have at most 2 members\n");
  EXPECT_EQ(read(R"({"leaves":[],"texts":[]})"), "leaves must be an object\ntexts must be an object of strings\n");
}

TEST(SchemaMaps, KeepTheLimitOfTexts) {
  const auto text = [](std::size_t length) { return R"({"texts":{"t":")" + std::string(length, 'x') + "\"}}"; };
  EXPECT_TRUE(read(text(1000)).starts_with("{"));
  EXPECT_EQ(read(text(1001)), "texts.t must have at most 1000 characters\n");
}

}  // namespace
}  // namespace gatehouse::http
