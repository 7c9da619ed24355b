#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "mail/message.hpp"

namespace gatehouse::mail {
namespace {

Message message() {
  return {.id = {},
          .host = "id.example.test",
          .created_at = {},
          .from = {"gatehouse@example.test", "Gatehouse"},
          .to = {"ana@example.test", "Ana"},
          .subject = "Hello",
          .text = "Hello\n",
          .html = "<p>Hello</p>\n"};
}

TEST(Messages, OfPlainPartsAreNotRefused) { EXPECT_TRUE(write_message(message(), TextEncoding::kEightBit).ok()); }

// Where a line could be ended or a second address be smuggled in.
TEST(Messages, RefuseWhatCouldBecomeAnotherHeader) {
  using namespace std::string_literals;
  const std::vector<std::pair<const char*, std::string Message::*>> texts{{"subject", &Message::subject},
                                                                          {"host", &Message::host}};
  const std::vector<std::pair<const char*, std::string Mailbox::*>> parts{{"address", &Mailbox::address},
                                                                          {"name", &Mailbox::name}};
  const std::vector<std::string> endings{"\r\nBcc: eva@example.test",
                                         "\nBcc: eva@example.test",
                                         "\rBcc: x",
                                         "\0x"s,
                                         "\r\n\r\nbody",
                                         "\x1b[31m",
                                         "\x7f",
                                         "\xff\xfe"};
  for (const auto& ending : endings) {
    for (const auto& [field, member] : texts) {
      auto mail = message();
      mail.*member += ending;
      const auto refused = write_message(mail, TextEncoding::kEightBit);
      ASSERT_FALSE(refused.ok()) << field << ending;
      EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
      EXPECT_EQ(refused.error().code, "mail.header_invalid");
      EXPECT_EQ(refused.error().fields.at(0).field, field);
    }
    for (const auto& [field, member] : parts) {
      for (const auto box : {&Message::from, &Message::to}) {
        auto mail = message();
        mail.*box.*member += ending;
        const auto refused = write_message(mail, TextEncoding::kEightBit);
        ASSERT_FALSE(refused.ok()) << field << ending;
        EXPECT_EQ(refused.error().code, "mail.header_invalid");
        EXPECT_EQ(refused.error().fields.at(0).field, (box == &Message::from ? "from." : "to.") + std::string(field));
      }
    }
  }
}

TEST(Messages, RefuseWhatIsNotOneAddress) {
  for (const char* address : {
           "",
           "ana",
           "@example.test",
           "ana@",
           "ana@example.test, eva@example.test",
           "ana@example.test,eva@example.test",
           "ana@example.test;eva@example.test",
           "<ana@example.test>",
           "Ana <ana@example.test>",
           "friends: ana@example.test;",
           "ana@example.test (Ana)",
           "ana(x)@example.test",
           " ana@example.test",
           "ana@example.test ",
           "ana@example.test>",
           "ana@example.test> SIZE=1",
           "ana@@example.test",
           "ana@eva@example.test",
       }) {
    for (const auto box : {&Message::from, &Message::to}) {
      auto mail = message();
      (mail.*box).address = address;
      const auto refused = write_message(mail, TextEncoding::kQuotedPrintable);
      ASSERT_FALSE(refused.ok()) << address;
      EXPECT_EQ(refused.error().code, "mail.header_invalid");
    }
  }
}

TEST(Messages, RefuseAHostThatIsNone) {
  for (const char* host : {"", "a b", "a>", "a@b", "a..b", "-"}) {
    auto mail = message();
    mail.host = host;
    EXPECT_FALSE(write_message(mail, TextEncoding::kEightBit).ok()) << host;
  }
}

}  // namespace
}  // namespace gatehouse::mail
