#include "protocol/csv/record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::csv {
namespace {

using ::testing::ElementsAre;

// All records of a text, each as its fields with bars between, or as "!" and its fault; behind a fault the next line.
std::vector<std::string> records(std::string_view text, std::size_t max_size = 1000) {
  std::vector<std::string> all;
  Record record;
  while (!text.empty()) {
    read_record(text, max_size, record);
    if (!record.fault.empty()) {
      all.push_back("!" + std::string(record.fault));
      const auto end = text.find('\n');
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      continue;
    }
    std::string fields;
    for (std::size_t i = 0; i < record.count; ++i) fields += (i == 0 ? "" : "|") + record.fields[i];
    all.push_back(std::move(fields));
    text.remove_prefix(record.size);
  }
  return all;
}

TEST(CsvRecords, AreFieldsBetweenCommasOnALine) {
  EXPECT_THAT(records("a,b,c\nd,,\r\n,e"), ElementsAre("a|b|c", "d||", "|e"));
  EXPECT_THAT(records("\n"), ElementsAre("")) << "an empty line has one empty field";
  EXPECT_THAT(records(" a , b \n"), ElementsAre(" a | b ")) << "RFC 4180 2.4: blanks belong to the field";
}

TEST(CsvRecords, MayHoldCommasQuotesAndLineBreaksInQuotes) {
  EXPECT_THAT(records("\"a,b\",\"say \"\"b\"\"\",\"two\r\nlines\"\nnext"),
              ElementsAre("a,b|say \"b\"|two\r\nlines", "next"));
  EXPECT_THAT(records("\"\"\n\"\"\"\"\n"), ElementsAre("", "\""));
}

TEST(CsvRecords, AreRefusedWhereReadersReadThemDifferently) {
  EXPECT_THAT(records("a\"b\nc\n"), ElementsAre("!a quote within a field that is not quoted", "c"));
  EXPECT_THAT(records("\"a\"b\nc\n"), ElementsAre("!text behind a closing quote", "c"));
  EXPECT_THAT(records("\"a\nc\n"), ElementsAre("!a quote that is never closed", "c"));
}

TEST(CsvRecords, AreNotLongerThanTheyMayBe) {
  EXPECT_THAT(records("12345678\n9\n", 9), ElementsAre("12345678", "9"));
  EXPECT_THAT(records("123456789\n9\n", 9), ElementsAre("!too long", "9"));
  EXPECT_THAT(records("\"" + std::string(20, 'x') + "\"\n9\n", 9), ElementsAre("!a quote that is never closed", "9"));
}

TEST(CsvRecords, KeepACarriageReturnThatEndsNoLine) { EXPECT_THAT(records("a\rb\n"), ElementsAre("a\rb")); }

}  // namespace
}  // namespace gatehouse::csv
