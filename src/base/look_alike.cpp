#include "base/look_alike.hpp"

#include <unicode/uchar.h>
#include <unicode/uspoof.h>

#include <algorithm>
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

// Of each ASCII letter: the tables know letters, not words, so the look of a text is theirs in a row.
using AsciiLooks = std::array<std::string, 128>;

template <class Look>
AsciiLooks looks_of_ascii(const Look& look) {
  AsciiLooks made;
  for (std::size_t c = 0; c < made.size(); ++c) {
    const std::string letter(1, static_cast<char>(c));
    made[c] = c > 0x20 && c < 0x7F ? look(letter) : letter;
  }
  return made;
}

const AsciiLooks& kept_ascii() {
  static const auto looks = looks_of_ascii([](const std::string& letter) { return settled(ascii_lower(letter)); });
  return looks;
}

const AsciiLooks& typed_ascii() {
  static const auto looks = looks_of_ascii(look_of);
  return looks;
}

std::string in_a_row(const AsciiLooks& looks, std::string_view ascii) {
  std::string out;
  for (const char c : ascii) out += looks[static_cast<unsigned char>(c)];
  return out;
}

// In one width, as names are kept, and otherwise as it stands there.
std::string look_as_typed(std::string_view name) {
  const std::string line = collapse_blanks(name);
  if (unicode::is_ascii(line)) return in_a_row(typed_ascii(), line);
  if (!is_utf8(line)) return {};
  return look_of(unicode::utf8_of(unicode::normalized(unicode::nfkc(), unicode::utf16_of(line))));
}

bool has_small_letters(std::string_view look) {
  while (!look.empty()) {
    const auto c = unicode::decode(look);
    if (c.point != 'l' && u_hasBinaryProperty(static_cast<UChar32>(c.point), UCHAR_LOWERCASE) != 0) return true;
    look.remove_prefix(c.size);
  }
  return false;
}

bool share_a_look(std::string_view a, std::string_view b) {
  const std::string kept_b = skeleton(b);
  const std::string typed_b = sight(b);
  const auto is_of_b = [&](const std::string& look) { return look == kept_b || look == typed_b; };
  return is_of_b(skeleton(a)) || is_of_b(sight(a));
}

}  // namespace

std::string skeleton(std::string_view name) {
  const std::string own = kept(name);
  return unicode::is_ascii(own) ? in_a_row(kept_ascii(), own) : settled(own);
}

std::string sight(std::string_view name) {
  std::string look = look_as_typed(name);
  // I, 1 and | are one upright stroke, which the tables write as a small l. Among capitals it is read as what it is there.
  if (!has_small_letters(look)) std::replace(look.begin(), look.end(), 'l', 'i');
  return skeleton(look);
}

bool look_alike(std::string_view a, std::string_view b) {
  if (kept(a) == kept(b)) return false;
  if (unicode::is_ascii(a) && unicode::is_ascii(b) && is_email(a) && is_email(b)) return false;
  return share_a_look(a, b);
}

}  // namespace gatehouse::text
