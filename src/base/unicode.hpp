// What the sources of this folder share of ICU: code points of UTF-8, UTF-16 and back, normal forms.
// Not for the rest of the service: text.hpp, precis.hpp, look_alike.hpp and pattern.hpp say what it may ask.
#pragma once

#include <unicode/unorm2.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace gatehouse::unicode {

struct Decoded {
  char32_t point = 0;
  std::size_t size = 0;  // bytes it took; 0: not UTF-8
};

// The first code point. Refuses overlong forms, surrogates and what lies above U+10FFFF (RFC 3629 3).
inline Decoded decode(std::string_view rest) {
  if (rest.empty()) return {};
  const auto first = static_cast<unsigned char>(rest.front());
  if (first < 0x80) return {first, 1};
  const auto most = static_cast<std::int32_t>(std::min<std::size_t>(rest.size(), 4));
  std::int32_t taken = 0;
  UChar32 point = 0;
  U8_NEXT(rest.data(), taken, most, point);
  if (point < 0) return {};
  return {static_cast<char32_t>(point), static_cast<std::size_t>(taken)};
}

// Length of the run of ASCII at the start, eight bytes at a time.
inline std::size_t ascii_prefix(std::string_view bytes) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    if ((word & kHighBits) != 0) break;
  }
  while (at < bytes.size() && static_cast<unsigned char>(bytes[at]) < 0x80) ++at;
  return at;
}

inline bool is_ascii(std::string_view bytes) { return ascii_prefix(bytes) == bytes.size(); }

// The White_Space property of Unicode (UAX 44).
inline bool is_blank(char32_t c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

inline bool is_hidden(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 ||  // controls, separators
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);  // bidirectional embeddings and overrides
}

// Takes no room on a screen or, as the blank of Braille and the fillers of Hangul, nothing but room: two texts that differ by
// it alone look the same.
bool is_invisible(char32_t c);

// Precondition of both: well-formed, shorter than 512 MiB.
std::u16string utf16_of(std::string_view utf8);
std::string utf8_of(std::u16string_view utf16);

// The instances are ICU's own: made when first asked for, shared by all threads, never freed.
const UNormalizer2& nfc();
const UNormalizer2& nfkc();
const UNormalizer2& nfkc_casefold();
bool is_normalized(const UNormalizer2& form, std::u16string_view text);
std::u16string normalized(const UNormalizer2& form, std::u16string_view text);

// Throws when a call of ICU failed that cannot fail for any text: without memory, or without its data.
void must_succeed(UErrorCode status);

inline std::int32_t size_of(std::u16string_view text) { return static_cast<std::int32_t>(text.size()); }

// Calls of ICU that write into a buffer and say how much they would have written.
template <class Call>
std::u16string written_by(std::size_t likely_size, const Call& call) {
  std::u16string out(likely_size, u'\0');
  UErrorCode status = U_ZERO_ERROR;
  std::int32_t size = call(out.data(), size_of(out), &status);
  if (status == U_BUFFER_OVERFLOW_ERROR) {
    out.resize(static_cast<std::size_t>(size));
    status = U_ZERO_ERROR;
    size = call(out.data(), size_of(out), &status);
  }
  must_succeed(status);
  out.resize(static_cast<std::size_t>(size));
  return out;
}

}  // namespace gatehouse::unicode
