#include <unicode/uchar.h>
#include <unicode/uidna.h>

#include <array>
#include <cstring>
#include <optional>

#include "base/text.hpp"
#include "base/unicode.hpp"

namespace gatehouse::text {
namespace {

using unicode::decode;
using unicode::Decoded;
using unicode::is_ascii;
using unicode::is_blank;
using unicode::is_hidden;
using unicode::utf16_of;
using unicode::utf8_of;

// An address with one looks like the address without it. Format characters that show (U+0600) are no more use in one.
bool is_unseen(char32_t c) { return unicode::is_invisible(c) || u_charType(static_cast<UChar32>(c)) == U_FORMAT_CHAR; }

bool is_joiner(char32_t c) { return c == 0x200C || c == 0x200D; }

bool is_ascii_alnum(char32_t c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// RFC 5322 3.2.3 atext, RFC 6531 3.3: any UTF-8 beyond ASCII.
bool is_atext(char32_t c) {
  if (c >= 0x80) return !is_blank(c) && !is_hidden(c) && !is_unseen(c);
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
    if (is_hidden(c.point) || is_unseen(c.point)) return false;
    local.remove_prefix(c.size);
  }
  return true;
}

// RFC 5892: letters, marks and numbers, and the few others that the context rules let in.
bool is_label_point(char32_t c) {
  if (c < 0x80) return is_ascii_alnum(c) || c == '-';
  if (c == 0xB7 || c == 0x375 || c == 0x5F3 || c == 0x5F4 || c == 0x30FB || is_joiner(c)) return true;
  return !is_unseen(c) && (U_GET_GC_MASK(static_cast<UChar32>(c)) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0;
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

// Safe for all threads, made when the first international domain is seen, never freed.
const UIDNA& idna() {
  static const UIDNA* const instance = [] {
    constexpr std::uint32_t kOptions = UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                                       UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE;
    UErrorCode status = U_ZERO_ERROR;
    const UIDNA* const opened = uidna_openUTS46(kOptions, &status);
    unicode::must_succeed(status);
    return opened;
  }();
  return *instance;
}

using DomainMapping = decltype(&uidna_nameToUnicode);

// Nothing when IDNA refuses the domain.
std::optional<std::u16string> mapped(DomainMapping mapping, std::u16string_view domain) {
  bool refused = false;
  auto out = unicode::written_by(domain.size() + 64, [&](char16_t* room, std::int32_t size, UErrorCode* status) {
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    const std::int32_t wanted = mapping(&idna(), domain.data(), unicode::size_of(domain), room, size, &info, status);
    refused = info.errors != 0;
    return wanted;
  });
  if (refused) return {};
  return out;
}

// The Unicode form by UTS 46, of `xn--` labels too. Nothing when it names no domain that could be asked for: then both
// forms have to stay what they are, or two domains would become one.
std::optional<std::string> domain_in_one_form(std::string_view domain) {
  std::u16string wide = utf16_of(domain);
  // ẞ is ss to UTS 46 before Unicode 15.1, while ß, its lower case, is a letter of its own.
  std::replace(wide.begin(), wide.end(), u'\u1E9E', u'\u00DF');
  const auto ascii = mapped(uidna_nameToASCII, wide);
  if (!ascii) return {};
  auto shown = mapped(uidna_nameToUnicode, wide);
  if (!shown || mapped(uidna_nameToASCII, *shown) != ascii) return {};
  return utf8_of(*shown);
}

bool has_joiners(std::string_view domain) {
  while (!domain.empty()) {
    const Decoded c = decode(domain);
    if (is_joiner(c.point)) return true;
    domain.remove_prefix(c.size);
  }
  return false;
}

// Joiners stand where IDNA has them, which is where they can be seen by what they do (RFC 5892 A.1, A.2).
bool is_domain(std::string_view domain) {
  if (!is_ascii(domain) && has_joiners(domain) && !domain_in_one_form(domain)) return false;
  for (;;) {
    const std::size_t dot = domain.find('.');
    if (!is_label(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    domain.remove_prefix(dot + 1);
  }
}

// Lower case and nothing more: folding makes ss of ß, and another mailbox of the address.
std::string lowered(std::string_view utf8) {
  std::string out;
  const std::string whole = composed(utf8);
  for (std::string_view rest = whole; !rest.empty();) {
    const Decoded c = decode(rest);
    std::array<char, 4> bytes{};
    std::int32_t size = 0;
    U8_APPEND_UNSAFE(bytes.data(), size, u_tolower(static_cast<UChar32>(c.point)));
    out.append(bytes.data(), static_cast<std::size_t>(size));
    rest.remove_prefix(c.size);
  }
  return composed(out);
}

// Precondition: UTF-8, and `key` is its lower case.
std::string with_domain_in_one_form(std::string_view email, std::string key) {
  const std::size_t at = email.rfind('@');
  if (at == std::string_view::npos) return key;
  const std::string whole = composed(email.substr(at + 1));
  if (is_ascii(whole) && key.find("xn--", key.rfind('@')) == std::string::npos) return key;
  const auto domain = domain_in_one_form(whole);
  if (!domain) return key;
  key.resize(key.rfind('@') + 1);
  return key + *domain;
}

}  // namespace

std::string email_key(std::string_view email) {
  if (is_ascii(email)) {
    std::string key = ascii_lower(email);
    return key.find("xn--") == std::string::npos ? key : with_domain_in_one_form(email, std::move(key));
  }
  if (!is_utf8(email)) return {};
  std::string key = with_domain_in_one_form(email, lowered(email));
  // A capital that IDNA refuses can have a lower case that it takes (U+2132): a key of a key must be the same key.
  for (int round = 0; round < 3; ++round) {
    std::string again = with_domain_in_one_form(key, key);
    if (again == key) break;
    key = std::move(again);
  }
  return key;
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

}  // namespace gatehouse::text
