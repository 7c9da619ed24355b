#include "support/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gatehouse::bench {

Model::Model(std::uint32_t users, std::uint32_t organizations, std::uint32_t each) : users_(users), each_(each) {
  SeededRandom random(20260501);
  std::vector<std::uint8_t> depth(organizations);
  parent_.resize(organizations);
  child_.resize(organizations);
  for (std::uint32_t i = 0; i < organizations; ++i) {
    if (i <= organizations / 100) {
      parent_[i] = 1;
      depth[i] = 1;
      continue;
    }
    auto above = static_cast<std::uint32_t>(random.below(i));
    while (depth[above] >= kDepth) above = static_cast<std::uint32_t>(random.below(i));
    parent_[i] = above + 2;
    depth[i] = static_cast<std::uint8_t>(depth[above] + 1);
    child_[above] = i + 2;
  }
  organization_.resize(std::size_t{users} * each);
  role_.resize(organization_.size());
  for (std::uint32_t user = 0; user < users; ++user) {
    const auto own = organization_.begin() + static_cast<std::ptrdiff_t>(std::size_t{user} * each);
    for (std::uint32_t i = 0; i < each; ++i) {
      do own[i] = static_cast<std::uint32_t>(random.below(organizations)) + 2;
      while (std::find(own, own + i, own[i]) != own + i);
      const auto draw = random.below(10);
      role_[std::size_t{user} * each + i] = draw < 7 ? 0 : draw < 9 ? 1 : 2;
    }
    std::sort(own, own + each);
  }
}

Model::Membership Model::membership(std::uint32_t user, std::uint32_t i) const {
  const auto at = std::size_t{user - 2} * each_ + i;
  return {organization_[at], role_[at]};
}

Uuid Model::id(std::uint32_t number, std::uint8_t noun) {
  // Version 7 in shape: ascending, with an unpredictable end.
  Uuid uuid;
  SeededRandom(std::uint64_t{number} * 4 + noun).fill(uuid.bytes.data(), uuid.bytes.size());
  uuid.bytes[0] = 1;
  uuid.bytes[1] = noun;
  for (int i = 0; i < 4; ++i) uuid.bytes[2 + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  uuid.bytes[6] = static_cast<std::uint8_t>(0x70 | (uuid.bytes[6] & 0x0F));
  uuid.bytes[8] = static_cast<std::uint8_t>(0x80 | (uuid.bytes[8] & 0x3F));
  return uuid;
}

std::string Model::user_name(std::uint32_t number) { return fmt::format("user{:08}", number); }

bool Model::holds(std::uint32_t user, std::uint32_t organization, std::uint8_t permission) const {
  for (auto at = organization; at != 1; at = parent(at)) {
    for (std::uint32_t i = 0; i < each_; ++i) {
      const auto held = membership(user, i);
      if (held.organization == at && carries(held.role, permission)) return true;
    }
  }
  return false;
}

Question Model::allowed(std::uint32_t user, SeededRandom& random) const {
  const auto held = membership(user, static_cast<std::uint32_t>(random.below(each_)));
  auto organization = held.organization;
  while (child_[organization - 2] != 0 && random.below(2) == 0) organization = child_[organization - 2];
  const auto permission = static_cast<std::uint8_t>(random.below(held.role + std::uint64_t{1}));
  return {user, organization, permission, holds(user, organization, permission)};
}

Question Model::denied(std::uint32_t user, bool own, SeededRandom& random) const {
  for (int tries = 0;; ++tries) {
    const bool near = own && tries < 8;
    const auto organization = near ? membership(user, static_cast<std::uint32_t>(random.below(each_))).organization
                                   : static_cast<std::uint32_t>(random.below(parent_.size())) + 2;
    const auto permission = static_cast<std::uint8_t>(near ? 1 + random.below(2) : random.below(3));
    if (!holds(user, organization, permission)) return {user, organization, permission, false};
  }
}

std::vector<Question> Model::questions(std::size_t count, Keys keys, std::uint64_t seed) const {
  SeededRandom random(seed);
  std::vector<Question> all;
  all.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto pick = random.below(users_);
    if (keys == Keys::kSkewed) {
      // Zipf with exponent 1: the rank is uniform on a logarithmic scale. Ranks are spread over the numbers.
      const double draw = static_cast<double>(random.next() >> 11U) * 0x1p-53;
      const auto rank = static_cast<std::uint64_t>(std::exp(draw * std::log(static_cast<double>(users_))));
      pick = rank * 2'654'435'761ULL % users_;
    }
    const auto user = static_cast<std::uint32_t>(pick) + 2;
    all.push_back(i % 2 == 0 ? allowed(user, random) : denied(user, i % 4 == 1, random));
  }
  return all;
}

}  // namespace gatehouse::bench
