#include "mail/smtp_transport.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "mail/smtp_test_support.hpp"

namespace gatehouse::mail {
namespace {

using namespace std::chrono_literals;
using testing::answering;
using testing::kCloses;
using testing::kStalls;
using testing::options_for;
using testing::smtp_message;
using testing::SmtpScript;
using testing::SmtpTestServer;

Result<void> sent(const SmtpTestServer& server, const Message& mail = smtp_message()) {
  return smtp_transport(options_for(server))->send(mail);
}

// Of a server that answers so, as an operator reads it; the address of the server is left out.
std::string refusal(SmtpScript script, ErrorKind kind) {
  const SmtpTestServer server(std::move(script));
  const auto result = sent(server);
  if (result.ok()) return "sent";
  EXPECT_EQ(result.error().kind, kind) << result.error().detail;
  EXPECT_EQ(result.error().code, kind == ErrorKind::kInvalid ? "mail.refused" : "mail.unavailable");
  const std::string where = "127.0.0.1:" + std::to_string(server.port()) + ": ";
  EXPECT_TRUE(result.error().detail.starts_with(where)) << result.error().detail;
  return result.error().detail.substr(std::min(where.size(), result.error().detail.size()));
}
std::string final_refusal(const std::string& to, std::string_view reply) {
  return refusal(answering(to, reply), ErrorKind::kInvalid);
}
std::string passing_refusal(const std::string& to, std::string_view reply) {
  return refusal(answering(to, reply), ErrorKind::kUnavailable);
}

TEST(Smtp, HandsOverEnvelopeAndMessage) {
  SmtpTestServer server;
  ASSERT_TRUE(sent(server).ok());
  const auto commands = server.commands();
  ASSERT_GE(commands.size(), 4U);
  EXPECT_EQ(commands[0], "EHLO id.example.test");
  EXPECT_TRUE(commands[1].starts_with("MAIL FROM:<gatehouse@example.test> SIZE=")) << commands[1];
  EXPECT_EQ(commands[2], "RCPT TO:<ana@example.test>");
  EXPECT_EQ(commands[3], "DATA");
  ASSERT_EQ(server.bodies().size(), 1U);
  EXPECT_EQ(server.bodies()[0], *write_message(smtp_message(), TextEncoding::kQuotedPrintable));
}

TEST(Smtp, KeepsTheConnectionBetweenMails) {
  SmtpTestServer server;
  const auto transport = smtp_transport(options_for(server));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(transport->send(smtp_message()).ok());
  EXPECT_EQ(server.bodies().size(), 3U);
  EXPECT_EQ(server.connections(), 1U);
}

TEST(Smtp, ConnectsAgainWhenTheServerHasLeft) {
  SmtpScript script;
  script.leaves_after_mail = true;
  SmtpTestServer server(script);
  const auto transport = smtp_transport(options_for(server));
  ASSERT_TRUE(transport->send(smtp_message()).ok());
  server.wait_until_left();
  ASSERT_TRUE(transport->send(smtp_message()).ok());
  EXPECT_EQ(server.connections(), 2U);
}

TEST(Smtp, SendsToAddressesOfAnyLanguage) {
  SmtpTestServer server;
  ASSERT_TRUE(sent(server, smtp_message("josé@example.test")).ok());
  EXPECT_TRUE(server.heard("RCPT TO:<josé@example.test>"));
  ASSERT_TRUE(sent(server, smtp_message("ana@bücher.example")).ok());
  EXPECT_TRUE(server.heard("RCPT TO:<ana@xn--bcher-kva.example>"));
  const auto commands = server.commands();
  const auto mail = std::find_if(commands.begin(), commands.end(), [](auto& line) { return line.starts_with("MAIL"); });
  EXPECT_TRUE(mail->ends_with(" SMTPUTF8")) << *mail;
}

TEST(Smtp, RefusesAMessageThatCannotBeWrittenWithoutAskingTheServer) {
  SmtpTestServer server;
  const auto refused = sent(server, smtp_message("ana@example.test>\r\nRCPT TO:<eva@example.test"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, "mail.header_invalid");
  EXPECT_EQ(server.connections(), 0U);
}

TEST(Smtp, GivesUpAfterARefusalThatIsFinal) {
  EXPECT_EQ(final_refusal("RCPT", "550 5.1.1 Nobody of that name"), "RCPT failed: 550: 550 5.1.1 Nobody of that name");
  EXPECT_EQ(final_refusal("RCPT", "550-5.1.1 Nobody\r\n550 5.1.1 of that name"),
            "RCPT failed: 550: 550 5.1.1 Nobody 5.1.1 of that name");
  EXPECT_EQ(final_refusal("MAIL", "552 too big"), "MAIL failed: 552: 552 too big");
  EXPECT_EQ(final_refusal("DATA", "554 no valid recipients"), "DATA failed: 554: 554 no valid recipients");
}

TEST(Smtp, TriesAgainAfterARefusalThatMayPass) {
  EXPECT_EQ(passing_refusal("RCPT", "450 4.2.0 Greylisted"), "RCPT failed: 450: 450 4.2.0 Greylisted");
  EXPECT_EQ(passing_refusal("MAIL", "421 4.7.0 Too many connections"),
            "MAIL failed: 421: 421 4.7.0 Too many connections");
  passing_refusal("DATA", "451 later");
  passing_refusal("end", "451 later");
  passing_refusal("EHLO", "421 busy");
}

// A wrong password or a server that wants TLS is an operator's work: the mail waits for it.
TEST(Smtp, TriesAgainWhenTheSessionIsRefusedAndNotTheMail) {
  SmtpScript unwelcome;
  unwelcome.greeting = "554 go away";
  EXPECT_NE(refusal(unwelcome, ErrorKind::kUnavailable), "sent");
  EXPECT_EQ(passing_refusal("MAIL", "530 5.7.0 Must issue a STARTTLS command first"), "MAIL failed: 530: 530");
}

TEST(Smtp, DoesNotRepeatWhatTheServerSaysOfTheBody) {
  const auto told = final_refusal("end", "554 5.7.1 It holds https://id.example.test/accept#token=abc");
  EXPECT_TRUE(told.ends_with(": 554 5.7.1")) << told;
  EXPECT_EQ(told.find("token"), std::string::npos);
  const auto bare = final_refusal("end", "554 https://id.example.test/accept#token=abc");
  EXPECT_TRUE(bare.ends_with(": 554")) << bare;
}

TEST(Smtp, TriesAgainWhenTheConnectionEnds) {
  SmtpScript rude;
  rude.greeting = kCloses;
  EXPECT_NE(refusal(rude, ErrorKind::kUnavailable), "sent");
  for (const auto* stage : {"EHLO", "MAIL", "RCPT", "DATA", "body", "end"})
    EXPECT_NE(passing_refusal(stage, kCloses), "sent") << stage;
}

TEST(Smtp, TriesAgainWhenNobodyListens) {
  SmtpOptions options;
  {
    const SmtpTestServer server;
    options = options_for(server);
  }
  const auto refused = smtp_transport(options)->send(smtp_message());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  options.server.host = "host.invalid";
  EXPECT_EQ(smtp_transport(options)->send(smtp_message()).error().kind, ErrorKind::kUnavailable);
}

TEST(Smtp, DoesNotWaitForeverForAServerThatStalls) {
  for (const auto* stage : {"MAIL", "end"}) {
    const SmtpTestServer server(answering(stage, kStalls));
    auto options = options_for(server);
    options.stall_timeout = 1s;
    EXPECT_EQ(smtp_transport(options)->send(smtp_message()).error().kind, ErrorKind::kUnavailable) << stage;
  }
  for (const auto* stage : {"RCPT", "end"}) {
    const SmtpTestServer server(answering(stage, kStalls));
    auto options = options_for(server);
    options.total_timeout = 100ms;
    EXPECT_EQ(smtp_transport(options)->send(smtp_message()).error().kind, ErrorKind::kUnavailable) << stage;
  }
  SmtpScript silent;
  silent.greeting = kStalls;
  const SmtpTestServer server(silent);
  auto options = options_for(server);
  options.connect_timeout = 100ms;
  EXPECT_EQ(smtp_transport(options)->send(smtp_message()).error().kind, ErrorKind::kUnavailable);
}

TEST(Smtp, SendsAfterAFailureOverTheSameTransport) {
  for (const auto* stage : {"EHLO", "MAIL", "RCPT", "DATA", "body", "end"}) {
    for (const auto reply : {std::string_view("450 later"), std::string_view("550 no"), kCloses, kStalls}) {
      if (reply == kStalls && stage != std::string_view("RCPT") && stage != std::string_view("end")) continue;  // slow
      SmtpTestServer server(answering(stage, reply));
      auto options = options_for(server);
      if (reply == kStalls) options.total_timeout = 1s;
      const auto transport = smtp_transport(options);
      // Who does not know EHLO may know HELO.
      const bool goes_on = stage == std::string_view("EHLO") && !reply.starts_with('(');
      EXPECT_EQ(transport->send(smtp_message()).ok(), goes_on) << stage << reply;
      const std::size_t before = server.bodies().size();
      server.follow({});
      const auto second = transport->send(smtp_message("eva@example.test"));
      EXPECT_TRUE(second.ok()) << stage << reply << second.error().detail;
      EXPECT_EQ(server.bodies().size(), before + 1);
    }
  }
}

TEST(Smtp, LeavesWithoutWaitingForAGoodbye) {
  SmtpTestServer server(answering("QUIT", kStalls));
  auto transport = smtp_transport(options_for(server));
  ASSERT_TRUE(transport->send(smtp_message()).ok());
  const auto begin = std::chrono::steady_clock::now();
  transport.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 60s);  // libcurl waits for two minutes
}

TEST(Smtp, CanBeInterrupted) {
  SmtpTestServer server(answering("RCPT", kStalls));
  const auto transport = smtp_transport(options_for(server));
  std::thread impatient([&] {
    server.wait_until_heard("RCPT");
    transport->interrupt();
  });
  const auto refused = transport->send(smtp_message());
  impatient.join();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace gatehouse::mail
