#include "base/uuid.hpp"

namespace gatehouse {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void Uuid::append_to(std::string& out) const {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
    out.push_back(kHex[bytes[i] >> 4U]);
    out.push_back(kHex[bytes[i] & 15U]);
  }
}

std::string Uuid::to_string() const {
  std::string out;
  out.reserve(36);
  append_to(out);
  return out;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid uuid;
  std::size_t at = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      if (text[at++] != '-') return std::nullopt;
    }
    const int high = hex_digit(text[at]);
    const int low = hex_digit(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    uuid.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    at += 2;
  }
  return uuid;
}

Uuid Uuid::from_bytes(std::string_view raw) {
  Uuid uuid;
  if (raw.size() == uuid.bytes.size()) std::memcpy(uuid.bytes.data(), raw.data(), uuid.bytes.size());
  return uuid;
}

Uuid Uuid::v7(Timestamp now, Random& random) {
  Uuid uuid;
  random.fill(uuid.bytes.data(), uuid.bytes.size());
  const auto milliseconds = static_cast<std::uint64_t>(now.micros / 1000);
  for (int i = 0; i < 6; ++i)
    uuid.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
  uuid.bytes[6] = static_cast<std::uint8_t>(0x70U | (uuid.bytes[6] & 0x0FU));
  uuid.bytes[8] = static_cast<std::uint8_t>(0x80U | (uuid.bytes[8] & 0x3FU));
  return uuid;
}

}  // namespace gatehouse
