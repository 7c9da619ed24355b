// What an organization's name is compared by (text::name_key): an immutable block that both sides of the graph share.
// With a pointer on each side, a name costs eighteen bytes and its key. All blocks of a load lie in one arena; later ones
// are allocated one by one.
//
// Refuses keys that are longer than any name's can be.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace gatehouse::access {

struct NameBlock {
  static constexpr std::uint16_t kInArena = 1U << 15U;

  std::uint16_t head;  // kInArena | bytes of the key, which follow

  [[nodiscard]] bool in_arena() const { return (head & kInArena) != 0; }
  [[nodiscard]] std::string_view key() const {
    return {reinterpret_cast<const char*>(this + 1), static_cast<std::size_t>(head & ~kInArena)};
  }
};
static_assert(sizeof(NameBlock) == 2);

// Where blocks come from. Refuses to know who still uses one: that is the graph's log.
class NameBlocks {
 public:
  static constexpr std::size_t kMaxKey = NameBlock::kInArena - 1;  // bytes; a hundred code points fold into far fewer

  NameBlocks() = default;
  NameBlocks(const NameBlocks&) = delete;
  NameBlocks& operator=(const NameBlocks&) = delete;

  // Null for an empty key and for one that is too long.
  const NameBlock* make(std::string_view key);
  const NameBlock* make_in_arena(std::string_view key);
  void free(const NameBlock* block);  // blocks of the arena stay; null is fine
  [[nodiscard]] std::size_t bytes() const { return arena_bytes_ + malloc_bytes_; }

 private:
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::size_t left_ = 0;  // in the last chunk
  std::byte* next_ = nullptr;
  std::size_t arena_bytes_ = 0;
  std::size_t malloc_bytes_ = 0;
};

}  // namespace gatehouse::access
