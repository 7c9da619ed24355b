// Writes JSON (RFC 8259) straight onto the end of a string: commas and escapes are its business, order and balance the
// caller's. Refuses nothing: bytes that are not UTF-8 become U+FFFD and numbers that are not finite become null, so
// that what it wrote is always JSON. Allocates nothing but the string's own growth.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse {

template <class T>
concept JsonInteger = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;

class JsonWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit JsonWriter(std::string& out) : out_(&out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view utf8);
  JsonWriter& value(double number);
  template <std::same_as<bool> Bool>  // a template, so that no pointer turns into a bool on its way here
  JsonWriter& value(Bool flag) {
    return raw(flag ? "true" : "false");
  }
  template <JsonInteger Integer>
  JsonWriter& value(Integer number) {
    if constexpr (std::unsigned_integral<Integer>) {
      return write_unsigned(number);
    } else {
      return write_signed(number);
    }
  }
  JsonWriter& null() { return raw("null"); }
  // `json` is one value, already written out.
  JsonWriter& raw(std::string_view json);

  template <class Value>
  JsonWriter& member(std::string_view name, const Value& of) {
    return key(name).value(of);
  }

  // For values made of pieces (ids, times): the place where the next value goes. Write exactly one JSON value there.
  std::string& place() {
    separate();
    comma_ = true;
    return *out_;
  }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& write_signed(std::int64_t number);
  JsonWriter& write_unsigned(std::uint64_t number);
  void separate() {
    if (comma_) out_->push_back(',');
  }

  std::string* out_;
  bool comma_ = false;  // whether a value stands before the next one; the brackets need no stack for that
};

// `utf8` with its quotes and escapes, onto the end of `out`.
void append_json_string(std::string& out, std::string_view utf8);

}  // namespace gatehouse
