// UUIDs: 16 bytes, written in lower case. New ones are version 7 (RFC 9562 5.7), so that rows made together lie together.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"

namespace gatehouse {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Uuid&) const = default;
  [[nodiscard]] bool is_nil() const { return *this == Uuid{}; }
  [[nodiscard]] std::string to_string() const;  // 36 characters, lower case
  void append_to(std::string& out) const;
  // Accepts the 36-character form in either case; anything else is nothing.
  static std::optional<Uuid> parse(std::string_view text);
  // Precondition: 16 bytes.
  static Uuid from_bytes(std::string_view raw);
  [[nodiscard]] std::string_view raw() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  static Uuid v7(Timestamp now, Random& random);
  // The random part of a v7 id is at the end: good enough for a table, no mixing needed.
  [[nodiscard]] std::uint64_t hash() const {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, bytes.data(), 8);
    std::memcpy(&low, bytes.data() + 8, 8);
    return (high ^ low) * 0x9E3779B97F4A7C15ULL ^ (low >> 29U);
  }
};

// An id of one noun; ids of different nouns do not mix.
template <class Noun>
struct Id : Uuid {
  Id() = default;
  explicit Id(const Uuid& uuid) : Uuid(uuid) {}
  auto operator<=>(const Id&) const = default;
  static std::optional<Id> parse(std::string_view text) {
    if (auto uuid = Uuid::parse(text)) return Id(*uuid);
    return std::nullopt;
  }
  static Id from_bytes(std::string_view raw) { return Id(Uuid::from_bytes(raw)); }
  static Id make(Timestamp now, Random& random) { return Id(Uuid::v7(now, random)); }
};

}  // namespace gatehouse

template <>
struct std::hash<gatehouse::Uuid> {
  std::size_t operator()(const gatehouse::Uuid& uuid) const noexcept { return uuid.hash(); }
};
template <class Noun>
struct std::hash<gatehouse::Id<Noun>> {
  std::size_t operator()(const gatehouse::Id<Noun>& id) const noexcept { return id.hash(); }
};
