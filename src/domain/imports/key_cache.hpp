// Remembers the numbers of keys seen lately, in bounded memory: two generations, the older one forgotten when the
// younger is full. What is asked again moves to the younger. Refuses to remember that a key is unknown.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gatehouse::domain {

class KeyCache {
 public:
  explicit KeyCache(std::size_t generation) : generation_(generation) {}

  // 0 when not remembered.
  std::uint32_t find(std::string_view key) {
    if (const auto at = young_.find(key); at != young_.end()) return at->second;
    const auto at = old_.find(key);
    if (at == old_.end()) return 0;
    const auto no = at->second;
    put(key, no);
    return no;
  }
  void put(std::string_view key, std::uint32_t no) {
    if (young_.size() >= generation_) {
      old_ = std::move(young_);
      young_ = {};
    }
    young_.insert_or_assign(std::string(key), no);
  }
  void clear() {
    young_.clear();
    old_.clear();
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Map = std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>>;
  std::size_t generation_;
  Map young_;
  Map old_;
};

}  // namespace gatehouse::domain
