// How alike two short texts are, from 0 to 1: Jaro–Winkler over Unicode code points (Winkler 1990, "String Comparator
// Metrics"). Jaro counts the letters that both have within half the longer length of each other, and how many of these
// stand in another order; Winkler adds a tenth of what is missing for each of the first four letters that are the same,
// but only above a Jaro similarity of 0.7, where he found that a shared beginning means something.
//
// Refuses to fold or normalize anything: compare keys (text::name_key), not what people typed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::text {

// One text against many. The same both ways; of equal texts 1, of an empty and another one 0. Up to 128 code points on
// both sides nothing is allocated and the letters are matched a machine word at a time (Hyyrö's bit-parallel matching,
// as in RapidFuzz); longer ones take time by the product of their lengths.
//
// What is not UTF-8 is read as some letters or other.
class Similar {
 public:
  explicit Similar(std::string_view key);

  // When the similarity is below `at_least`, anything below it may be answered, which is quicker.
  [[nodiscard]] double to(std::string_view other, double at_least = 0) const;

 private:
  static constexpr std::size_t kMaxPoints = 128;
  using Wide = unsigned __int128;
  using Symbols = std::array<std::uint8_t, kMaxPoints>;

  // A letter beyond ASCII, and which of the key's distinct letters it is.
  struct Other {
    char32_t point = 0;  // 0: an empty slot
    std::uint8_t symbol = 0;
  };
  static constexpr std::size_t kSlots = 256;

  [[nodiscard]] std::uint8_t symbol_of(char32_t point) const;
  void learn(char32_t point, std::size_t at);
  [[nodiscard]] double slow(std::string_view other) const;
  template <class Word>
  [[nodiscard]] double matched(Symbols& symbols, std::size_t prefix, std::size_t count, std::size_t needed) const;

  std::string key_;
  std::vector<char32_t> points_;
  // Symbol 0: not a letter of the key. Where each symbol stands in the key, as bits.
  std::array<std::uint8_t, 128> ascii_{};
  std::array<Other, kSlots> others_{};
  std::uint8_t symbols_ = 0;
  std::array<std::uint64_t, kMaxPoints + 1> narrow_{};  // keys of at most 64 code points
  std::array<Wide, kMaxPoints + 1> wide_{};             // longer ones
};

}  // namespace gatehouse::text
