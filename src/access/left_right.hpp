// Left-right: two instances of one thing. Readers use the published one and never wait; the one writer works on the
// other,
// swaps them, waits until nobody reads the old one, and brings it level. (Ramalhete and Correia, "Left-Right", 2013.)
//
// Refuses to synchronise writers, or to be published from within a read: that would wait for itself.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>

namespace gatehouse::access {

// Each thread owns one reader slot while it lives, so that registering is one exchange and leaving a plain store. The
// last
// slot is for all threads beyond, who pay an atomic addition each way instead.
inline constexpr unsigned kReaderSlots = 64;
inline constexpr unsigned kSharedSlot = kReaderSlots - 1;
inline thread_local constinit unsigned thread_reader_slot = kReaderSlots;  // not claimed yet
void claim_reader_slot();

template <class Side>
class LeftRight {
 public:
  // Wait-free; may be nested.
  template <class Use>
  void read(Use&& use) const {
    const Reading reading(*this);
    use(sides_[published_.load(std::memory_order_seq_cst)]);
  }

  // The writer's.
  [[nodiscard]] Side& working() { return sides_[1 - published_.load(std::memory_order_relaxed)]; }
  [[nodiscard]] const Side& working() const { return sides_[1 - published_.load(std::memory_order_relaxed)]; }
  [[nodiscard]] const Side& published() const { return sides_[published_.load(std::memory_order_relaxed)]; }
  // What was working is published; returns when nobody reads what was published before, which now is the working side.
  void swap() {
    published_.store(1 - published_.load(std::memory_order_relaxed), std::memory_order_seq_cst);
    // Readers that registered under the other version may have picked either side. New ones go to the version that is
    // empty, so that this wait ends however many keep coming.
    const unsigned version = version_.load(std::memory_order_relaxed);
    wait_until_left(1 - version);
    version_.store(1 - version, std::memory_order_seq_cst);
    wait_until_left(version);
  }

 private:
  struct alignas(64) Slot {
    std::array<std::atomic<std::uint32_t>, 2> readers{};  // by version
  };

  class Reading {
   public:
    explicit Reading(const LeftRight& of) {
      if (thread_reader_slot == kReaderSlots) claim_reader_slot();
      shared_ = thread_reader_slot == kSharedSlot;
      auto& slot = of.slots_[thread_reader_slot];
      count_ = &slot.readers[of.version_.load(std::memory_order_seq_cst)];
      if (shared_) {
        count_->fetch_add(1, std::memory_order_seq_cst);
      } else {
        count_->store(count_->load(std::memory_order_relaxed) + 1, std::memory_order_seq_cst);
      }
    }
    ~Reading() {
      if (shared_) {
        count_->fetch_sub(1, std::memory_order_release);
      } else {
        count_->store(count_->load(std::memory_order_relaxed) - 1, std::memory_order_release);
      }
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

   private:
    std::atomic<std::uint32_t>* count_;
    bool shared_;
  };

  void wait_until_left(unsigned version) const {
    for (const auto& slot : slots_) {
      for (int spins = 0; slot.readers[version].load(std::memory_order_seq_cst) != 0; ++spins) {
        if (spins > 64) std::this_thread::yield();
      }
    }
  }

  std::array<Side, 2> sides_;
  alignas(64) std::atomic<unsigned> published_{0};
  std::atomic<unsigned> version_{0};
  mutable std::array<Slot, kReaderSlots> slots_;
};

}  // namespace gatehouse::access
