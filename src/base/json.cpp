#include "base/json.hpp"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

namespace gatehouse::json {
namespace {

namespace bj = boost::json;

constexpr std::size_t kDeepest = 32;

// Events of the parser, made a value. Counts the members it saw: Boost.JSON keeps the last of several of one name, so
// a value with fewer members than were read held a duplicate.
class Builder {
 public:
  // A limit on members, because Boost.JSON's tables can be made to collide: within 1,000 that costs little.
  static constexpr std::size_t max_object_size = 1000;
  static constexpr std::size_t max_array_size = bj::array::max_size();
  static constexpr std::size_t max_key_size = 4096;
  static constexpr std::size_t max_string_size = bj::string::max_size();

  explicit Builder(bj::storage_ptr storage) : stack_({}, scratch_.data(), scratch_.size()) {
    stack_.reset(std::move(storage));
  }

  bj::value release() { return stack_.release(); }
  [[nodiscard]] std::size_t members() const { return members_; }

  static bool on_document_begin(bj::error_code&) { return true; }
  static bool on_document_end(bj::error_code&) { return true; }
  static bool on_object_begin(bj::error_code&) { return true; }
  bool on_object_end(std::size_t count, bj::error_code&) {
    members_ += count;
    stack_.push_object(count);
    return true;
  }
  static bool on_array_begin(bj::error_code&) { return true; }
  bool on_array_end(std::size_t count, bj::error_code&) {
    stack_.push_array(count);
    return true;
  }
  bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_key(bj::string_view rest, std::size_t, bj::error_code&) {
    stack_.push_key(rest);
    return true;
  }
  bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(bj::string_view rest, std::size_t, bj::error_code&) {
    stack_.push_string(rest);
    return true;
  }
  static bool on_number_part(bj::string_view, bj::error_code&) { return true; }
  bool on_int64(std::int64_t number, bj::string_view, bj::error_code&) {
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, bj::string_view, bj::error_code&) {
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double number, bj::string_view, bj::error_code& failure) {
    if (!std::isfinite(number)) {
      failure = bj::make_error_code(bj::error::exponent_overflow);
      return false;
    }
    stack_.push_double(number);
    return true;
  }
  bool on_bool(bool flag, bj::error_code&) {
    stack_.push_bool(flag);
    return true;
  }
  bool on_null(bj::error_code&) {
    stack_.push_null();
    return true;
  }
  static bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  static bool on_comment(bj::string_view, bj::error_code&) { return true; }

 private:
  std::array<unsigned char, 2048>
      scratch_;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
  bj::value_stack stack_;
  std::size_t members_ = 0;
};

// Members of all objects in the value; no deeper than the parser lets in.
std::size_t count_members(const bj::value& value) {
  std::size_t count = 0;
  if (const auto* object = value.if_object()) {
    count = object->size();
    for (const auto& member : *object) count += count_members(member.value());
  } else if (const auto* array = value.if_array()) {
    for (const bj::value& element : *array) count += count_members(element);
  }
  return count;
}

Error malformed(std::string_view what, std::size_t byte) {
  std::string detail("The text is not acceptable JSON: ");
  detail.append(what).append(" at byte ").append(std::to_string(byte)).append(".");
  return invalid("json.malformed", std::move(detail));
}

std::string_view describe(const bj::error_code& failure) {
  if (failure == bj::error::incomplete) return "it ends too early";
  if (failure == bj::error::too_deep) return "it is nested too deeply";
  if (failure == bj::error::object_too_large) return "an object has too many members";
  if (failure == bj::error::key_too_large) return "a member's name is too long";
  if (failure == bj::error::exponent_overflow) return "a number is out of range";
  return "a syntax error";
}

}  // namespace

Result<bj::value> parse(std::string_view text, const ParseLimits& limits, bj::storage_ptr storage) {
  if (text.size() > limits.max_bytes) {
    return Error{ErrorKind::kTooLarge, "json.too_large", "The JSON text is too large."};
  }
  bj::parse_options options;
  options.max_depth = std::min(limits.max_depth, kDeepest);
  bj::basic_parser<Builder> parser(options, std::move(storage));
  bj::error_code failure;
  const std::size_t taken = parser.write_some(false, text.data(), text.size(), failure);
  if (failure) return malformed(describe(failure), taken);
  if (taken < text.size()) return malformed("bytes after the value", taken);

  bj::value value = parser.handler().release();
  if (count_members(value) != parser.handler().members()) {
    return malformed("an object names a member twice before the end", taken);
  }
  return value;
}

}  // namespace gatehouse::json
