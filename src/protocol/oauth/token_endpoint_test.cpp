#include "protocol/oauth/token_endpoint.hpp"

#include <gtest/gtest.h>

#include "protocol/oauth/form.hpp"

namespace gatehouse::oauth {
namespace {

std::string error_of(std::string_view body, std::optional<std::string_view> authorization = {}) {
  const auto parsed = parse_token_request(body, authorization);
  const auto* error = std::get_if<TokenError>(&parsed);
  return error == nullptr ? "none" : std::string(error->error) + " " + std::to_string(error->status);
}

TEST(TokenEndpoint, TakesCredentialsFromTheBody) {
  const auto parsed = parse_token_request(
      "grant_type=client_credentials&client_id=a%20b&client_secret=c%2Bd+e&scope=x.read+y.write", {});
  const auto* request = std::get_if<TokenRequest>(&parsed);
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(request->client_id, "a b");
  EXPECT_EQ(request->client_secret, "c+d e");
  EXPECT_EQ(request->scope, "x.read y.write");
  EXPECT_FALSE(request->basic);
}

TEST(TokenEndpoint, TakesCredentialsFromHttpBasicFormDecoded) {
  // "a%20b:c%3Ad"
  const auto parsed = parse_token_request("grant_type=client_credentials", "bAsIc YSUyMGI6YyUzQWQ=");
  const auto* request = std::get_if<TokenRequest>(&parsed);
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(request->client_id, "a b");
  EXPECT_EQ(request->client_secret, "c:d");
  EXPECT_TRUE(request->basic);
}

TEST(TokenEndpoint, RefusesWhatRfc6749Refuses) {
  const std::string good = "grant_type=client_credentials&client_id=a&client_secret=b";
  EXPECT_EQ(error_of(good), "none");
  EXPECT_EQ(error_of(good + "&unknown=1"), "none");
  EXPECT_EQ(error_of(good + "&client_id=a"), "invalid_request 400");
  EXPECT_EQ(error_of(good + "&x=%zz"), "invalid_request 400");
  EXPECT_EQ(error_of(good + "&x=%ff"), "invalid_request 400");
  EXPECT_EQ(error_of("client_id=a&client_secret=b"), "invalid_request 400");
  EXPECT_EQ(error_of("grant_type=&client_id=a&client_secret=b"), "invalid_request 400");
  EXPECT_EQ(error_of("grant_type=password&client_id=a&client_secret=b"), "unsupported_grant_type 400");
  EXPECT_EQ(error_of("grant_type=client_credentials"), "invalid_client 401");
  EXPECT_EQ(error_of("grant_type=client_credentials&client_id=a"), "invalid_client 401");
  EXPECT_EQ(error_of(good, "Basic YTpi"), "invalid_request 400");
  EXPECT_EQ(error_of("grant_type=client_credentials&client_id=a", "Basic YTpi"), "none");
  EXPECT_EQ(error_of("grant_type=client_credentials&client_id=z", "Basic YTpi"), "invalid_request 400");
  EXPECT_EQ(error_of("grant_type=client_credentials", "Basic !!!!"), "invalid_client 401");
  EXPECT_EQ(error_of("grant_type=client_credentials", "Basic YTpi="), "invalid_client 401");
  EXPECT_EQ(error_of("grant_type=client_credentials", "Bearer x"), "invalid_client 401");
}

TEST(TokenEndpoint, ChallengesWhoTriedHttpBasic) {
  EXPECT_TRUE(invalid_client(true).challenge);
  EXPECT_FALSE(invalid_client(false).challenge);
}

TEST(TokenEndpoint, WritesItsAnswers) {
  EXPECT_EQ(render_token("t", 900, "a.read"),
            R"({"access_token":"t","token_type":"Bearer","expires_in":900,"scope":"a.read"})");
  EXPECT_EQ(render(invalid_scope()),
            R"({"error":"invalid_scope","error_description":"The client does not have that scope."})");
}

TEST(Form, RefusesMoreParametersThanItsLimit) {
  std::string body;
  for (int i = 0; i < 65; ++i) body += "p" + std::to_string(i) + "=1&";
  EXPECT_FALSE(Form::parse(body).ok());
  EXPECT_TRUE(Form::parse("&&a=1&&").ok());
}

}  // namespace
}  // namespace gatehouse::oauth
