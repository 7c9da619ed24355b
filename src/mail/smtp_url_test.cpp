#include <gtest/gtest.h>

#include <string>

#include "mail/smtp_reply.hpp"
#include "mail/smtp_transport.hpp"

namespace gatehouse::mail {
namespace {

SmtpServer server_of(std::string_view url) {
  auto server = parse_smtp_url(url);
  EXPECT_TRUE(server.ok()) << server.error().detail;
  return server.ok() ? *server : SmtpServer{};
}

std::string refusal(std::string_view url) {
  const auto server = parse_smtp_url(url);
  if (server.ok()) return "";
  EXPECT_EQ(server.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(server.error().code, "mail.smtp_url_invalid");
  return server.error().detail;
}

TEST(SmtpUrls, SayHostPortAndCredentials) {
  const auto server = server_of("smtp://ana%40example.test:p%3Ass%2F%40%3B%25%C3%B1@mail.example.test:2525");
  EXPECT_FALSE(server.tls);
  EXPECT_EQ(server.host, "mail.example.test");
  EXPECT_EQ(server.port, 2525);
  EXPECT_EQ(server.user, "ana@example.test");
  EXPECT_EQ(server.password, "p:ss/@;%ñ");
  EXPECT_TRUE(server_of("smtps://mail.example.test/").tls);
  EXPECT_EQ(server_of("SMTP://mail.example.test").host, "mail.example.test");
  EXPECT_EQ(server_of("smtp://[2001:db8::1]:25").host, "[2001:db8::1]");
}

TEST(SmtpUrls, HaveThePortsOfSubmissionWhenTheyNameNone) {
  EXPECT_EQ(server_of("smtp://mail.example.test").port, 587);
  EXPECT_EQ(server_of("smtps://mail.example.test").port, 465);
  EXPECT_EQ(server_of("smtp://mail.example.test").user, "");
}

TEST(SmtpUrls, ThatAreNoneAreRefused) {
  for (const char* url :
       {"", "mail.example.test", "mail.example.test:25", "smtp://", "smtp://:25", "http://mail.example.test",
        "smtp://mail.example.test:0", "smtp://mail.example.test:65536", "smtp://mail.example.test:x",
        "smtp://mail.example.test/path", "smtp://mail.example.test?x=1", "smtp://mail.example.test#x",
        "smtp://mail example.test", "smtp://mail.example.test\r\nx", "file:///etc/passwd"}) {
    EXPECT_NE(refusal(url), "") << url;
  }
  EXPECT_NE(refusal(std::string_view("smtp://mail.example.test\0x", 26)), "");
}

TEST(SmtpUrls, AreRefusedWithoutRepeatingTheirCredentials) {
  for (const char* url :
       {"smtp://ana@mail.example.test", "smtp://:sesame@mail.example.test", "smtp://ana:@mail.example.test",
        "smtp://ana:sesame;x@mail.example.test", "smtp://ana:sesame%0D%0Ax@mail.example.test",
        "smtp://ana:sesame%00@mail.example.test", "ftp://ana:sesame@mail.example.test",
        "smtp://ana:sesame@mail.example.test/path", "smtp://ana:ses/ame@mail.example.test"}) {
    const auto why = refusal(url);
    EXPECT_NE(why, "") << url;
    EXPECT_EQ(why.find("ses"), std::string::npos) << why;
    EXPECT_EQ(why.find("ana"), std::string::npos) << why;
  }
}

TEST(SmtpServers, OnThisMachineAreKnownByTheirName) {
  for (const char* host : {"localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "[::1]"})
    EXPECT_TRUE((SmtpServer{.host = host}).is_loopback()) << host;
  for (const char* host : {"localhost.example.test", "0.0.0.0", "128.0.0.1", "10.0.0.1", "127.0.0.1.example.test",
                           "::1x", "[2001:db8::1]", ""})
    EXPECT_FALSE((SmtpServer{.host = host}).is_loopback()) << host;
}

TEST(SmtpReplies, AreReadWholeAndToldOnOneLine) {
  SmtpReply reply;
  reply.add("220 hello\r\n");
  EXPECT_EQ(reply.told(false), "");
  reply.add("550-first\r\n");
  reply.add("550 second\x1b[31m\tend\r\n");
  EXPECT_EQ(reply.told(false), ": 550 first second [31m end");
  EXPECT_EQ(reply.told(true), ": 550");
  EXPECT_TRUE(reply.is_permanent());
  reply.add("450 4.7.1 later\r\n");
  EXPECT_FALSE(reply.is_permanent());
  EXPECT_EQ(reply.told(true), ": 450 4.7.1");
}

TEST(SmtpReplies, OfOtherThanTextAreToldByTheirCode) {
  SmtpReply reply;
  reply.add("550 \xff\xfe\r\n");
  EXPECT_EQ(reply.told(false), ": 550");
  reply.add("550\r\n");
  EXPECT_EQ(reply.told(false), ": 550");
}

TEST(SmtpReplies, ThatRefuseNothingAreForgotten) {
  SmtpReply reply;
  for (const auto* line : {"", "\r\n", "nonsense\r\n", "-50 x\r\n", "250-SIZE\r\n", "250 OK\r\n"}) reply.add(line);
  EXPECT_EQ(reply.told(false), "");
  EXPECT_EQ(reply.code(), 0);
  EXPECT_FALSE(reply.is_permanent());
  reply.add("550 no\r\n");
  reply.add("221 bye\r\n");
  EXPECT_EQ(reply.code(), 550);
  EXPECT_EQ(reply.told(false), ": 550 no");
}

TEST(SmtpReplies, AreCutBetweenCharacters) {
  std::string word;
  for (int i = 0; i < 400; ++i) word += "ñ";
  SmtpReply reply;
  reply.add("550 x" + word + "\r\n");
  const auto told = reply.told(false);
  EXPECT_EQ(told, ": 550 x" + word.substr(0, 298));
}

}  // namespace
}  // namespace gatehouse::mail
