// Time as a type and as a parameter. Nothing outside SystemClock reads the clock.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse {

// Microseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
  std::int64_t micros = 0;

  auto operator<=>(const Timestamp&) const = default;
  [[nodiscard]] std::int64_t seconds() const { return micros / 1'000'000; }
  [[nodiscard]] Timestamp plus_s(std::int64_t seconds) const { return {micros + seconds * 1'000'000}; }
  [[nodiscard]] std::int64_t seconds_since(Timestamp earlier) const { return (micros - earlier.micros) / 1'000'000; }
  // RFC 3339 in UTC with `Z`, microseconds only when there are any: "2026-01-31T09:00:00.25Z".
  [[nodiscard]] std::string to_string() const;
  void append_to(std::string& out) const;
  // RFC 3339 5.6 with any offset; years 1970 to 9999. Anything else is nothing.
  static std::optional<Timestamp> parse(std::string_view text);
};

// So far may the clocks of a deployment's nodes be apart. What one node has stored with a time is not before its time on
// another that is no further behind; what lasts until a time may end that much early or late.
inline constexpr std::int64_t kClockTolerance_s = 10;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp now() const = 0;  // wall clock, UTC
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override;
};

// For tests: stands still until it is moved.
class FixedClock final : public Clock {
 public:
  explicit FixedClock(Timestamp at) : at_(at) {}
  [[nodiscard]] Timestamp now() const override { return at_; }
  void advance_s(std::int64_t seconds) { at_ = at_.plus_s(seconds); }

 private:
  Timestamp at_;
};

}  // namespace gatehouse
