#include "base/similarity.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

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

std::uint64_t lowest(std::size_t count) { return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1; }

constexpr std::uint32_t kNowhere = UINT32_MAX;  // beyond any place

// What one comparison writes down.
struct LargeRoom {
  LargeRoom(std::size_t rest, std::size_t own, std::size_t distinct) : letters(rest), free(distinct + 1), taken(own) {}
  std::vector<std::uint32_t> letters;  // of the other text, behind the prefix
  std::vector<std::uint32_t> free;     // first place of each letter that may still be taken
  std::vector<std::uint8_t> taken;     // by place
};

}  // namespace

// The same without allocating. Written before it is read.
struct Similar::SmallRoom {
  std::array<std::uint32_t, kSmall> letters;
  std::array<std::uint32_t, kSmall + 1> free;
  std::array<std::uint8_t, kSmall> taken;
};

Similar::Similar(std::string_view key) : key_(key) {
  const auto count = points_in(key);
  if (!is_ascii(key)) others_.resize(std::bit_ceil(2 * count));
  letters_.reserve(count);
  for (auto rest = key; !rest.empty();) letters_.push_back(learn(take_point(rest)));
  first_.assign(distinct_ + 1, kNowhere);
  next_.assign(count, kNowhere);
  for (auto at = static_cast<std::uint32_t>(count); at-- > 0;) {
    next_[at] = std::exchange(first_[letters_[at]], at);
    if (count <= kWord) places_[letters_[at]] |= std::uint64_t{1} << at;
  }
}

std::uint32_t Similar::learn(char32_t point) {
  if (const auto known = letter_of(point)) return known;
  ++distinct_;
  if (point < ascii_.size()) {
    ascii_[point] = distinct_;
  } else {
    auto slot = point & (others_.size() - 1);
    while (others_[slot].letter != 0) slot = (slot + 1) & (others_.size() - 1);
    others_[slot] = {point, distinct_};
  }
  return distinct_;
}

// At most half of the slots are taken.
std::uint32_t Similar::letter_of(char32_t point) const {
  if (point < ascii_.size()) return ascii_[point];
  if (others_.empty()) return 0;
  for (auto slot = point & (others_.size() - 1); others_[slot].letter != 0; slot = (slot + 1) & (others_.size() - 1)) {
    if (others_[slot].point == point) return others_[slot].letter;
  }
  return 0;
}

double Similar::to(std::string_view other, double at_least) const {
  if (other == key_) return 1;
  if (other.empty() || key_.empty()) return 0;
  // The beginning that both share is matched letter by letter with itself, and is not looked at again.
  const auto same = common_prefix(key_, other);
  const auto rest = other.substr(same);
  const bool ascii = is_ascii(other);
  const auto prefix = ascii ? same : points_in(other.substr(0, same));
  const Lengths lengths{prefix, letters_.size(), prefix + (ascii ? rest.size() : points_in(rest))};
  const auto needed = fewest_matches(lengths.own, lengths.other, prefix, at_least);
  if (std::min(lengths.own, lengths.other) < needed) return 0;
  if (lengths.own <= kSmall && lengths.other <= kSmall) {
    SmallRoom room;
    return compare(room, rest, ascii, lengths, needed);
  }
  LargeRoom room(lengths.other - prefix, lengths.own, distinct_);
  return compare(room, rest, ascii, lengths, needed);
}

template <class Room>
double Similar::compare(Room& room, std::string_view rest, bool ascii, const Lengths& lengths,
                        std::size_t needed) const {
  std::size_t known = lengths.prefix;
  if (ascii) {
    for (std::size_t i = 0; i < rest.size(); ++i) {
      room.letters[i] = ascii_[static_cast<unsigned char>(rest[i])];
      known += room.letters[i] != 0 ? 1 : 0;
    }
  } else {
    for (std::size_t i = 0; !rest.empty(); ++i) {
      room.letters[i] = letter_of(take_point(rest));
      known += room.letters[i] != 0 ? 1 : 0;
    }
  }
  if (known < needed) return 0;
  const auto found = lengths.own <= kWord ? by_words(room, lengths) : by_lists(room, lengths);
  const auto matches = lengths.prefix + found.letters;
  if (matches < needed) return 0;
  return boosted(jaro(lengths.own, lengths.other, matches, found.displaced / 2), lengths.prefix);
}

// Each letter of the other text in turn takes the first place of the same letter within reach that is free. In both ways
// to do so, the letters that found one move to the front of the room's, to be compared with those of the places.

template <class Room>
Similar::Matched Similar::by_words(Room& room, const Lengths& lengths) const {
  const auto [prefix, own, other] = lengths;
  const auto reach = reach_of(own, other);
  std::uint64_t taken = lowest(prefix);
  std::uint64_t window = lowest(prefix + reach + 1);
  if (prefix > reach) window &= ~lowest(prefix - reach);
  std::size_t count = 0;
  for (std::size_t at = prefix; at < other; ++at) {
    const auto letter = room.letters[at - prefix];
    const auto free = places_[letter] & window & ~taken;
    taken |= free & (0 - free);
    room.letters[count] = letter;
    count += free != 0 ? 1 : 0;
    window = (window << 1U) | (at < reach ? 1 : 0);
  }
  std::size_t displaced = 0;
  auto left = taken & ~lowest(prefix);
  for (std::size_t i = 0; i < count; ++i) {
    const auto first = left & (0 - left);
    displaced += (places_[room.letters[i]] & first) == 0 ? 1 : 0;
    left ^= first;
  }
  return {count, displaced};
}

// The places that are asked for ascend, so one that was passed over once is never looked at again.
template <class Room>
Similar::Matched Similar::by_lists(Room& room, const Lengths& lengths) const {
  const auto [prefix, own, other] = lengths;
  const auto reach = reach_of(own, other);
  std::copy(first_.begin(), first_.end(), room.free.begin());
  std::fill_n(room.taken.begin(), own, std::uint8_t{0});
  // By pointers of their own: what is written as bytes could otherwise be any of them.
  auto* const letters = room.letters.data();
  auto* const free = room.free.data();
  auto* const taken = room.taken.data();
  const auto* const next = next_.data();
  std::size_t count = 0;
  for (std::size_t at = prefix; at < other; ++at) {
    const auto letter = letters[at - prefix];
    const auto first = at < prefix + reach ? prefix : at - reach;
    auto place = free[letter];
    while (place < first) place = next[place];
    if (place <= at + reach) {
      taken[place] = 1;
      letters[count++] = letter;
      place = next[place];
    }
    free[letter] = place;
  }
  std::size_t displaced = 0;
  for (std::size_t place = prefix, i = 0; i < count; ++place) {
    displaced += taken[place] & static_cast<unsigned>(letters_[place] != letters[i]);
    i += taken[place];
  }
  return {count, displaced};
}

}  // namespace gatehouse::text
