#include "access/user_block.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>
#include <utility>

namespace gatehouse::access {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20U;

std::size_t size_of(std::size_t entries) { return sizeof(UserBlock) + entries * sizeof(BlockEntry); }

const UserBlock* place(void* memory, const UserId& id, std::uint32_t head, std::span<const BlockEntry> entries) {
  auto* block = new (memory) UserBlock{id, head | static_cast<std::uint32_t>(entries.size())};
  std::uninitialized_copy(entries.begin(), entries.end(), reinterpret_cast<BlockEntry*>(block + 1));
  return block;
}

}  // namespace

const BlockEntry* UserBlock::find(std::uint32_t organization) const {
  const auto* at = std::lower_bound(begin(), end(), organization,
                                    [](const BlockEntry& entry, std::uint32_t no) { return entry.organization < no; });
  return at != end() && at->organization == organization ? at : nullptr;
}

void UserBlocks::FreeChunk::operator()(std::byte* chunk) const {
  ::operator delete(chunk, std::align_val_t(kHugePage));
}

std::byte* UserBlocks::take(std::size_t bytes) {
  if (bytes > left_) {
    const auto size = (bytes + kHugePage - 1) / kHugePage * kHugePage;
    chunks_.emplace_back(static_cast<std::byte*>(::operator new(size, std::align_val_t(kHugePage))));
    next_ = chunks_.back().get();
    left_ = size;
    arena_bytes_ += size;
    // A cold check then misses the cache but not the TLB as well. Where the kernel declines, nothing is lost.
    (void)::madvise(next_, size, MADV_HUGEPAGE);
  }
  left_ -= bytes;
  return std::exchange(next_, next_ + bytes);
}

const UserBlock* UserBlocks::make(const UserId& id, bool active, std::span<const BlockEntry> entries) {
  const auto size = size_of(entries.size());
  malloc_bytes_ += size;
  return place(::operator new(size), id, active ? UserBlock::kActive : 0, entries);
}

const UserBlock* UserBlocks::make_in_arena(const UserId& id, bool active, std::span<const BlockEntry> entries) {
  return place(take(size_of(entries.size())), id, (active ? UserBlock::kActive : 0) | UserBlock::kInArena, entries);
}

void UserBlocks::free(const UserBlock* block) {
  if (block == nullptr || block->in_arena()) return;
  malloc_bytes_ -= size_of(block->count());
  ::operator delete(const_cast<UserBlock*>(block));
}

}  // namespace gatehouse::access
