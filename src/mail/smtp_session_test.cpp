#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "mail/smtp_test_support.hpp"
#include "mail/smtp_transport.hpp"

namespace gatehouse::mail {
namespace {

using testing::answering;
using testing::options_for;
using testing::smtp_message;
using testing::SmtpScript;
using testing::SmtpTestServer;

SmtpScript asking_for_credentials(std::string_view answer) {
  auto script = answering("AUTH", answer);
  script.features.emplace_back("AUTH PLAIN");
  return script;
}

TEST(SmtpCredentials, AreShown) {
  SmtpTestServer server(asking_for_credentials("235 welcome"));
  auto options = options_for(server);
  options.server.user = "ana@example.test";
  options.server.password = "pässword: @/%";
  ASSERT_TRUE(smtp_transport(options)->send(smtp_message()).ok());
  const auto commands = server.commands();
  ASSERT_GE(commands.size(), 3U);
  EXPECT_EQ(commands[1], "AUTH PLAIN");
  EXPECT_EQ(commands[2], "AGFuYUBleGFtcGxlLnRlc3QAcMOkc3N3b3JkOiBALyU=");  // NUL, user, NUL, password
}

TEST(SmtpCredentials, ThatAreRefusedAreNotRepeatedAndMayBeRightLater) {
  SmtpTestServer server(asking_for_credentials("535 5.7.8 wrong: AGFuYQBzZWNyZXQ= ana secret"));
  auto options = options_for(server);
  options.server.user = "ana";
  options.server.password = "secret";
  const auto refused = smtp_transport(options)->send(smtp_message());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(refused.error().detail.find("secret"), std::string::npos) << refused.error().detail;
  EXPECT_EQ(refused.error().detail.find("AGFuYQBzZWNyZXQ="), std::string::npos);
  EXPECT_FALSE(server.heard("MAIL"));
}

TEST(SmtpCredentials, AreNotShownToAnotherMachineWithoutTls) {
  SmtpTestServer server(asking_for_credentials("235 welcome"));
  auto options = options_for(server);
  options.server.host = "0.0.0.0";  // this machine, but not by one of the names that say so
  ASSERT_TRUE(smtp_transport(options)->send(smtp_message()).ok());
  options.server.user = "ana";
  options.server.password = "secret";
  const auto refused = smtp_transport(options)->send(smtp_message());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_FALSE(server.heard("AUTH"));
  EXPECT_EQ(server.bodies().size(), 1U);
}

TEST(SmtpTls, IsRequiredWhenAsked) {
  SmtpTestServer server;
  auto options = options_for(server);
  options.require_tls = true;
  const auto refused = smtp_transport(options)->send(smtp_message());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_FALSE(server.heard("MAIL"));
}

TEST(SmtpTls, IsTakenWhenOffered) {
  SmtpScript script;
  script.features.emplace_back("STARTTLS");
  SmtpTestServer server(script);
  EXPECT_FALSE(
      smtp_transport(options_for(server))->send(smtp_message()).ok());  // the script's server has no TLS to begin with
  EXPECT_TRUE(server.heard("STARTTLS"));
  EXPECT_FALSE(server.heard("MAIL"));
}

}  // namespace
}  // namespace gatehouse::mail
