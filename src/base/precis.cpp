#include "base/precis.hpp"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <initializer_list>

#include "base/text.hpp"
#include "base/unicode.hpp"

namespace gatehouse::text {
namespace {

using Points = std::u32string_view;

std::u32string points_of(std::u16string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (std::int32_t at = 0; at < unicode::size_of(text);) {
    UChar32 c = 0;
    U16_NEXT(text.data(), at, unicode::size_of(text), c);
    out.push_back(static_cast<char32_t>(c));
  }
  return out;
}

UChar32 icu(char32_t c) { return static_cast<UChar32>(c); }
bool between(char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; }

bool is_compatibility_form(char32_t c) {
  std::u16string text(U16_LENGTH(icu(c)), u'\0');
  std::size_t size = 0;
  U16_APPEND_UNSAFE(text.data(), size, icu(c));
  return !unicode::is_normalized(unicode::nfkc(), text);
}

enum class Property { kValid, kContext, kDisallowed };

// RFC 8264 9.6, which is RFC 5892 2.6; no code point is BackwardCompatible (9.7).
std::optional<Property> exception(char32_t c) {
  switch (c) {
    case 0xDF:    // sharp s
    case 0x3C2:   // final sigma
    case 0x6FD:   // Sindhi ampersand
    case 0x6FE:   // Sindhi men
    case 0xF0B:   // Tibetan tsheg
    case 0x3007:  // ideographic zero
      return Property::kValid;
    case 0xB7:    // middle dot
    case 0x375:   // Greek keraia
    case 0x5F3:   // Hebrew geresh
    case 0x5F4:   // Hebrew gershayim
    case 0x30FB:  // katakana middle dot
      return Property::kContext;
    case 0x640:   // Arabic tatweel
    case 0x7FA:   // N'Ko lajanyalan
    case 0x302E:  // Hangul tone marks
    case 0x302F:
    case 0x303B:  // vertical ideographic iteration mark
      return Property::kDisallowed;
    default:
      if (between(c, 0x660, 0x669) || between(c, 0x6F0, 0x6F9)) return Property::kContext;  // Arabic digits, two sets
      if (between(c, 0x3031, 0x3035)) return Property::kDisallowed;  // vertical kana repeat marks
      return {};
  }
}

// RFC 8264 8 for the IdentifierClass, in its order: what follows LetterDigits there is not of this class.
Property property(char32_t c) {
  if (between(c, 0x21, 0x7E)) return Property::kValid;  // ASCII7; none of it is an exception
  if (const auto known = exception(c)) return *known;
  if (u_charType(icu(c)) == U_UNASSIGNED) return Property::kDisallowed;
  if (u_hasBinaryProperty(icu(c), UCHAR_JOIN_CONTROL)) return Property::kContext;
  const auto syllable = u_getIntPropertyValue(icu(c), UCHAR_HANGUL_SYLLABLE_TYPE);
  if (syllable == U_HST_LEADING_JAMO || syllable == U_HST_VOWEL_JAMO || syllable == U_HST_TRAILING_JAMO ||
      u_hasBinaryProperty(icu(c), UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||  // noncharacters are unassigned to ICU
      u_charType(icu(c)) == U_CONTROL_CHAR || is_compatibility_form(c)) {
    return Property::kDisallowed;
  }
  constexpr auto kLetterDigits =
      U_GC_LL_MASK | U_GC_LU_MASK | U_GC_LO_MASK | U_GC_ND_MASK | U_GC_LM_MASK | U_GC_MN_MASK | U_GC_MC_MASK;
  return (U_GET_GC_MASK(icu(c)) & kLetterDigits) != 0 ? Property::kValid : Property::kDisallowed;
}

bool is_of_script(char32_t c, std::initializer_list<UScriptCode> scripts) {
  UErrorCode status = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(icu(c), &status);
  unicode::must_succeed(status);
  return std::find(scripts.begin(), scripts.end(), script) != scripts.end();
}

bool joins(char32_t c, UJoiningType side) {
  const auto type = u_getIntPropertyValue(icu(c), UCHAR_JOINING_TYPE);
  return type == side || type == U_JT_DUAL_JOINING;
}

// RFC 5892 A.1: between letters that would join if it were not there, whatever marks lie between.
bool keeps_letters_apart(Points part, std::size_t at) {
  const auto is_mark = [](char32_t c) { return u_getIntPropertyValue(icu(c), UCHAR_JOINING_TYPE) == U_JT_TRANSPARENT; };
  std::size_t before = at;
  while (before > 0 && is_mark(part[before - 1])) --before;
  std::size_t after = at + 1;
  while (after < part.size() && is_mark(part[after])) ++after;
  return before > 0 && after < part.size() && joins(part[before - 1], U_JT_LEFT_JOINING) &&
         joins(part[after], U_JT_RIGHT_JOINING);
}

// RFC 5892 appendix A: where a letter of Property::kContext may stand.
bool context_holds(Points part, std::size_t at) {
  constexpr std::uint8_t kVirama = 9;
  const char32_t before = at > 0 ? part[at - 1] : 0;
  const char32_t after = at + 1 < part.size() ? part[at + 1] : 0;
  const auto none_between = [&](char32_t first, char32_t last) {
    return std::none_of(part.begin(), part.end(), [&](char32_t c) { return between(c, first, last); });
  };
  switch (part[at]) {
    case 0x200C: return u_getCombiningClass(icu(before)) == kVirama || keeps_letters_apart(part, at);
    case 0x200D: return u_getCombiningClass(icu(before)) == kVirama;
    case 0xB7: return before == 'l' && after == 'l';
    case 0x375: return is_of_script(after, {USCRIPT_GREEK});
    case 0x5F3:
    case 0x5F4: return is_of_script(before, {USCRIPT_HEBREW});
    case 0x30FB:
      return std::any_of(part.begin(), part.end(), [](char32_t c) {
        return is_of_script(c, {USCRIPT_HIRAGANA, USCRIPT_KATAKANA, USCRIPT_HAN});
      });
    default: return part[at] < 0x6F0 ? none_between(0x6F0, 0x6F9) : none_between(0x660, 0x669);
  }
}

bool contexts_hold(Points part) {
  for (std::size_t at = 0; at < part.size(); ++at) {
    if (property(part[at]) == Property::kContext && !context_holds(part, at)) return false;
  }
  return true;
}

// RFC 5893 2 for a part with letters that run from right to left; any other obeys it or need not (RFC 8264 5.2.5).
bool bidi_rule_holds(Points part) {
  const auto has = [](std::uint32_t directions, char32_t c) {
    return (directions & U_MASK(static_cast<std::uint32_t>(u_charDirection(icu(c))))) != 0;
  };
  constexpr std::uint32_t kStrong = U_MASK(U_RIGHT_TO_LEFT) | U_MASK(U_RIGHT_TO_LEFT_ARABIC);
  constexpr std::uint32_t kArabicNumber = U_MASK(U_ARABIC_NUMBER);
  constexpr std::uint32_t kEuropeanNumber = U_MASK(U_EUROPEAN_NUMBER);
  constexpr std::uint32_t kEnds = kStrong | kArabicNumber | kEuropeanNumber;
  constexpr std::uint32_t kMark = U_MASK(U_DIR_NON_SPACING_MARK);
  constexpr std::uint32_t kAll = kEnds | kMark | U_MASK(U_EUROPEAN_NUMBER_SEPARATOR) |
                                 U_MASK(U_COMMON_NUMBER_SEPARATOR) | U_MASK(U_EUROPEAN_NUMBER_TERMINATOR) |
                                 U_MASK(U_OTHER_NEUTRAL) | U_MASK(U_BOUNDARY_NEUTRAL);
  const auto any = [&](std::uint32_t directions) {
    return std::any_of(part.begin(), part.end(), [&](char32_t c) { return has(directions, c); });
  };
  if (!any(kStrong | kArabicNumber)) return true;
  if (!has(kStrong, part.front())) return false;
  if (any(~kAll) || (any(kArabicNumber) && any(kEuropeanNumber))) return false;
  while (has(kMark, part.back())) part.remove_suffix(1);
  return has(kEnds, part.back());
}

// Fullwidth and halfwidth forms become what they are forms of (RFC 8265 3.3.1).
std::u16string width_mapped(std::u16string_view part) {
  std::u16string out;
  for (std::int32_t at = 0; at < unicode::size_of(part);) {
    const auto start = static_cast<std::size_t>(at);
    UChar32 c = 0;
    U16_NEXT(part.data(), at, unicode::size_of(part), c);
    const auto type = u_getIntPropertyValue(c, UCHAR_DECOMPOSITION_TYPE);
    if (type != U_DT_WIDE && type != U_DT_NARROW) {
      out.append(part.substr(start, static_cast<std::size_t>(at) - start));
      continue;
    }
    out += unicode::written_by(4, [c](char16_t* room, std::int32_t size, UErrorCode* status) {
      return unorm2_getRawDecomposition(&unicode::nfkc(), c, room, size, status);
    });
  }
  return out;
}

std::u16string lower_case(std::u16string_view part) {
  return unicode::written_by(part.size() + 16, [&](char16_t* room, std::int32_t size, UErrorCode* status) {
    return u_strToLower(room, size, part.data(), unicode::size_of(part), "", status);
  });
}

// All steps of RFC 8265 3.3 once. The class is asked of NFC: whether a keyboard sends one code point or its parts is not
// the writer's choice. Contexts are asked of the outcome: Catalan in capitals, COL·LEGI, is a name as well.
std::optional<std::u16string> enforced(std::u16string_view part) {
  const auto of_class = [](Points points) {
    return std::none_of(points.begin(), points.end(), [](char32_t c) { return property(c) == Property::kDisallowed; });
  };
  const std::u16string mapped = unicode::normalized(unicode::nfc(), width_mapped(part));
  if (mapped.empty() || !of_class(points_of(mapped))) return {};
  auto out = unicode::normalized(unicode::nfc(), lower_case(mapped));
  const std::u32string points = points_of(out);
  if (!of_class(points) || !contexts_hold(points) || !bidi_rule_holds(points)) return {};
  return out;
}

// Until it stays as it is; RFC 8264 7 asks for no more than three times again.
std::optional<std::u16string> stable(std::u16string_view part) {
  auto out = enforced(part);
  for (int round = 0; out && round < 3; ++round) {
    auto again = enforced(*out);
    if (again == out) return out;
    out = std::move(again);
  }
  return {};
}

std::optional<std::string> part_mapped(std::string_view part) {
  if (part.empty()) return {};
  if (std::all_of(part.begin(), part.end(), [](char c) { return c >= 0x21 && c <= 0x7E; })) return ascii_lower(part);
  const auto out = stable(unicode::utf16_of(part));
  if (!out) return {};
  return unicode::utf8_of(*out);
}

}  // namespace

std::optional<std::string> username_case_mapped(std::string_view utf8) {
  if (!is_utf8(utf8)) return {};
  std::string out;
  for (;;) {
    const std::size_t blank = utf8.find(' ');
    const auto part = part_mapped(utf8.substr(0, blank));
    if (!part) return {};
    out += *part;
    if (blank == std::string_view::npos) return out;
    out.push_back(' ');
    utf8.remove_prefix(blank + 1);
  }
}

}  // namespace gatehouse::text
