// Unpredictable bytes as a parameter, so that tests can repeat themselves.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gatehouse {

class Random {
 public:
  virtual ~Random() = default;
  // Fills `size` bytes. Safe to call from any thread.
  virtual void fill(void* out, std::size_t size) = 0;
};

// The kernel's generator; throws std::system_error when the kernel has none.
class SystemRandom final : public Random {
 public:
  void fill(void* out, std::size_t size) override;
};

// For tests and benchmarks only: SplitMix64, repeatable, not secret.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(void* out, std::size_t size) override;
  std::uint64_t next();
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

 private:
  std::uint64_t state_;
};

}  // namespace gatehouse
