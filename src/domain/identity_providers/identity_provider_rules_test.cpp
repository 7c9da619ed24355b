#include "domain/identity_providers/identity_provider_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::domain::identity_provider_rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

IdentityProvider good() {
  IdentityProvider provider;
  provider.name = "Azure";
  provider.prefix = "waad";
  provider.issuer = "https://id.example.com";
  provider.client_id = "gatehouse";
  provider.scopes = {"openid"};
  return provider;
}

std::vector<std::string> faults(IdentityProvider provider, const std::optional<std::string>& secret = "secret") {
  std::vector<std::string> fields;
  for (const auto& fault : tidy(provider, secret)) fields.push_back(fault.field);
  return fields;
}

std::vector<std::string> faults_of_prefix(const std::string& prefix) {
  auto provider = good();
  provider.prefix = prefix;
  return faults(provider);
}

std::vector<std::string> faults_of_credential(const std::string& word) {
  auto provider = good();
  provider.client_id = word;
  return faults(provider, word);
}

std::vector<std::string> faults_of_scopes(std::vector<std::string> scopes) {
  auto provider = good();
  provider.scopes = std::move(scopes);
  return faults(provider);
}

TEST(IdentityProviderRules, TakeWhatIsAsItMustBe) { EXPECT_THAT(faults(good()), IsEmpty()); }

TEST(IdentityProviderRules, AskASecretOnlyOfWhoGivesOne) {
  EXPECT_THAT(faults(good(), std::nullopt), IsEmpty());
  EXPECT_THAT(faults(good(), ""), ElementsAre("client_secret"));
}

TEST(IdentityProviderRules, TakePrefixesOfFewLetters) {
  for (const auto& prefix :
       {std::string("a"), std::string("0"), std::string("google-oauth2"), std::string("a_b"), std::string(50, 'a')}) {
    EXPECT_THAT(faults_of_prefix(prefix), IsEmpty()) << prefix;
  }
  for (const auto& prefix : {std::string(), std::string("-a"), std::string("_a"), std::string("A"), std::string("a b"),
                             std::string("é"), std::string("a|b"), std::string(51, 'a')}) {
    EXPECT_THAT(faults_of_prefix(prefix), ElementsAre("prefix")) << prefix;
  }
}

TEST(IdentityProviderRules, TakeCredentialsAsOAuthWritesThem) {
  for (const auto* word : {"", "é", "a\n", " a", "a "}) {
    EXPECT_THAT(faults_of_credential(word), ElementsAre("client_id", "client_secret")) << word;
  }
  EXPECT_THAT(faults_of_credential("a b~!"), IsEmpty());
  EXPECT_THAT(faults_of_credential(std::string(255, 'a')), IsEmpty());
  EXPECT_THAT(faults_of_credential(std::string(256, 'a')), ElementsAre("client_id"));
  EXPECT_THAT(faults(good(), std::string(1000, 'a')), IsEmpty());
  EXPECT_THAT(faults(good(), std::string(1001, 'a')), ElementsAre("client_secret"));
}

TEST(IdentityProviderRules, TakeAtMostTwentyScopesWithOpenidAmongThem) {
  EXPECT_THAT(faults_of_scopes({"email"}), ElementsAre("scopes"));
  EXPECT_THAT(faults_of_scopes({}), ElementsAre("scopes"));
  EXPECT_THAT(faults_of_scopes({"OpenID"}), ElementsAre("scopes"));
  EXPECT_THAT(faults_of_scopes(std::vector<std::string>(20, "openid")), IsEmpty());
  EXPECT_THAT(faults_of_scopes(std::vector<std::string>(21, "openid")), ElementsAre("scopes"));
  EXPECT_THAT(faults_of_scopes({"openid", std::string(100, 'a'), "https://example.com/read"}), IsEmpty());
  EXPECT_THAT(faults_of_scopes({"openid", "with\"quote", "with\\backslash", "a b", "", "é", std::string(101, 'a')}),
              ElementsAre("scopes[1]", "scopes[2]", "scopes[3]", "scopes[4]", "scopes[5]", "scopes[6]"));
}

TEST(IdentityProviderRules, KeepTheNameOnOneLineAndEachScopeOnce) {
  auto provider = good();
  provider.name = "  Azure \t AD ";
  provider.scopes = {"openid", "email", "openid"};
  EXPECT_THAT(tidy(provider, std::nullopt), IsEmpty());
  EXPECT_EQ(provider.name, "Azure AD");
  EXPECT_THAT(provider.scopes, ElementsAre("openid", "email"));
}

TEST(IdentityProviderRules, TakeIssuersThatAreHttpsUrlsAndHttpOnLoopbackHosts) {
  for (const auto* good : {"https://id.example.com", "https://id.example.com/", "https://ID.example.com:8443/a/b%2F~c",
                           "https://192.0.2.1", "https://[2001:db8::1]:443/x", "http://localhost:3000/realms/x",
                           "http://127.0.0.1", "http://127.8.9.1:80", "http://[::1]:8080/", "https://intranet"}) {
    EXPECT_TRUE(is_issuer(good)) << good;
  }
  for (const auto* bad : {"",
                          "https://",
                          "https:///path",
                          "HTTPS://id.example.com",
                          "ftp://id.example.com",
                          "id.example.com",
                          "http://id.example.com",
                          "http://localhost.example.com",
                          "http://127.0.0.1.example.com",
                          "http://128.0.0.1",
                          "http://127.1",
                          "http://localhost@example.com",
                          "https://user:word@id.example.com",
                          "https://id.example.com?a=1",
                          "https://id.example.com/#a",
                          "https://id.example.com:0",
                          "https://id.example.com:65536",
                          "https://id.example.com:",
                          "https://id.example.com:443x",
                          "https://id..example.com",
                          "https://-id.example.com",
                          "https://id example.com",
                          "https://id.example.com/a b",
                          "https://id.example.com/%2",
                          "https://id.example.com/\\",
                          "https://[::1",
                          "https://[::1]x",
                          "https://[]",
                          "https://1.2.3",
                          "https://id.exämple.com",
                          "https://id.example.com/\n"}) {
    EXPECT_FALSE(is_issuer(bad)) << bad;
  }
  const std::string start = "https://id.example.com/";
  EXPECT_TRUE(is_issuer(start + std::string(500 - start.size(), 'a')));
  EXPECT_FALSE(is_issuer(start + std::string(501 - start.size(), 'a')));
}

}  // namespace
}  // namespace gatehouse::domain::identity_provider_rules
