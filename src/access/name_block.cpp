#include "access/name_block.hpp"

#include <cstring>
#include <new>
#include <utility>

namespace gatehouse::access {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10U;

bool is_kept(std::string_view key) { return !key.empty() && key.size() <= NameBlocks::kMaxKey; }

// Rounded up, so that the next one in an arena is aligned.
std::size_t size_of(std::string_view key) {
  return (sizeof(NameBlock) + key.size() + alignof(NameBlock) - 1) / alignof(NameBlock) * alignof(NameBlock);
}

const NameBlock* place(void* memory, std::string_view key, std::uint16_t flags) {
  auto* block = new (memory) NameBlock{static_cast<std::uint16_t>(flags | key.size())};
  std::memcpy(block + 1, key.data(), key.size());
  return block;
}

}  // namespace

const NameBlock* NameBlocks::make(std::string_view key) {
  if (!is_kept(key)) return nullptr;
  const auto size = size_of(key);
  malloc_bytes_ += size;
  return place(::operator new(size), key, 0);
}

const NameBlock* NameBlocks::make_in_arena(std::string_view key) {
  if (!is_kept(key)) return nullptr;
  const auto size = size_of(key);
  if (size > left_) {
    chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(kChunk));
    next_ = chunks_.back().get();
    left_ = kChunk;
    arena_bytes_ += kChunk;
  }
  left_ -= size;
  return place(std::exchange(next_, next_ + size), key, NameBlock::kInArena);
}

void NameBlocks::free(const NameBlock* block) {
  if (block == nullptr || block->in_arena()) return;
  malloc_bytes_ -= size_of(block->key());
  ::operator delete(const_cast<NameBlock*>(block));
}

}  // namespace gatehouse::access
