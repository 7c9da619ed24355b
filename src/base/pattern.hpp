// A regular expression that an administrator wrote, over a text that somebody sends: formats of identification numbers.
// The syntax is ICU's (Perl's in the main).
//
// Refuses patterns that are too long or not understood. A match has a budget: a pattern that takes exponential time for some
// text does not match that text, after a few milliseconds, and holds nobody longer.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "base/result.hpp"

struct URegularExpression;

namespace gatehouse {

class Pattern {
 public:
  static constexpr std::size_t kMaxLength = 200;  // code points of a pattern
  static constexpr std::size_t kMaxText = 256;    // bytes of a text; a longer one does not match

  // `pattern.invalid` on the field "pattern" otherwise, with the place where it stops being understood.
  static Result<Pattern> compile(std::string_view pattern);

  // The whole text, not a part of it. For any number of threads at once.
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  struct Close {
    void operator()(URegularExpression* regex) const;
  };
  using Regex = std::unique_ptr<URegularExpression, Close>;

  explicit Pattern(Regex regex) : regex_(std::move(regex)) {}

  Regex regex_;  // never matched with, only cloned
};

}  // namespace gatehouse
