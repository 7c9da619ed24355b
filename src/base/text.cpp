#include "base/text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace gatehouse::text {
namespace {

struct Decoded {
  char32_t point = 0;
  std::size_t size = 0;  // bytes it took; 0: not UTF-8
};

// Refuses overlong forms, surrogates and what lies above U+10FFFF (RFC 3629 3).
Decoded decode(std::string_view rest) {
  if (rest.empty()) return {};
  const auto first = static_cast<unsigned char>(rest.front());
  if (first < 0x80) return {first, 1};
  utf8proc_int32_t point = 0;
  const auto taken = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(rest.data()),
                                      static_cast<utf8proc_ssize_t>(std::min<std::size_t>(rest.size(), 4)), &point);
  if (taken <= 0 || point < 0) return {};
  return {static_cast<char32_t>(point), static_cast<std::size_t>(taken)};
}

// Length of the run of ASCII at the start, eight bytes at a time.
std::size_t ascii_prefix(std::string_view bytes) {
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

bool is_ascii(std::string_view bytes) { return ascii_prefix(bytes) == bytes.size(); }

// The White_Space property of Unicode (UAX 44).
bool is_blank(char32_t c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_hidden(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 ||  // controls, separators
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);  // bidirectional embeddings and overrides
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_ascii_alnum(char32_t c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string map(std::string_view utf8, int options) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()), static_cast<utf8proc_ssize_t>(utf8.size()),
                   &mapped, static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, void (*)(void*)> owner(mapped, std::free);
  if (size == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc();
  if (size < 0) return {};
  return {reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size)};
}

// Folding can leave what composes or folds again (U+0345 and a few others), so it is repeated until nothing changes:
// a key of a key must be the same key.
std::string fold(std::string_view utf8, int options) {
  std::string folded = map(utf8, options);
  for (int round = 0; round < 3 && !is_ascii(folded); ++round) {
    std::string again = map(folded, options);
    if (again == folded) break;
    folded = std::move(again);
  }
  return folded;
}

// RFC 5322 3.2.3 atext, RFC 6531 3.3: any UTF-8 beyond ASCII.
bool is_atext(char32_t c) {
  if (c >= 0x80) return !is_blank(c) && !is_hidden(c);
  return is_ascii_alnum(c) || (c != 0 && std::strchr("!#$%&'*+-/=?^_`{|}~", static_cast<int>(c)) != nullptr);
}

bool is_dot_string(std::string_view local) {
  bool atom_open = false;
  while (!local.empty()) {
    const Decoded c = decode(local);
    if (c.point == '.') {
      if (!atom_open) return false;
      atom_open = false;
    } else {
      if (!is_atext(c.point)) return false;
      atom_open = true;
    }
    local.remove_prefix(c.size);
  }
  return atom_open;
}

// Without its quotes. RFC 5321 4.1.2 QcontentSMTP.
bool is_quoted_content(std::string_view local) {
  while (!local.empty()) {
    Decoded c = decode(local);
    if (c.point == '"') return false;
    if (c.point == '\\') {
      local.remove_prefix(1);
      c = decode(local);
      if (c.size == 0 || c.point >= 0x80) return false;
    }
    if (is_hidden(c.point)) return false;
    local.remove_prefix(c.size);
  }
  return true;
}

// RFC 5892: letters, marks and numbers, and the few others that the context rules let in.
bool is_label_point(char32_t c) {
  if (c < 0x80) return is_ascii_alnum(c) || c == '-';
  if (c == 0xB7 || c == 0x375 || c == 0x5F3 || c == 0x5F4 || c == 0x30FB || c == 0x200C || c == 0x200D) return true;
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

bool is_label(std::string_view label) {
  if (label.empty() || label.front() == '-' || label.back() == '-' || length(label) > 63) return false;
  while (!label.empty()) {
    const Decoded c = decode(label);
    if (!is_label_point(c.point)) return false;
    label.remove_prefix(c.size);
  }
  return true;
}

bool is_domain(std::string_view domain) {
  for (;;) {
    const std::size_t dot = domain.find('.');
    if (!is_label(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    domain.remove_prefix(dot + 1);
  }
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
  return map(utf8, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

std::string name_key(std::string_view utf8) {
  if (is_ascii(utf8)) return ascii_lower(collapse_blanks(utf8));
  if (!is_utf8(utf8)) return {};
  return collapse_blanks(
      fold(utf8, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE));
}

std::string email_key(std::string_view email) {
  if (is_ascii(email)) return ascii_lower(email);
  if (!is_utf8(email)) return {};
  // Lower case and nothing more: folding makes ss of ß, and another domain of the address.
  std::string key;
  const std::string whole = composed(email);
  for (std::size_t at = 0; at < whole.size();) {
    utf8proc_int32_t point = 0;
    at += static_cast<std::size_t>(
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(whole.data()) + at, -1, &point));
    utf8proc_uint8_t bytes[4];
    const auto size = utf8proc_encode_char(utf8proc_tolower(point), bytes);
    key.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  }
  return composed(key);
}

bool is_email(std::string_view email) {
  if (email.size() > 254 || !is_utf8(email)) return false;
  const std::size_t at = email.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64) return false;  // RFC 5321 4.5.3.1.1
  const std::string_view local = email.substr(0, at);
  const bool quoted = local.size() >= 2 && local.front() == '"' && local.back() == '"';
  const bool local_ok = quoted ? is_quoted_content(local.substr(1, local.size() - 2)) : is_dot_string(local);
  return local_ok && is_domain(email.substr(at + 1));
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
