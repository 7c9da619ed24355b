#include "base/similarity.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace gatehouse::text {
namespace {

constexpr double kTenth = 0.1;
constexpr std::size_t kMostPrefix = 4;
constexpr double kBoostAbove = 0.7;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Takes the first code point off `rest`, which is not empty: a byte and what continues it.
char32_t take_point(std::string_view& rest) {
  const auto first = static_cast<unsigned char>(rest.front());
  char32_t point = first < 0xC0 ? first : first < 0xE0 ? first & 0x1FU : first < 0xF0 ? first & 0x0FU : first & 0x07U;
  std::size_t size = 1;
  for (; size < rest.size() && is_continuation(rest[size]); ++size) {
    point = (point << 6U) | (static_cast<unsigned char>(rest[size]) & 0x3FU);
  }
  rest.remove_prefix(size);
  return point;
}

// As many as take_point takes.
std::size_t points_in(std::string_view text) {
  const auto starts = std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); });
  return static_cast<std::size_t>(starts) + (!text.empty() && is_continuation(text.front()) ? 1 : 0);
}

bool is_ascii(std::string_view bytes) {
  std::uint64_t all = 0;
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    all |= word;
  }
  for (; at < bytes.size(); ++at) all |= static_cast<unsigned char>(bytes[at]);
  return (all & 0x8080808080808080ULL) == 0;
}

// Bytes at the start that are the same in both, whole code points only.
std::size_t common_prefix(std::string_view a, std::string_view b) {
  const auto end = std::min(a.size(), b.size());
  std::size_t at = 0;
  while (at < end && a[at] == b[at]) ++at;
  while (at > 0 && ((at < a.size() && is_continuation(a[at])) || (at < b.size() && is_continuation(b[at])))) --at;
  return at;
}

double jaro(std::size_t a, std::size_t b, std::size_t matches, std::size_t transpositions) {
  if (matches == 0) return 0;
  const auto m = static_cast<double>(matches);
  const double shares = m / static_cast<double>(a) + m / static_cast<double>(b);
  return (shares + (m - static_cast<double>(transpositions)) / m) / 3;
}

double boosted(double jaro, std::size_t prefix) {
  if (jaro <= kBoostAbove) return jaro;
  return jaro + static_cast<double>(std::min(prefix, kMostPrefix)) * kTenth * (1 - jaro);
}

// The fewest letters in common with which the similarity can be `at_least`, were none of them out of order. More than
// there are letters when it cannot.
std::size_t fewest_matches(std::size_t a, std::size_t b, std::size_t prefix, double at_least) {
  const double boost = static_cast<double>(std::min(prefix, kMostPrefix)) * kTenth;
  const double needed = (at_least - boost) / (1 - boost);  // of Jaro's
  const double share = static_cast<double>(a) * static_cast<double>(b) / static_cast<double>(a + b);
  // Rounding must not lose one that just reaches it.
  return static_cast<std::size_t>(std::max(0.0, std::ceil((3 * needed - 1) * share - 1e-6)));
}

// How far apart two places of the same letter may be.
std::size_t reach_of(std::size_t a, std::size_t b) {
  const auto half = std::max(a, b) / 2;
  return half == 0 ? 0 : half - 1;
}

template <class Word>
Word lowest(std::size_t count) {
  return count >= sizeof(Word) * 8 ? ~Word{0} : (Word{1} << count) - 1;
}

}  // namespace

Similar::Similar(std::string_view key) : key_(key) {
  for (auto rest = key; !rest.empty();) points_.push_back(take_point(rest));
  if (points_.size() > kMaxPoints) return;
  for (std::size_t at = 0; at < points_.size(); ++at) learn(points_[at], at);
}

void Similar::learn(char32_t point, std::size_t at) {
  auto symbol = symbol_of(point);
  if (symbol == 0) {
    symbol = ++symbols_;
    if (point < 128) {
      ascii_[point] = symbol;
    } else {
      auto slot = point % kSlots;
      while (others_[slot].point != 0) slot = (slot + 1) % kSlots;
      others_[slot] = {point, symbol};
    }
  }
  if (at < 64) narrow_[symbol] |= std::uint64_t{1} << at;
  wide_[symbol] |= Wide{1} << at;
}

