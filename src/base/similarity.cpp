#include "base/similarity.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace gatehouse::text {
namespace {

constexpr double kTenth = 0.1;
constexpr std::size_t kMostPrefix = 4;
constexpr double kBoostAbove = 0.7;
constexpr double kRounding = 1e-6;

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

// As many as take_point takes. Eight bytes at a time: what continues has the upper bits 10.
std::size_t points_in(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  std::size_t continued = 0;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    continued += (((word >> 7U) & ~(word >> 6U) & kOnes) * kOnes) >> 56U;
  }
  for (; at < text.size(); ++at) continued += is_continuation(text[at]) ? 1 : 0;
  return text.size() - continued + (!text.empty() && is_continuation(text.front()) ? 1 : 0);
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

// How far apart two places of the same letter may be.
std::size_t reach_of(std::size_t a, std::size_t b) {
  const auto half = std::max(a, b) / 2;
  return half == 0 ? 0 : half - 1;
}

constexpr std::uint32_t kNowhere = UINT32_MAX;  // beyond any place

// What one comparison writes down.
struct LargeRoom {
  LargeRoom(std::size_t rest, std::size_t own, std::size_t distinct)
      : letters(rest), free(distinct + 1), taken(own + 1) {}
  std::vector<std::uint32_t> letters;  // of the other text, behind the prefix
  std::vector<std::uint32_t> free;     // first place of each letter that may still be taken
  std::vector<std::uint8_t> taken;     // by place; behind the last one is nobody's
};

}  // namespace

// The same without allocating. Written before it is read.
struct Similar::SmallRoom {
  std::array<std::uint32_t, kSmall> letters;
  std::array<std::uint32_t, kSmall + 1> free;
  std::array<std::uint8_t, kSmall + 1> taken;
};

// Rounding must not lose one that just reaches it, so both limits are a little wider than they are.
Similar::Needed::Needed(const Lengths& lengths, double at_least) {
  const double boost = static_cast<double>(std::min(lengths.prefix, kMostPrefix)) * kTenth;
  jaro = (at_least - boost) / (1 - boost);
  // The fewest with which it can be, were none of them out of order.
  const auto own = static_cast<double>(lengths.own);
  const auto other = static_cast<double>(lengths.other);
  const double fewest = (3 * jaro - 1) * own * other / (own + other) - kRounding;
  matches = fewest < 0 ? 0 : static_cast<std::size_t>(fewest) + 1;
}

std::size_t Similar::Needed::most_displaced(const Lengths& lengths, std::size_t matches_there) const {
  const auto m = static_cast<double>(matches_there);
  const double shares = m / static_cast<double>(lengths.own) + m / static_cast<double>(lengths.other);
  const auto transpositions = static_cast<std::size_t>(std::max(0.0, m * (1 + shares - 3 * jaro) + kRounding));
  return 2 * transpositions + 1;
}

Similar::Similar(std::string_view key) : key_(key) {
  const auto count = points_in(key);
  const bool ascii = std::all_of(key.begin(), key.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!ascii) others_.resize(std::bit_ceil(2 * count));
  letters_.reserve(count);
  for (auto rest = key; !rest.empty();) letters_.push_back(learn(take_point(rest)));
  first_.assign(distinct_ + 1, kNowhere);
  next_.assign(count + 1, kNowhere);
  for (auto at = static_cast<std::uint32_t>(count); at-- > 0;) next_[at] = std::exchange(first_[letters_[at]], at);
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
  const auto prefix = points_in(other.substr(0, same));
  const Lengths lengths{prefix, letters_.size(), prefix + points_in(rest)};
  const Needed needed(lengths, at_least);
  if (std::min(lengths.own, lengths.other) < needed.matches) return 0;
  if (lengths.own <= kSmall && lengths.other <= kSmall) {
    SmallRoom room;
    return compare(room, rest, lengths, needed);
  }
  LargeRoom room(lengths.other - prefix, lengths.own, distinct_);
  return compare(room, rest, lengths, needed);
}

template <class Room>
double Similar::compare(Room& room, std::string_view rest, const Lengths& lengths, const Needed& needed) const {
  if (lengths.prefix + read(room, rest, lengths.other - lengths.prefix) < needed.matches) return 0;
  const auto found = match(room, lengths);
  const auto matches = lengths.prefix + found;
  if (matches < needed.matches || matches == 0) return 0;
  const auto most = needed.most_displaced(lengths, matches);
  const auto* const letters = room.letters.data();
  std::size_t displaced = 0;
  for (std::size_t place = lengths.prefix, nth = 0; nth < found; ++place) {
    const unsigned taken = room.taken[place];
    displaced += taken & (letters_[place] != letters[nth] ? 1U : 0U);
    if (displaced > most) return 0;
    nth += taken;
  }
  return boosted(jaro(lengths.own, lengths.other, matches, displaced / 2), lengths.prefix);
}

// The letters of the rest by number; how many of them the key has at all.
template <class Room>
std::size_t Similar::read(Room& room, std::string_view rest, std::size_t count) const {
  std::size_t known = 0;
  auto* const letters = room.letters.data();
  for (std::size_t i = 0, at = 0; i < count; ++i) {
    const auto byte = static_cast<unsigned char>(rest[at]);
    if (byte < ascii_.size()) {
      letters[i] = ascii_[byte];
      ++at;
    } else {
      auto left = rest.substr(at);
      letters[i] = letter_of(take_point(left));
      at = rest.size() - left.size();
    }
    known += letters[i] != 0 ? 1 : 0;
  }
  return known;
}

// Each letter of the other text in turn takes the first place of the same letter within reach that is free; those that
// found one move to the front. The places that may be taken only ascend, so for each letter one look goes along its
// list, and what goes out of reach is passed over at that moment. Without a branch that nobody could foresee: these
// cost more than all the rest.
template <class Room>
std::size_t Similar::match(Room& room, const Lengths& lengths) const {
  const auto prefix = static_cast<std::uint32_t>(lengths.prefix);
  const auto own = static_cast<std::uint32_t>(lengths.own);
  const auto left = static_cast<std::uint32_t>(lengths.other) - prefix;
  const auto reach = static_cast<std::uint32_t>(reach_of(lengths.own, lengths.other));
  std::copy(first_.begin(), first_.end(), room.free.begin());
  std::fill_n(room.taken.begin(), own, std::uint8_t{0});
  // By pointers of their own: what is written as bytes could otherwise be any of them.
  auto* const letters = room.letters.data();
  auto* const free = room.free.data();
  auto* const taken = room.taken.data();
  const auto* const next = next_.data();
  const auto* const own_letters = letters_.data();
  for (std::uint32_t place = 0; place < prefix; ++place) free[own_letters[place]] = next[place];
  std::uint32_t found = 0;
  const auto take = [&](std::uint32_t i) {
    const auto letter = letters[i];
    const auto place = free[letter];
    const auto slot = std::min(place, own);
    const auto after = next[slot];
    const bool hit = place <= prefix + i + reach;
    taken[slot] = static_cast<std::uint8_t>(hit);
    free[letter] = hit ? after : place;
    letters[found] = letter;
    found += static_cast<std::uint32_t>(hit);
  };
  const auto near = std::min(left, reach + 1);  // these reach back to the prefix
  std::uint32_t i = 0;
  for (; i < near; ++i) take(i);
  for (auto gone = prefix; i < left && gone < own; ++i, ++gone) {
    auto& its = free[own_letters[gone]];
    const auto was = its;
    const auto after = next[gone];
    its = was == gone ? after : was;
    take(i);
  }
  return found;
}

}  // namespace gatehouse::text
