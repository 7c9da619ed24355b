#include "base/json.hpp"

#include <gtest/gtest.h>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serialize.hpp>
#include <string>

#include "base/random.hpp"

namespace gatehouse::json {
namespace {

std::string code_of(std::string_view text) {
  const auto parsed = parse(text);
  return parsed ? "" : std::string(parsed.error().code);
}
std::string detail_of(std::string_view text) { return parse(text).error().detail; }

TEST(Json, IsReadAsItStands) {
  const std::string text =
      R"({"a":[1,-2,18446744073709551615,1.5,true,false,null],"b":{"c":"\u00e9\n"},"d":{},"e":[]})";
  const auto parsed = parse(text);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(boost::json::serialize(*parsed),
            "{\"a\":[1,-2,18446744073709551615,1.5E0,true,false,null],\"b\":{\"c\":\"\u00e9\\n\"},\"d\":{},\"e\":[]}");
  EXPECT_TRUE(parse(" \r\n\t1 ").ok());
}

TEST(Json, LivesInTheStorageItIsGiven) {
  boost::json::monotonic_resource arena;
  const auto parsed = parse(R"({"long member name, too long for the small buffer":["x"]})", {}, &arena);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->storage().get(), &arena);
}

TEST(Json, RefusesWhatIsNotJson) {
  for (std::string_view bad :
       {"",      " ",        "{",       "[1,]",        "{\"a\":1,}", "{a:1}",  "'a'",
        "01",    "+1",       "1.",      ".5",          "NaN",        "nul",    "tru",
        "[1 2]", "\"\x01\"", "\"\\x\"", "\"\\ud800\"", "/* */ 1",    "1 // x", "\xEF\xBB\xBF{}"}) {
    EXPECT_EQ(code_of(bad), "json.malformed") << bad;
  }
}

TEST(Json, RefusesBytesAfterTheValue) {
  for (std::string_view value : {"1", "{}", "[]", "\"a\"", "null", "1.5"}) {
    EXPECT_EQ(code_of(std::string(value) + std::string(1, '\0')), "json.malformed") << value;
    EXPECT_EQ(code_of(std::string(value) + " 2"), "json.malformed") << value;
    EXPECT_EQ(code_of(std::string(value) + "}"), "json.malformed") << value;
  }
  EXPECT_EQ(detail_of("{} x"), "The text is not acceptable JSON: bytes after the value at byte 3.");
}

TEST(Json, RefusesAMemberNamedTwiceHoweverItIsWritten) {
  EXPECT_EQ(code_of(R"({"a":1,"a":1})"), "json.malformed");
  EXPECT_EQ(code_of(R"({"a":1,"b":2,"\u0061":3})"), "json.malformed");
  EXPECT_EQ(code_of(R"([[{"x":{"a":{"b":1},"a":{"c":1,"d":2}}}]])"), "json.malformed");
  EXPECT_EQ(code_of(R"({"":1,"":2})"), "json.malformed");
  EXPECT_EQ(code_of(R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})"), "");
}

TEST(Json, RefusesDepthBeyondTheLimit) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(code_of(nested(32)), "");
  EXPECT_EQ(code_of(nested(33)), "json.malformed");
  EXPECT_EQ(code_of(std::string(1'000'000, '[')), "json.malformed");
  EXPECT_FALSE(parse("[[1]]", {.max_depth = 1}).ok());
  EXPECT_FALSE(parse(nested(40), {.max_depth = 64}).ok());
}

TEST(Json, RefusesInvalidUtf8) {
  for (std::string_view bad : {"\"\xff\"", "\"\xC0\xAF\"", "\"\xED\xA0\x80\"", "{\"\xff\":1}"}) {
    EXPECT_EQ(code_of(bad), "json.malformed");
  }
}

TEST(Json, KeepsBigIntegersAsDoublesAndRefusesWhatADoubleCannotHold) {
  EXPECT_EQ(parse("36893488147419103232").value().as_double(), 36893488147419103232.0);
  EXPECT_EQ(code_of("1e400"), "json.malformed");
  EXPECT_EQ(code_of("-1e99999999999"), "json.malformed");
  EXPECT_EQ(code_of("1e-400"), "");
}

TEST(Json, RefusesTooManyMembersAndTooMuchText) {
  std::string text = "{";
  for (int i = 0; i < 1001; ++i) text += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":0";
  EXPECT_EQ(code_of(text + "}"), "json.malformed");
  EXPECT_EQ(parse("[1,2,3]", {.max_bytes = 6}).error().kind, ErrorKind::kTooLarge);
}

TEST(Json, SaysWhereReadingStopped) { EXPECT_NE(detail_of("[1,2,x]").find("at byte 5"), std::string::npos); }

TEST(Json, SurvivesEveryMutationOfADocument) {
  const std::string seed = R"({"subject":{"type":"user","id":"a\u00e9\ud83d\ude00"},)"
                           R"("n":[1,-2.5e3,{"x":null,"y":[true,false]}],"z":"\\\"é"})";
  SeededRandom random(11);
  int accepted = 0;
  for (int round = 0; round < 30000; ++round) {
    std::string text = seed;
    for (std::uint64_t changes = random.below(4); changes > 0; --changes) {
      const std::size_t at = random.below(text.size());
      switch (random.below(3)) {
        case 0: text[at] = static_cast<char>(random.next()); break;
        case 1: text.erase(at, random.below(8)); break;
        default: text.insert(at, text.substr(random.below(text.size()), random.below(12)));
      }
      if (text.empty()) break;
    }
    const auto parsed = parse(text);
    if (!parsed) continue;
    ++accepted;
    ASSERT_TRUE(parse(boost::json::serialize(*parsed)).ok()) << text;
  }
  EXPECT_GT(accepted, 5000);
}

}  // namespace
}  // namespace gatehouse::json
