#include "base/text.hpp"

#include <unicode/uchar.h>

#include <algorithm>

#include "base/unicode.hpp"

namespace gatehouse::text {
namespace {

using unicode::ascii_prefix;
using unicode::decode;
using unicode::Decoded;
using unicode::is_ascii;
using unicode::is_blank;
using unicode::is_hidden;
using unicode::utf16_of;
using unicode::utf8_of;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Folding can leave what composes or folds again (U+0345 and a few others), so it is repeated until nothing changes:
// a key of a key must be the same key.
std::u16string folded(std::u16string_view text) {
  std::u16string out = unicode::normalized(unicode::nfkc_casefold(), text);
  for (int round = 0; round < 3 && !unicode::is_normalized(unicode::nfkc_casefold(), out); ++round) {
    out = unicode::normalized(unicode::nfkc_casefold(), out);
  }
  return out;
}

bool is_joiner(char32_t c) { return c == 0x200C || c == 0x200D; }
bool is_direction_mark(char32_t c) { return c == 0x200E || c == 0x200F || c == 0x61C; }
bool is_variation_selector(char32_t c) {
  return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_VARIATION_SELECTOR) != 0;
}

bool runs_from_right(char32_t c) {
  const auto direction = u_charDirection(static_cast<UChar32>(c));
  return !is_direction_mark(c) && (direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC);
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  for (;;) {
    bytes.remove_prefix(ascii_prefix(bytes));
    if (bytes.empty()) return true;
    const Decoded c = decode(bytes);
    if (c.size == 0) return false;
    bytes.remove_prefix(c.size);
  }
}

std::size_t length(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool is_printable(std::string_view utf8) {
  while (!utf8.empty()) {
    const Decoded c = decode(utf8);
    if (c.size == 0 || is_hidden(c.point)) return false;
    utf8.remove_prefix(c.size);
  }
  return true;
}

bool hides_nothing(std::string_view utf8) {
  if (is_ascii(utf8)) return true;
  bool has_marks = false;
  bool from_right = false;
  char32_t before = 0;
  while (!utf8.empty()) {
    const Decoded c = decode(utf8);
    if (c.size == 0) return false;
    utf8.remove_prefix(c.size);
    if (is_direction_mark(c.point)) {
      has_marks = true;
    } else if (is_joiner(c.point)) {
      if (before < 0x80 || is_joiner(before) || utf8.empty()) return false;
    } else if (is_variation_selector(c.point)) {
      if (before < 0x80 || unicode::is_invisible(before)) return false;
    } else if (unicode::is_invisible(c.point)) {
      return false;
    }
    from_right = from_right || runs_from_right(c.point);
    before = c.point;
  }
  return !has_marks || from_right;
}

std::string collapse_blanks(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  bool gap = false;
  while (!utf8.empty()) {
    const Decoded c = decode(utf8);
    const std::size_t size = c.size == 0 ? 1 : c.size;
    if (c.size != 0 && is_blank(c.point)) {
      gap = !out.empty();
    } else {
      if (gap) out.push_back(' ');
      gap = false;
      out.append(utf8.substr(0, size));
    }
    utf8.remove_prefix(size);
  }
  return out;
}

std::string composed(std::string_view utf8) {
  if (is_ascii(utf8) || !is_utf8(utf8)) return std::string(utf8);
  return utf8_of(unicode::normalized(unicode::nfc(), utf16_of(utf8)));
}

std::string name_key(std::string_view utf8) {
  if (is_ascii(utf8)) return ascii_lower(collapse_blanks(utf8));
  if (!is_utf8(utf8)) return {};
  return collapse_blanks(utf8_of(folded(utf16_of(utf8))));
}

bool equal_ignoring_ascii_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string ascii_lower(std::string_view ascii) {
  std::string out(ascii);
  for (char& c : out) c = lower(c);
  return out;
}

}  // namespace gatehouse::text
