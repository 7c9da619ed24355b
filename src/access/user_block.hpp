// What one user holds: an immutable block that both sides of the graph share. All blocks of a load lie in one arena,
// twenty
// bytes a user and eight a membership; later ones are allocated one by one.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "access/types.hpp"

namespace gatehouse::access {

struct BlockEntry {
  static constexpr std::uint32_t kMember = 1U << 31U;

  std::uint32_t organization;
  std::uint32_t bits;  // kMember | roleset

  [[nodiscard]] bool member() const { return (bits & kMember) != 0; }
  [[nodiscard]] std::uint32_t roleset() const { return bits & ~kMember; }
  bool operator==(const BlockEntry&) const = default;
};

struct UserBlock {
  static constexpr std::uint32_t kActive = 1U << 31U;
  static constexpr std::uint32_t kInArena = 1U << 30U;

  UserId id;
  std::uint32_t head;  // kActive | kInArena | count

  [[nodiscard]] bool active() const { return (head & kActive) != 0; }
  [[nodiscard]] bool in_arena() const { return (head & kInArena) != 0; }
  [[nodiscard]] std::uint32_t count() const { return head & ~(kActive | kInArena); }
  // Sorted by organization.
  [[nodiscard]] const BlockEntry* begin() const { return reinterpret_cast<const BlockEntry*>(this + 1); }
  [[nodiscard]] const BlockEntry* end() const { return begin() + count(); }
  [[nodiscard]] const BlockEntry* find(std::uint32_t organization) const;
};
static_assert(sizeof(UserBlock) == 20 && alignof(UserBlock) == 4 && sizeof(BlockEntry) == 8);

// Where blocks come from. Refuses to know who still uses one: that is the graph's log.
class UserBlocks {
 public:
  UserBlocks() = default;
  UserBlocks(const UserBlocks&) = delete;
  UserBlocks& operator=(const UserBlocks&) = delete;

  const UserBlock* make(const UserId& id, bool active, std::span<const BlockEntry> entries);
  const UserBlock* make_in_arena(const UserId& id, bool active, std::span<const BlockEntry> entries);
  void free(const UserBlock* block);  // blocks of the arena stay; null is fine
  [[nodiscard]] std::size_t bytes() const { return arena_bytes_ + malloc_bytes_; }

 private:
  struct FreeChunk {
    void operator()(std::byte* chunk) const;
  };
  std::byte* take(std::size_t bytes);

  std::vector<std::unique_ptr<std::byte, FreeChunk>> chunks_;
  std::size_t left_ = 0;  // in the last chunk
  std::byte* next_ = nullptr;
  std::size_t arena_bytes_ = 0;
  std::size_t malloc_bytes_ = 0;
};

}  // namespace gatehouse::access
