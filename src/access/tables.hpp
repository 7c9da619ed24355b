// Open-addressing tables for ids: linear probing, a power of two of slots, at most 0.7 of them taken, no tombstones.
// They
// exist because a node of std::unordered_map costs three times what is in it.
//
// Refuse the nil id, which marks the empty slot.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace gatehouse::access {

// Spreads hashes whose difference is in the upper bits only. Takes the top `bits`.
inline std::size_t slot_of(std::uint64_t hash, unsigned shift) {
  return static_cast<std::size_t>(((hash ^ (hash >> 32U)) * 0xD6E8FEB86659FD93ULL) >> shift);
}

// What both tables share: Slot is a value with an `empty` state; Of tells the table about it.
template <class Slot, class Of>
class OpenTable {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t bytes() const { return slots_.capacity() * sizeof(Slot); }
  [[nodiscard]] const std::vector<Slot>& slots() const { return slots_; }

  template <class Key>
  [[nodiscard]] const Slot* find(const Key& key, const Of& of) const {
    if (slots_.empty()) return nullptr;
    for (std::size_t at = slot_of(of.hash(key), shift_);; at = (at + 1) & mask()) {
      if (of.empty(slots_[at])) return nullptr;
      if (of.is(slots_[at], key)) return &slots_[at];
    }
  }
  // Precondition: its key is not there yet.
  void insert(Slot slot, const Of& of) {
    if (slots_.empty() || (size_ + 1) * 10 > slots_.size() * 7) grow(slots_.empty() ? 16 : slots_.size() * 2, of);
    place(std::move(slot), of);
    ++size_;
  }
  void erase(const Slot* slot, const Of& of) {
    auto hole = static_cast<std::size_t>(slot - slots_.data());
    // What follows moves up into the hole unless it would then stand before its own place.
    for (std::size_t at = (hole + 1) & mask(); !of.empty(slots_[at]); at = (at + 1) & mask()) {
      const auto home = slot_of(of.hash_of(slots_[at]), shift_);
      if (((at - home) & mask()) < ((at - hole) & mask())) continue;
      slots_[hole] = std::move(slots_[at]);
      hole = at;
    }
    slots_[hole] = Slot();
    --size_;
  }
  void reserve(std::size_t count, const Of& of) {
    const auto wanted = std::bit_ceil(count * 10 / 7 + 1);
    if (wanted > slots_.size()) grow(wanted, of);
  }

 private:
  [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }
  void place(Slot slot, const Of& of) {
    auto at = slot_of(of.hash_of(slot), shift_);
    while (!of.empty(slots_[at])) at = (at + 1) & mask();
    slots_[at] = std::move(slot);
  }
  void grow(std::size_t to, const Of& of) {
    auto before = std::exchange(slots_, std::vector<Slot>(to));
    shift_ = 64U - static_cast<unsigned>(std::countr_zero(to));
    for (auto& slot : before) {
      if (!of.empty(slot)) place(std::move(slot), of);
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
  unsigned shift_ = 64;
};

// Values that know their own key: `id`.
template <class Value>
class IdMap {
 public:
  using Key = decltype(Value::id);

  [[nodiscard]] const Value* find(const Key& key) const { return key.is_nil() ? nullptr : table_.find(key, Of{}); }
  void put(Value value) {
    if (const auto* there = find(value.id)) {
      const_cast<Value&>(*there) = std::move(value);
    } else if (!value.id.is_nil()) {
      table_.insert(std::move(value), Of{});
    }
  }
  void erase(const Key& key) {
    if (const auto* there = find(key)) table_.erase(there, Of{});
  }

 private:
  struct Of {
    [[nodiscard]] bool empty(const Value& value) const { return value.id.is_nil(); }
    [[nodiscard]] bool is(const Value& value, const Key& key) const { return value.id == key; }
    [[nodiscard]] std::uint64_t hash(const Key& key) const { return key.hash(); }
    [[nodiscard]] std::uint64_t hash_of(const Value& value) const { return value.id.hash(); }
  };
  OpenTable<Value, Of> table_;
};

// Four bytes a slot: numbers whose ids are found through `IdOf` (id by number), which the caller keeps.
template <class IdOf>
class NumberTable {
 public:
  template <class Key>
  [[nodiscard]] std::uint32_t find(const Key& id, const IdOf& id_of) const {
    const auto* slot = table_.find(id, Of{id_of});
    return slot == nullptr ? 0 : *slot;
  }
  void insert(std::uint32_t no, const IdOf& id_of) { table_.insert(no, Of{id_of}); }
  void erase(std::uint32_t no, const IdOf& id_of) {
    const auto* slot = table_.find(ByNumber{no}, Of{id_of});
    if (slot != nullptr) table_.erase(slot, Of{id_of});
  }
  [[nodiscard]] std::size_t bytes() const { return table_.bytes(); }
  [[nodiscard]] std::size_t size() const { return table_.size(); }

 private:
  struct ByNumber {
    std::uint32_t no;
  };
  struct Of {
    const IdOf& id_of;
    [[nodiscard]] bool empty(std::uint32_t no) const { return no == 0; }
    template <class Key>
    [[nodiscard]] bool is(std::uint32_t no, const Key& key) const {
      return id_of(no) == key;
    }
    [[nodiscard]] bool is(std::uint32_t no, ByNumber key) const { return no == key.no; }
    template <class Key>
    [[nodiscard]] std::uint64_t hash(const Key& key) const {
      return key.hash();
    }
    [[nodiscard]] std::uint64_t hash(ByNumber key) const { return id_of(key.no).hash(); }
    [[nodiscard]] std::uint64_t hash_of(std::uint32_t no) const { return id_of(no).hash(); }
  };
  OpenTable<std::uint32_t, Of> table_;
};

}  // namespace gatehouse::access
