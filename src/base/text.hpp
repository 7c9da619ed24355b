// Text as people write it: Unicode normalization, keys for comparison, e-mail addresses.
// The one place that decides when two names or two addresses are the same.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::text {

bool is_utf8(std::string_view bytes);
// Unicode code points; precondition: is_utf8.
std::size_t length(std::string_view utf8);
// No control characters (C0, C1, DEL), no line or paragraph separators, no bidirectional overrides.
bool is_printable(std::string_view utf8);
// No character that nobody sees, so that a name is not the look of another: zero-width space, soft hyphen, fillers, tags.
// What scripts need is left where it does something: joiners and variation selectors after a letter or picture that is not
// ASCII, marks of direction beside letters that run from right to left. False for what is not UTF-8.
bool hides_nothing(std::string_view utf8);
// Blanks at the ends removed, runs of them made one space.
std::string collapse_blanks(std::string_view utf8);
// Composed form (NFC): what a person typed, whatever keyboard it was typed on. As it is when not UTF-8.
std::string composed(std::string_view utf8);
// What two names are compared by: NFKC_Casefold (Unicode 3.13: compatibility forms and case are one, invisible
// characters do not count), blanks collapsed. Empty when not UTF-8 and when nothing visible is left.
std::string name_key(std::string_view utf8);
// What two addresses are compared by: NFC, lower case. Not case-folded: that would make one of different mailboxes. The
// domain in Unicode, by UTS 46, so that `xn--` is no second spelling; as it is where IDNA refuses it. Empty when not UTF-8.
std::string email_key(std::string_view email);
// RFC 5321 4.1.2 dot-string or quoted-string local part and RFC 6531 UTF-8; at most 254 bytes; domain of LDH or
// Unicode labels, single-label domains such as `localhost` allowed; address literals not. Nothing that cannot be seen, but
// for joiners where IDNA has them in a domain.
bool is_email(std::string_view email);
// ASCII only; for header names, schemes and hex.
bool equal_ignoring_ascii_case(std::string_view a, std::string_view b);
std::string ascii_lower(std::string_view ascii);

}  // namespace gatehouse::text
