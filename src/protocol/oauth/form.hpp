// application/x-www-form-urlencoded as OAuth uses it (RFC 6749 appendix B).
// Refuses a parameter that comes twice (3.1), bytes that are not UTF-8, broken percent-encoding, and too many parameters.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace gatehouse::oauth {

class Form {
 public:
  static constexpr std::size_t kMaxParameters = 64;

  // Errors: form.malformed, form.repeated (kInvalid).
  static Result<Form> parse(std::string_view body);
  // Nothing when absent, or without a value: RFC 6749 3.2 treats these alike.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

// One name or value: '+' is a blank, %xx a byte. Nothing when broken.
std::optional<std::string> form_decode(std::string_view text);

}  // namespace gatehouse::oauth
