#include "protocol/jose/jwt.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "crypto/base64url.hpp"
#include "crypto/digest.hpp"
#include "protocol/jose/jwks.hpp"

namespace gatehouse::jose {
namespace {

using crypto::Algorithm;
using crypto::base64url_encode;
using crypto::SigningKey;

constexpr Timestamp kNow{1'700'000'000'000'000};

class AccessTokens : public testing::Test {
 protected:
  static AccessClaims claims() {
    return {.iss = "https://id.example.com",
            .sub = "0190a7d2-0000-7000-8000-000000000001",
            .aud = "https://api.example.com",
            .client_id = "console",
            .iat = kNow,
            .exp = kNow.plus_s(900),
            .jti = "0190a7d2-0000-7000-8000-000000000002",
            .sid = "0190a7d2-0000-7000-8000-000000000003",
            .scope = "users.view \"quoted\"",
            .org = "0190a7d2-0000-7000-8000-000000000004",
            .kind = SubjectKind::kUser};
  }

  const crypto::PublicKey* find(std::string_view kid) const {
    for (const SigningKey& key : keys_) {
      if (key.kid() == kid) return &key.public_key();
    }
    return nullptr;
  }
  Result<AccessClaims> verify(std::string_view token, Timestamp now = kNow,
                              std::string_view iss = "https://id.example.com",
                              std::string_view aud = "https://api.example.com") const {
    return verify_access_token(token, {iss, aud, now}, [this](std::string_view kid) { return find(kid); });
  }
  // The code of the refusal, "" when it is believed.
  std::string code_of(std::string_view token, Timestamp now = kNow) const {
    const auto verified = verify(token, now);
    if (verified) return "";
    EXPECT_EQ(verified.error().kind, ErrorKind::kUnauthenticated);
    return std::string(verified.error().code);
  }
  const SigningKey& key() const { return keys_.front(); }
  std::string header(std::string_view alg = "ES256", std::string_view more = "") const {
    return R"({"alg":")" + std::string(alg) + R"(","typ":"at+jwt","kid":")" + key().kid() + '"' + std::string(more) +
           "}";
  }
  // A token of these texts, rightly signed.
  std::string signed_token(std::string_view header_text, std::string_view payload) const {
    std::string token = base64url_encode(header_text) + "." + base64url_encode(payload);
    return token + "." + base64url_encode(key().sign(token));
  }
  std::string payload_of(const AccessClaims& of) const {
    const std::string token = issue_access_token(of, key());
    const std::size_t first = token.find('.');
    return *crypto::base64url_decode(std::string_view(token).substr(first + 1, token.rfind('.') - first - 1));
  }

  std::vector<SigningKey> keys_ = [] {
    std::vector<SigningKey> keys;
    keys.push_back(SigningKey::generate(Algorithm::kEs256));
    return keys;
  }();
};

constexpr std::string_view kInvalid = "auth.token_invalid";

TEST_F(AccessTokens, AreBelievedAsIssuedUnderEveryAlgorithm) {
  keys_.push_back(SigningKey::generate(Algorithm::kEdDsa));
  keys_.push_back(SigningKey::generate(Algorithm::kRs256));
  AccessClaims bare = claims();
  bare.sid.reset();
  bare.scope.reset();
  bare.org.reset();
  bare.kind = SubjectKind::kClient;
  for (const SigningKey& key : keys_) {
    for (const AccessClaims& of : {claims(), bare}) {
      const auto verified = verify(issue_access_token(of, key));
      ASSERT_TRUE(verified.ok()) << verified.error().detail;
      EXPECT_EQ(*verified, of);
    }
  }
}

TEST_F(AccessTokens, HaveTheHeaderOfRfc9068) {
  const std::string token = issue_access_token(claims(), key());
  EXPECT_EQ(*crypto::base64url_decode(token.substr(0, token.find('.'))), header());
}

TEST_F(AccessTokens, AreRefusedWithAnyCharacterChanged) {
  const std::string token = issue_access_token(claims(), key());
  ASSERT_EQ(code_of(token), "");
  for (std::size_t at = 0; at < token.size(); ++at) {
    for (const char c : {'A', '.', '-', '='}) {
      if (token[at] == c) continue;
      std::string changed = token;
      changed[at] = c;
      ASSERT_EQ(code_of(changed), kInvalid) << at << c;
    }
  }
}

TEST_F(AccessTokens, AreRefusedWithAnyPartMissingOrAdded) {
  const std::string token = issue_access_token(claims(), key());
  const std::size_t first = token.find('.');
  const std::size_t second = token.rfind('.');
  const std::string head = token.substr(0, first);
  const std::string body = token.substr(first + 1, second - first - 1);
  const std::string signature = token.substr(second + 1);
  for (const std::string& bad : {std::string(), std::string("."), std::string(".."), std::string("..."), head,
                                 head + "." + body, head + "." + body + ".", head + ".." + signature,
                                 "." + body + "." + signature, token + ".", token + "." + signature, "." + token,
                                 token + "=", token + " ", " " + token, token + "A", token + std::string(1, '\0')}) {
    EXPECT_EQ(code_of(bad), kInvalid) << bad;
  }
  for (std::size_t size = 0; size < token.size(); ++size) EXPECT_EQ(code_of(token.substr(0, size)), kInvalid);
}

TEST_F(AccessTokens, AreRefusedUnsigned) {
  for (std::string_view none : {"none", "None", "NONE", ""}) {
    const std::string start = base64url_encode(header(none)) + "." + base64url_encode(payload_of(claims())) + ".";
    EXPECT_EQ(code_of(start), kInvalid);
    EXPECT_EQ(code_of(start + "AA"), kInvalid);
    EXPECT_EQ(code_of(signed_token(header(none), payload_of(claims()))), kInvalid);
  }
}

TEST_F(AccessTokens, AreRefusedWhenThePublicKeyIsTakenForAnHmacKey) {
  const crypto::Jwk& jwk = key().public_key().jwk();
  const std::string point = "\x04" + *crypto::base64url_decode(jwk.x) + *crypto::base64url_decode(jwk.y);
  const crypto::PublicKey* keys[] = {&key().public_key()};
  const std::string start = base64url_encode(header("HS256")) + "." + base64url_encode(payload_of(claims()));
  for (const std::string& secret : {point, jwk.x, jwks_document(keys), std::string()}) {
    EXPECT_EQ(code_of(start + "." + base64url_encode(crypto::view(crypto::hmac_sha256(secret, start)))), kInvalid);
  }
}

TEST_F(AccessTokens, AreRefusedUnderAnAlgorithmThatIsNotTheKeysOwn) {
  for (std::string_view alg : {"RS256", "EdDSA", "ES384", "es256", "PS256"}) {
    EXPECT_EQ(code_of(signed_token(header(alg), payload_of(claims()))), kInvalid) << alg;
  }
}

TEST_F(AccessTokens, AreRefusedUnderAnyOtherHeader) {
  const std::string payload = payload_of(claims());
  ASSERT_EQ(code_of(signed_token(header(), payload)), "");
  EXPECT_EQ(code_of(signed_token(header("ES256", R"(,"crit":["b64"],"b64":false)"), payload)), kInvalid);
  EXPECT_EQ(code_of(signed_token(header("ES256", R"(,"crit":[])"), payload)), kInvalid);
  EXPECT_EQ(code_of(signed_token(header("ES256", R"(,"crit":"exp")"), payload)), kInvalid);
  EXPECT_EQ(code_of(signed_token(header("ES256", R"(,"jku":"https://evil.example")"), payload)), kInvalid);
  EXPECT_EQ(code_of(signed_token(header("ES256", R"(,"alg":"ES256")"), payload)), kInvalid);
  for (std::string_view typ : {"JWT", "jwt", "AT+JWT", "application/at+jwt", "logout+jwt", ""}) {
    const std::string other = R"({"alg":"ES256","typ":")" + std::string(typ) + R"(","kid":")" + key().kid() + "\"}";
    EXPECT_EQ(code_of(signed_token(other, payload)), kInvalid) << typ;
  }
  for (const std::string& bad :
       {std::string("{}"), std::string("[]"), std::string("null"), std::string("x"),
        std::string(R"({"alg":"ES256","typ":"at+jwt"})"), R"({"alg":"ES256","kid":")" + key().kid() + "\"}",
        std::string(R"({"alg":"ES256","typ":"at+jwt","kid":1})"), header() + " x"}) {
    EXPECT_EQ(code_of(signed_token(bad, payload)), kInvalid) << bad;
  }
}

TEST_F(AccessTokens, AreRefusedWithMembersNamedTwice) {
  std::string payload = payload_of(claims());
  payload.insert(payload.size() - 1, R"(,"sub":"somebody else")");
  EXPECT_EQ(code_of(signed_token(header(), payload)), kInvalid);
}

TEST_F(AccessTokens, AreRefusedAboveEightKilobytes) {
  AccessClaims large = claims();
  large.scope = std::string(5000, 's');
  EXPECT_EQ(code_of(issue_access_token(large, key())), "");
  large.scope = std::string(6200, 's');
  EXPECT_EQ(code_of(issue_access_token(large, key())), kInvalid);
}

TEST_F(AccessTokens, AreRefusedWithoutAClaimOrWithOneOfAnotherType) {
  const auto whole = json::parse(payload_of(claims()));
  ASSERT_TRUE(whole.ok());
  const std::map<std::string, bool> required = {{"iss", true},  {"sub", true},  {"aud", true},   {"client_id", true},
                                                {"iat", true},  {"exp", true},  {"jti", true},   {"kind", true},
                                                {"sid", false}, {"org", false}, {"scope", false}};
  ASSERT_EQ(whole->as_object().size(), required.size());
  for (const auto& [name, is_required] : required) {
    boost::json::object without = whole->as_object();
    without.erase(name);
    EXPECT_EQ(code_of(signed_token(header(), boost::json::serialize(without))), is_required ? kInvalid : "") << name;
    for (const boost::json::value& bad :
         {boost::json::value(nullptr), boost::json::value(true), boost::json::value(1.5),
          boost::json::value(boost::json::array{"https://api.example.com"})}) {
      boost::json::object wrong = whole->as_object();
      wrong[name] = bad;
      EXPECT_EQ(code_of(signed_token(header(), boost::json::serialize(wrong))), kInvalid) << name;
    }
  }
  boost::json::object other = whole->as_object();
  other["kind"] = "administrator";
  EXPECT_EQ(code_of(signed_token(header(), boost::json::serialize(other))), kInvalid);
  for (const std::int64_t far :
       {std::int64_t{-1}, std::int64_t{253'402'300'800}, std::numeric_limits<std::int64_t>::max()}) {
    other = whole->as_object();
    other["exp"] = far;
    EXPECT_EQ(code_of(signed_token(header(), boost::json::serialize(other))), kInvalid) << far;
  }
}

TEST_F(AccessTokens, EndWithTheSecondTheyExpire) {
  const std::string token = issue_access_token(claims(), key());
  EXPECT_EQ(code_of(token, Timestamp{claims().exp.micros - 1}), "");
  EXPECT_EQ(code_of(token, claims().exp), kInvalid);
}

TEST_F(AccessTokens, MayBeIssuedAMinuteAheadOfThisClock) {
  const std::string token = issue_access_token(claims(), key());
  EXPECT_EQ(code_of(token, kNow.plus_s(-60)), "");
  EXPECT_EQ(code_of(token, kNow.plus_s(-61)), kInvalid);
}

TEST_F(AccessTokens, AreRefusedBeforeNbf) {
  std::string payload = payload_of(claims());
  payload.insert(payload.size() - 1, R"(,"nbf":1700000001)");
  EXPECT_EQ(code_of(signed_token(header(), payload)), kInvalid);
  EXPECT_EQ(code_of(signed_token(header(), payload), kNow.plus_s(1)), "");
}

TEST_F(AccessTokens, AreForOneIssuerAndOneAudience) {
  const std::string token = issue_access_token(claims(), key());
  EXPECT_FALSE(verify(token, kNow, "https://id.example.com/").ok());
  EXPECT_FALSE(verify(token, kNow, "https://id.example.com", "https://API.example.com").ok());
}

TEST_F(AccessTokens, OutliveTheRotationOfTheirKeyButNotItsRemoval) {
  const std::string before = issue_access_token(claims(), keys_[0]);
  keys_.push_back(SigningKey::generate(Algorithm::kEs256));
  const std::string after = issue_access_token(claims(), keys_[1]);
  EXPECT_EQ(code_of(before), "");
  EXPECT_EQ(code_of(after), "");
  keys_.erase(keys_.begin());
  EXPECT_EQ(code_of(before), kInvalid);
  EXPECT_EQ(code_of(after), "");
}

TEST_F(AccessTokens, SignedByAStrangerUnderAKnownKidAreRefused) {
  const SigningKey stranger = SigningKey::generate(Algorithm::kEs256);
  const std::string start = base64url_encode(header()) + "." + base64url_encode(payload_of(claims()));
  EXPECT_EQ(code_of(start + "." + base64url_encode(stranger.sign(start))), kInvalid);
  EXPECT_EQ(code_of(issue_access_token(claims(), stranger)), kInvalid);
}

TEST(Jwks, HoldsThePublicMembersOfEveryKeyAndNothingElse) {
  const SigningKey keys[] = {SigningKey::generate(Algorithm::kEs256), SigningKey::generate(Algorithm::kEdDsa),
                             SigningKey::generate(Algorithm::kRs256)};
  const crypto::PublicKey* published[] = {&keys[0].public_key(), &keys[1].public_key(), &keys[2].public_key()};
  const auto document = json::parse(jwks_document(published));
  ASSERT_TRUE(document.ok());
  const auto& list = document->as_object().at("keys").as_array();
  ASSERT_EQ(list.size(), 3U);
  const std::vector<std::string> members[] = {{"kty", "crv", "x", "y", "kid", "use", "alg"},
                                              {"kty", "crv", "x", "kid", "use", "alg"},
                                              {"kty", "n", "e", "kid", "use", "alg"}};
  for (std::size_t i = 0; i < 3; ++i) {
    std::vector<std::string> names;
    for (const auto& member : list[i].as_object()) names.emplace_back(member.key());
    EXPECT_EQ(names, members[i]);
    EXPECT_EQ(std::string(list[i].at("kid").as_string()), keys[i].kid());
    EXPECT_EQ(std::string(list[i].at("alg").as_string()), jose_name(keys[i].algorithm()));
  }
  EXPECT_EQ(jwks_document({}), R"({"keys":[]})");
}

}  // namespace
}  // namespace gatehouse::jose
