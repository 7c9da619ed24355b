// A value or the Error that explains why there is none. std::expected is C++23 and clang 14 cannot read it.
#pragma once

#include <utility>
#include <variant>

#include "base/error.hpp"

namespace gatehouse {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Precondition: ok().
  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }

  // Precondition: !ok().
  [[nodiscard]] const Error& error() const& { return *std::get_if<1>(&state_); }
  Error&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  void value() const {}
  [[nodiscard]] const Error& error() const& { return *std::get_if<1>(&state_); }
  Error&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<std::monostate, Error> state_;
};

}  // namespace gatehouse

// TRY(expression): the value of a Result, or return its Error from the enclosing function.
// A statement expression: never write co_await inside one (g++ 12 crashes).
#define TRY(expression) GATEHOUSE_TRY_NAMED(expression, GATEHOUSE_JOIN(try_result_, __COUNTER__))
#define GATEHOUSE_TRY_NAMED(expression, result)    \
  ({                                               \
    auto&& result = (expression);                  \
    if (!result) return std::move(result).error(); \
    std::move(result).value();                     \
  })
#define GATEHOUSE_JOIN(a, b) GATEHOUSE_JOIN_EXPANDED(a, b)
#define GATEHOUSE_JOIN_EXPANDED(a, b) a##b
