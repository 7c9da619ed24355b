#include "crypto/ecdsa_form.hpp"

#include <algorithm>

namespace gatehouse::crypto {
namespace {

constexpr unsigned char kInteger = 0x02;
constexpr unsigned char kSequence = 0x30;
constexpr std::size_t kHalf = kEs256Size / 2;

// An unsigned number as a DER INTEGER: no leading zeros, but one where the sign bit would be set (X.690 8.3).
void append_integer(EcdsaDer& der, std::string_view number) {
  while (number.size() > 1 && number.front() == '\0') number.remove_prefix(1);
  const bool pad = (static_cast<unsigned char>(number.front()) & 0x80U) != 0;
  der.bytes[der.size++] = kInteger;
  der.bytes[der.size++] = static_cast<unsigned char>(number.size() + (pad ? 1 : 0));
  if (pad) der.bytes[der.size++] = 0;
  for (const char c : number) der.bytes[der.size++] = static_cast<unsigned char>(c);
}

// Takes one INTEGER off the front of `der` into the 32 bytes at `out`.
bool take_integer(std::string_view& der, char* out) {
  if (der.size() < 2 || static_cast<unsigned char>(der[0]) != kInteger) return false;
  const auto size = static_cast<unsigned char>(der[1]);
  if (der.size() - 2 < size) return false;
  std::string_view number = der.substr(2, size);
  der.remove_prefix(2U + size);
  while (!number.empty() && number.front() == '\0') number.remove_prefix(1);
  if (number.size() > kHalf) return false;
  std::copy(number.begin(), number.end(), out + (kHalf - number.size()));
  return true;
}

}  // namespace

EcdsaDer ecdsa_to_der(std::string_view raw) {
  EcdsaDer der;
  der.size = 2;
  append_integer(der, raw.substr(0, kHalf));
  append_integer(der, raw.substr(kHalf, kHalf));
  der.bytes[0] = kSequence;
  der.bytes[1] = static_cast<unsigned char>(der.size - 2);
  return der;
}

std::optional<std::string> ecdsa_from_der(std::string_view der) {
  if (der.size() < 2 || static_cast<unsigned char>(der[0]) != kSequence) return std::nullopt;
  if (static_cast<unsigned char>(der[1]) != der.size() - 2) return std::nullopt;
  der.remove_prefix(2);
  std::string raw(kEs256Size, '\0');
  if (!take_integer(der, raw.data()) || !take_integer(der, raw.data() + kHalf) || !der.empty()) return std::nullopt;
  return raw;
}

}  // namespace gatehouse::crypto
