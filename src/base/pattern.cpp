#include "base/pattern.hpp"

#include <unicode/uregex.h>

#include <string>
#include <utility>

#include "base/text.hpp"
#include "base/unicode.hpp"

namespace gatehouse {
namespace {

// In units of ten thousand steps of ICU's engine: half a millisecond for most patterns, five where each step is dear.
constexpr std::int32_t kMaxSteps = 4;
// What it may keep to go back to.
constexpr std::int32_t kMaxStackBytes = 1'000'000;

Error refused(std::string message) { return invalid_field("pattern.invalid", "pattern", std::move(message)); }

}  // namespace

void Pattern::Close::operator()(URegularExpression* regex) const { uregex_close(regex); }

Result<Pattern> Pattern::compile(std::string_view pattern) {
  if (pattern.empty()) return refused("The pattern is empty.");
  if (!text::is_utf8(pattern)) return refused("The pattern is not UTF-8.");
  if (text::length(pattern) > kMaxLength) {
    return refused("The pattern is longer than " + std::to_string(kMaxLength) + " characters.");
  }
  const std::u16string wide = unicode::utf16_of(pattern);
  UParseError where{};
  UErrorCode status = U_ZERO_ERROR;
  Regex regex(uregex_open(wide.data(), unicode::size_of(wide), UREGEX_ERROR_ON_UNKNOWN_ESCAPES, &where, &status));
  if (status == U_MEMORY_ALLOCATION_ERROR) unicode::must_succeed(status);
  if (U_FAILURE(status) || regex == nullptr) {
    return refused("The pattern is not a regular expression: character " + std::to_string(where.offset) +
                   " and what stands before it cannot be understood.");
  }
  return Pattern(std::move(regex));
}

bool Pattern::matches(std::string_view text) const {
  if (text.size() > kMaxText || !text::is_utf8(text)) return false;
  const std::u16string wide = unicode::utf16_of(text);
  UErrorCode status = U_ZERO_ERROR;
  // A clone shares what was compiled, and has a place of its own in the text.
  const Regex regex(uregex_clone(regex_.get(), &status));
  uregex_setTimeLimit(regex.get(), kMaxSteps, &status);
  uregex_setStackLimit(regex.get(), kMaxStackBytes, &status);
  uregex_setText(regex.get(), wide.data(), unicode::size_of(wide), &status);
  const bool matched = uregex_matches(regex.get(), 0, &status) != 0;
  if (status == U_REGEX_TIME_OUT || status == U_REGEX_STACK_OVERFLOW) return false;
  unicode::must_succeed(status);
  return matched;
}

}  // namespace gatehouse
