#include "base/json_writer.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <cmath>
#include <limits>

#include "base/random.hpp"
#include "base/text.hpp"

namespace gatehouse {
namespace {

std::string json_of(std::string_view utf8) {
  std::string out;
  append_json_string(out, utf8);
  return out;
}

TEST(JsonWriter, SeparatesMembersAndElementsByItself) {
  std::string out = "data: ";
  JsonWriter json(out);
  json.begin_object();
  json.key("a").value(1).key("b").begin_array().value("x").value(true).null().begin_object().end_object();
  json.begin_array()
      .end_array()
      .end_array()
      .member("c", -2.5)
      .key("d")
      .raw("{\"e\":1}")
      .member("f", false)
      .end_object();
  EXPECT_EQ(out, R"(data: {"a":1,"b":["x",true,null,{},[]],"c":-2.5,"d":{"e":1},"f":false})");
}

TEST(JsonWriter, WritesNumbersExactly) {
  std::string out;
  JsonWriter json(out);
  json.begin_array().value(std::numeric_limits<std::int64_t>::min()).value(std::numeric_limits<std::uint64_t>::max());
  json.value(0.1).value(1e300).value(std::numeric_limits<double>::infinity()).value(std::nan("")).end_array();
  EXPECT_EQ(out, "[-9223372036854775808,18446744073709551615,0.1,1e+300,null,null]");
}

TEST(JsonWriter, LetsThePlaceBeFilledByHand) {
  std::string out;
  JsonWriter json(out);
  json.begin_array().value(1);
  json.place() += "\"by hand\"";
  json.value(2).end_array();
  EXPECT_EQ(out, R"([1,"by hand",2])");
}

TEST(JsonString, EscapesWhatRfc8259Demands) {
  EXPECT_EQ(json_of(""), R"("")");
  EXPECT_EQ(json_of("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(json_of("\b\f\n\r\t\x01\x1f"), R"("\b\f\n\r\t\u0001\u001f")");
  EXPECT_EQ(json_of(std::string_view("\0", 1)), R"("\u0000")");
  EXPECT_EQ(json_of("\x7f \u00e9\U0001F434"), "\"\x7f \u00e9\U0001F434\"");
}

TEST(JsonString, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(json_of("a\xff"
                    "b"),
            "\"a\uFFFDb\"");
  EXPECT_EQ(json_of("cut \xE2\x82"), "\"cut \uFFFD\uFFFD\"");
  EXPECT_EQ(json_of("\xED\xA0\x80"), "\"\uFFFD\uFFFD\uFFFD\"");
}

TEST(JsonString, EscapesAtEveryOffsetOfALongRun) {
  for (std::size_t at = 0; at < 40; ++at) {
    for (const char c : {'"', '\\', '\n', '\x1f'}) {
      std::string text(40, 'x');
      text[at] = c;
      const auto back = boost::json::parse(json_of(text));
      EXPECT_EQ(std::string_view(back.as_string()), text) << at;
    }
  }
}

TEST(JsonString, OfRandomBytesIsAlwaysReadable) {
  SeededRandom random(7);
  for (int round = 0; round < 5000; ++round) {
    std::string bytes(random.below(48), '\0');
    random.fill(bytes.data(), bytes.size());
    if (round % 2 == 0) {
      for (char& c : bytes) c = static_cast<char>(c & 0x7F);
    }
    boost::json::error_code failure;
    const auto back = boost::json::parse(json_of(bytes), failure);
    ASSERT_FALSE(failure) << round;
    if (text::is_utf8(bytes)) { ASSERT_EQ(std::string_view(back.as_string()), bytes); }
  }
}

}  // namespace
}  // namespace gatehouse
