// A set of accounts by number, a bit each: what a search found, to be counted, narrowed down and paged through.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "access/types.hpp"

namespace gatehouse::domain {

class UserSet {
 public:
  void add(UserNo no) {
    const std::size_t word = no.value / 64;
    if (word >= words_.size()) words_.resize(word + 1);
    const auto bit = std::uint64_t{1} << (no.value % 64);
    size_ += (words_[word] & bit) == 0 ? 1 : 0;
    words_[word] |= bit;
  }
  [[nodiscard]] bool contains(UserNo no) const {
    const std::size_t word = no.value / 64;
    return word < words_.size() && (words_[word] >> (no.value % 64) & 1U) != 0;
  }
  [[nodiscard]] std::int64_t size() const { return size_; }
  // Ascending.
  [[nodiscard]] std::vector<UserNo> numbers() const {
    std::vector<UserNo> numbers;
    numbers.reserve(static_cast<std::size_t>(size_));
    for (std::size_t word = 0; word < words_.size(); ++word) {
      for (auto bits = words_[word]; bits != 0; bits &= bits - 1) {
        numbers.push_back({static_cast<std::uint32_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(bits)))});
      }
    }
    return numbers;
  }

 private:
  std::vector<std::uint64_t> words_;
  std::int64_t size_ = 0;
};

}  // namespace gatehouse::domain