// At most half of the slots are taken.
std::uint8_t Similar::symbol_of(char32_t point) const {
  if (point < 128) return ascii_[point];
  for (auto slot = point % kSlots; others_[slot].point != 0; slot = (slot + 1) % kSlots) {
    if (others_[slot].point == point) return others_[slot].symbol;
  }
  return 0;
}

double Similar::to(std::string_view other, double at_least) const {
  if (other == key_) return 1;
  if (other.empty() || key_.empty()) return 0;
  // The beginning that both share is matched letter by letter with itself, and is not looked at again.
  const auto same = common_prefix(key_, other);
  const bool ascii = is_ascii(other);
  const auto prefix = ascii ? same : points_in(other.substr(0, same));
  auto rest = other.substr(same);
  const auto count = prefix + (ascii ? rest.size() : points_in(rest));
  const auto own = points_.size();
  if (own > kMaxPoints || count > kMaxPoints) return slow(other);
  const auto needed = fewest_matches(own, count, prefix, at_least);
  if (std::min(own, count) < needed) return 0;
  Symbols symbols;  // of the rest; written before they are read
  std::size_t known = prefix;
  for (std::size_t i = 0; i < count - prefix; ++i) {
    symbols[i] = ascii ? ascii_[static_cast<unsigned char>(rest[i])] : symbol_of(take_point(rest));
    known += symbols[i] != 0 ? 1 : 0;
  }
  if (known < needed) return 0;
  return own <= 64 ? matched<std::uint64_t>(symbols, prefix, count, needed)
                   : matched<Wide>(symbols, prefix, count, needed);
}

template <class Word>
double Similar::matched(Symbols& symbols, std::size_t prefix, std::size_t count, std::size_t needed) const {
  const auto places = [this](std::uint8_t symbol) -> Word {
    if constexpr (sizeof(Word) == sizeof(Wide)) {
      return wide_[symbol];
    } else {
      return narrow_[symbol];
    }
  };
  const auto own = points_.size();
  const auto reach = reach_of(own, count);
  Word taken = lowest<Word>(prefix);
  Word window = lowest<Word>(prefix + reach + 1);
  if (prefix > reach) window &= ~lowest<Word>(prefix - reach);
  std::size_t found = 0;  // behind the prefix; the symbols that matched move to the front
  for (std::size_t at = prefix; at < count; ++at) {
    const auto symbol = symbols[at - prefix];
    const Word free = places(symbol) & window & ~taken;
    taken |= free & (Word{0} - free);
    symbols[found] = symbol;
    found += free != 0 ? 1 : 0;
    window = (window << 1U) | Word{at < reach ? 1U : 0U};
  }
  const auto matches = prefix + found;
  if (matches < needed || matches == 0) return 0;
  std::size_t displaced = 0;
  Word left = taken & ~lowest<Word>(prefix);
  for (std::size_t i = 0; i < found; ++i) {
    const Word first = left & (Word{0} - left);
    displaced += (places(symbols[i]) & first) == 0 ? 1 : 0;
    left ^= first;
  }
  return boosted(jaro(own, count, matches, displaced / 2), prefix);
}

// Straight from the definition, for texts of any length.
double Similar::slow(std::string_view other) const {
  std::vector<char32_t> points;
  for (auto rest = other; !rest.empty();) points.push_back(take_point(rest));
  const auto own = points_.size();
  const auto reach = reach_of(own, points.size());
  std::vector<bool> taken(own);
  std::vector<char32_t> found;
  for (std::size_t at = 0; at < points.size(); ++at) {
    const auto end = std::min(own, at + reach + 1);
    for (std::size_t i = at > reach ? at - reach : 0; i < end; ++i) {
      if (taken[i] || points_[i] != points[at]) continue;
      taken[i] = true;
      found.push_back(points[at]);
      break;
    }
  }
  std::size_t displaced = 0;
  auto next = found.begin();
  for (std::size_t i = 0; i < own; ++i) {
    if (taken[i]) displaced += points_[i] != *next++ ? 1 : 0;
  }
  const auto differ = std::mismatch(points_.begin(), points_.end(), points.begin(), points.end()).first;
  const auto prefix = static_cast<std::size_t>(differ - points_.begin());
  return boosted(jaro(own, points.size(), found.size(), displaced / 2), prefix);
}

}  // namespace gatehouse::text
