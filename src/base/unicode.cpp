#include "base/unicode.hpp"

#include <unicode/uchar.h>
#include <unicode/ustring.h>

#include <new>
#include <stdexcept>

namespace gatehouse::unicode {
namespace {

const UNormalizer2& instance(const UNormalizer2* (*get)(UErrorCode*)) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* const form = get(&status);
  must_succeed(status);
  return *form;
}

}  // namespace

void must_succeed(UErrorCode status) {
  if (U_SUCCESS(status)) return;
  if (status == U_MEMORY_ALLOCATION_ERROR) throw std::bad_alloc();
  throw std::runtime_error(std::string("ICU: ") + u_errorName(status));
}

std::u16string utf16_of(std::string_view utf8) {
  std::u16string out(utf8.size(), u'\0');  // never more units than bytes
  std::int32_t size = 0;
  UErrorCode status = U_ZERO_ERROR;
  u_strFromUTF8(out.data(), size_of(out), &size, utf8.data(), static_cast<std::int32_t>(utf8.size()), &status);
  must_succeed(status);
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string utf8_of(std::u16string_view utf16) {
  std::string out(utf16.size() * 3, '\0');  // never more than three bytes of a unit
  std::int32_t size = 0;
  UErrorCode status = U_ZERO_ERROR;
  u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &size, utf16.data(), size_of(utf16), &status);
  must_succeed(status);
  out.resize(static_cast<std::size_t>(size));
  return out;
}

bool is_invisible(char32_t c) {
  if (c < 0x80) return false;
  const bool is_annotation = c >= 0xFFF9 && c <= 0xFFFB;
  return c == 0x2800 || is_annotation ||
         u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

const UNormalizer2& nfc() { return instance(unorm2_getNFCInstance); }
const UNormalizer2& nfkc() { return instance(unorm2_getNFKCInstance); }
const UNormalizer2& nfkc_casefold() { return instance(unorm2_getNFKCCasefoldInstance); }

bool is_normalized(const UNormalizer2& form, std::u16string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const bool is = unorm2_isNormalized(&form, text.data(), size_of(text), &status) != 0;
  must_succeed(status);
  return is;
}

std::u16string normalized(const UNormalizer2& form, std::u16string_view text) {
  return written_by(text.size() + 16, [&](char16_t* out, std::int32_t room, UErrorCode* status) {
    return unorm2_normalize(&form, text.data(), size_of(text), out, room, status);
  });
}

}  // namespace gatehouse::unicode
