#include "base/look_alike.hpp"

#include <unicode/uspoof.h>

#include <array>
#include <cstddef>

#include "base/precis.hpp"
#include "base/text.hpp"
#include "base/unicode.hpp"

namespace gatehouse::text {
namespace {

// Safe for all threads as long as it is not changed, made when first asked for, never freed.
const USpoofChecker& checker() {
  static const USpoofChecker* const instance = [] {
    UErrorCode status = U_ZERO_ERROR;
    const USpoofChecker* const opened = uspoof_open(&status);
    unicode::must_succeed(status);
    return opened;
  }();
  return *instance;
}

// As a name is kept: by the rules for user names, and what these refuse as names of anything are compared.
std::string kept(std::string_view name) {
  auto mapped = username_case_mapped(name);
  return mapped ? std::move(*mapped) : name_key(name);
}

std::string look_of(std::string_view name) {
  std::u16string wide = unicode::utf16_of(name);
  // Joiners cannot be seen. UTS 39 leaves them out since Unicode 15.1; no other invisible letter is left in a kept name.
  std::erase_if(wide, [](char16_t c) { return c == 0x200C || c == 0x200D; });
  return unicode::utf8_of(
      unicode::written_by(2 * wide.size() + 16, [&](char16_t* room, std::int32_t size, UErrorCode* status) {
        return uspoof_getSkeleton(&checker(), 0, wide.data(), unicode::size_of(wide), room, size, status);
      }));
}

// The tables hold capitals: 0 is like O. A capital is the same name as its small letter, so a skeleton goes the same way as
// the name until nothing changes. Two times are enough for every code point.
std::string settled(std::string_view kept_name) {
  std::string look = look_of(kept_name);
  for (int round = 0; round < 4; ++round) {
    std::string again = look_of(kept(look));
    if (again == look) break;
    look = std::move(again);
  }
  return look;
}

// Of each ASCII letter: the tables know letters, not words, so the skeleton of a text is theirs in a row.
const std::array<std::string, 128>& ascii_looks() {
  static const std::array<std::string, 128> looks = [] {
    std::array<std::string, 128> made;
    for (std::size_t c = 0; c < made.size(); ++c) {
      const std::string letter(1, static_cast<char>(c));
      made[c] = c > 0x20 && c < 0x7F ? settled(ascii_lower(letter)) : letter;
    }
    return made;
  }();
  return looks;
}

}  // namespace

std::string skeleton(std::string_view name) {
  const std::string own = kept(name);
  if (!unicode::is_ascii(own)) return settled(own);
  std::string out;
  for (const char c : own) out += ascii_looks()[static_cast<unsigned char>(c)];
  return out;
}

bool look_alike(std::string_view a, std::string_view b) {
  if (kept(a) == kept(b)) return false;
  if (unicode::is_ascii(a) && unicode::is_ascii(b) && is_email(a) && is_email(b)) return false;
  return skeleton(a) == skeleton(b);
}

}  // namespace gatehouse::text
