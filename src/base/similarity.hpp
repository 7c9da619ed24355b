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

// One text against many. The same both ways; of equal texts 1, of an empty and another one 0. In time by the sum of the
// lengths; up to 128 code points on both sides nothing is allocated.
//
// What is not UTF-8 is read as some letters or other.
class Similar {
 public:
  explicit Similar(std::string_view key);

  // When the similarity is below `at_least`, anything below it may be answered, which is quicker.
  [[nodiscard]] double to(std::string_view other, double at_least = 0) const;

 private:
  static constexpr std::size_t kSmall = 128;

  // A letter beyond ASCII, and which of the key's distinct letters it is.
  struct Other {
    char32_t point = 0;
    std::uint32_t letter = 0;  // 0: an empty slot
  };
  // Both lengths, with the beginning that is the same.
  struct Lengths {
    std::size_t prefix;
    std::size_t own;
    std::size_t other;
  };
  // What it takes to reach `at_least`.
  struct Needed {
    Needed(const Lengths& lengths, double at_least);
    [[nodiscard]] std::size_t most_displaced(const Lengths& lengths, std::size_t matches) const;
    double jaro;
    std::size_t matches;
  };
  struct SmallRoom;

  std::uint32_t learn(char32_t point);
  [[nodiscard]] std::uint32_t letter_of(char32_t point) const;
  template <class Room>
  [[nodiscard]] double compare(Room& room, std::string_view rest, const Lengths& lengths, const Needed& needed) const;
  template <class Room>
  [[nodiscard]] std::size_t read(Room& room, std::string_view rest, std::size_t count) const;
  template <class Room>
  [[nodiscard]] std::size_t match(Room& room, const Lengths& lengths) const;

  std::string key_;
  // The key's letters by number in order of appearance, from 1; 0 is no letter of the key.
  std::vector<std::uint32_t> letters_;
  std::array<std::uint32_t, 128> ascii_{};
  std::vector<Other> others_;
  std::uint32_t distinct_ = 0;
  std::vector<std::uint32_t> first_;  // place of each letter
  std::vector<std::uint32_t> next_;   // place of the same letter, from each place; one more than there are places
};

}  // namespace gatehouse::text
