#include "base/uuid.hpp"

#include <array>

namespace gatehouse {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

// By character: its value, or kNoDigit.
constexpr std::uint8_t kNoDigit = 0xFF;
constexpr std::array<std::uint8_t, 256> kDigits = [] {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::uint8_t i = 0; i < 16; ++i) {
    const auto c = static_cast<unsigned char>(kHex[i]);
    digits[c] = i;
    if (i > 9) digits[c - 'a' + 'A'] = i;
  }
  return digits;
}();

}  // namespace

void Uuid::append_to(std::string& out) const {
  std::array<char, 36> text;  // NOLINT(cppcoreguidelines-pro-type-member-init): every place is written
  std::size_t at = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
    text[at++] = kHex[bytes[i] >> 4U];
    text[at++] = kHex[bytes[i] & 15U];
  }
  out.append(text.data(), text.size());
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
  std::uint8_t wrong = 0;  // above 15 once one is no digit
  std::size_t at = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      if (text[at++] != '-') return std::nullopt;
    }
    const auto high = kDigits[static_cast<unsigned char>(text[at])];
    const auto low = kDigits[static_cast<unsigned char>(text[at + 1])];
    wrong |= high | low;
    uuid.bytes[i] = static_cast<std::uint8_t>(high << 4U | low);
    at += 2;
  }
  if (wrong > 15) return std::nullopt;
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
