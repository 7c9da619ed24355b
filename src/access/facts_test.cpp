#include "access/facts.hpp"

#include <gtest/gtest.h>

namespace gatehouse::access {
namespace {

template <class T>
T id(std::uint8_t fill) {
  Uuid uuid;
  uuid.bytes.fill(fill);
  return T(uuid);
}

std::vector<Fact> one_of_each() {
  Digest digest{};
  digest.fill(0xAB);
  return {
      OrganizationFact{{1}, id<OrganizationId>(1), {}},
      OrganizationGone{{UINT32_MAX}},
      UserFact{{300}, id<UserId>(2), false},
      UserGone{{1}},
      RoleFact{{7}, id<RoleId>(3), "näme", -5, {"a.b", "", "c.d"}},
      RoleGone{{7}},
      HoldingFact{{300}, {1}, true, {{1}, {200}, {UINT32_MAX}}},
      ConnectionFact{id<ConnectionId>(4), {1}, {2}, {{3}}},
      ConnectionGone{id<ConnectionId>(4)},
      ClientFact{id<ClientId>(5), {300}, {1}, kNever, digest, {"users.read"}},
      ClientGone{id<ClientId>(5)},
      ApiTokenFact{id<ApiTokenId>(6), {1}, {INT64_MIN}, digest, {}},
      ApiTokenGone{id<ApiTokenId>(6)},
      SessionFact{id<SessionId>(7), {300}, {}, {-1}},
      SessionGone{id<SessionId>(7)},
      OrganizationNameFact{{300}, "stra\u00dfe & co"},
  };
}

TEST(Facts, ComeBackAsTheyWere) {
  const auto facts = one_of_each();
  ASSERT_EQ(facts.size(), std::variant_size_v<Fact>);
  const auto bytes = encode(facts);
  const auto back = decode(bytes);
  ASSERT_TRUE(back.ok());
  ASSERT_EQ(back->size(), facts.size());
  for (std::size_t i = 0; i < facts.size(); ++i) EXPECT_EQ((*back)[i].index(), i);
  EXPECT_EQ(encode(*back), bytes);
  const auto& role = std::get<RoleFact>((*back)[4]);
  EXPECT_EQ(role.name, "näme");
  EXPECT_EQ(role.weight, -5);
  EXPECT_EQ(role.permissions, (std::vector<std::string>{"a.b", "", "c.d"}));
  EXPECT_EQ(std::get<HoldingFact>((*back)[6]).roles.back().value, UINT32_MAX);
  EXPECT_EQ(std::get<ClientFact>((*back)[9]).expires_at, kNever);
  EXPECT_EQ(std::get<ApiTokenFact>((*back)[11]).expires_at.micros, INT64_MIN);
  EXPECT_FALSE(std::get<UserFact>((*back)[2]).active);
  EXPECT_EQ(std::get<OrganizationNameFact>((*back)[15]).no, OrganizationNo{300});
  EXPECT_EQ(std::get<OrganizationNameFact>((*back)[15]).key, "stra\u00dfe & co");
}

TEST(Facts, AreReadByTheLogAsTheyWereWritten) {
  const auto bytes = encode(std::vector<Fact>{HoldingFact{{300}, {1}, true, {{5}}}});
  EXPECT_EQ(bytes, std::string("\x06\xAC\x02\x01\x01\x01\x05", 7));  // stored by older versions: must not change
  EXPECT_EQ(encode(std::vector<Fact>{OrganizationNameFact{{300}, "acme"}}),
            "\x0F\xAC\x02\x04"
            "acme");
}

TEST(Facts, OfNothingAreNone) {
  const auto none = decode("");
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE(none->empty());
}

TEST(Facts, ThatEndEarlyAreRefused) {
  for (const auto& fact : one_of_each()) {
    std::string bytes;
    encode(fact, bytes);
    for (std::size_t size = 1; size < bytes.size(); ++size) {
      const auto read = decode(std::string_view(bytes).substr(0, size));
      ASSERT_FALSE(read.ok()) << fact.index() << " cut to " << size;
      EXPECT_EQ(read.error().code, "facts.malformed");
    }
  }
}

TEST(Facts, ThatLieAreRefused) {
  const std::string ones(9, '\xFF');
  for (const auto& bytes : {
           std::string("\x10", 1),  // no such tag
           std::string("\xFF", 1),
           "\x01" + ones + "\x01",                  // a number over 32 bits
           "\x01" + ones + "\x7F",                  // a varint over 64 bits
           "\x01" + ones + ones,                    // a varint without end
           std::string("\x06\x01\x01\x02\x00", 5),  // a bool of 2
           "\x06\x01\x01\x01" + ones + "\x01",      // more roles than bytes
           std::string("\x06\x01\x01\x01\x03\x01", 6),
       }) {
    EXPECT_FALSE(decode(bytes).ok());
  }
}

TEST(Facts, SurviveRandomBytes) {
  SeededRandom random(7);
  const auto valid = encode(one_of_each());
  for (int round = 0; round < 20'000; ++round) {
    auto bytes = valid.substr(0, random.below(valid.size() + 1));
    for (auto flips = random.below(4); flips != 0 && !bytes.empty(); --flips) {
      bytes[random.below(bytes.size())] = static_cast<char>(random.next());
    }
    const auto read = decode(bytes);
    if (read.ok()) { EXPECT_TRUE(decode(encode(*read)).ok()); }
  }
}

}  // namespace
}  // namespace gatehouse::access
