#include "access/left_right.hpp"

#include <bit>

namespace gatehouse::access {
namespace {

std::atomic<std::uint64_t> claimed_slots{1ULL << kSharedSlot};  // a bit each

// Gives the slot back when its thread ends; what that thread still reads afterwards goes through the shared one.
struct Claim {
  unsigned slot = kSharedSlot;
  ~Claim() {
    thread_reader_slot = kSharedSlot;
    if (slot != kSharedSlot) claimed_slots.fetch_and(~(1ULL << slot), std::memory_order_acq_rel);
  }
};

}  // namespace

void claim_reader_slot() {
  thread_local Claim claim;
  auto claimed = claimed_slots.load(std::memory_order_acquire);
  while (claimed != ~0ULL) {
    const auto free = static_cast<unsigned>(std::countr_one(claimed));
    if (claimed_slots.compare_exchange_weak(claimed, claimed | (1ULL << free), std::memory_order_acq_rel)) {
      claim.slot = free;
      break;
    }
  }
  thread_reader_slot = claim.slot;
}

}  // namespace gatehouse::access
