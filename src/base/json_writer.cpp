#include "base/json_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/unicode.hpp"

namespace gatehouse {
namespace {

// Whether a byte ends a run that can be copied as it is: quotes, backslash, controls, and all that is not ASCII.
constexpr std::array<bool, 256> kStops = [] {
  std::array<bool, 256> stops{};
  for (std::size_t byte = 0; byte < stops.size(); ++byte) {
    stops[byte] = byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\';
  }
  return stops;
}();

// The same question for eight bytes at once. May say yes where kStops says no (never the reverse).
bool may_stop(const char* bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kHighs = 0x8080808080808080ULL;
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, 8);
  const std::uint64_t quote = word ^ (kOnes * '"');
  const std::uint64_t backslash = word ^ (kOnes * '\\');
  return (((word - kOnes * 0x20) | (quote - kOnes) | (backslash - kOnes) | word) & kHighs) != 0;
}

void append_escape(std::string& out, unsigned char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out.push_back('\\');
  switch (c) {
    case '"': out.push_back('"'); return;
    case '\\': out.push_back('\\'); return;
    case '\b': out.push_back('b'); return;
    case '\f': out.push_back('f'); return;
    case '\n': out.push_back('n'); return;
    case '\r': out.push_back('r'); return;
    case '\t': out.push_back('t'); return;
    default:
      out.append("u00");
      out.push_back(kDigits[c >> 4U]);
      out.push_back(kDigits[c & 15U]);
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view utf8) {
  out.push_back('"');
  const char* run = utf8.data();  // start of what is still to be copied
  const char* at = run;
  const char* const end = run + utf8.size();
  while (at != end) {
    if (end - at >= 8 && !may_stop(at)) {
      at += 8;
      continue;
    }
    const auto c = static_cast<unsigned char>(*at);
    if (!kStops[c]) {
      ++at;
      continue;
    }
    const std::size_t size = c < 0x80 ? 0 : unicode::decode({at, end}).size;
    if (size != 0) {
      at += size;
      continue;
    }
    out.append(run, static_cast<std::size_t>(at - run));
    if (c < 0x80) {
      append_escape(out, c);
    } else {
      out.append("\xEF\xBF\xBD");
    }
    run = ++at;
  }
  out.append(run, static_cast<std::size_t>(end - run));
  out.push_back('"');
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_->push_back(bracket);
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_->push_back(bracket);
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_json_string(*out_, name);
  out_->push_back(':');
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view utf8) {
  append_json_string(place(), utf8);
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();  // RFC 8259 6 has no way to write it
  std::array<char, 32> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return raw({digits.data(), static_cast<std::size_t>(written.ptr - digits.data())});
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  place().append(json);
  return *this;
}

JsonWriter& JsonWriter::write_signed(std::int64_t number) {
  std::array<char, 24> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return raw({digits.data(), static_cast<std::size_t>(written.ptr - digits.data())});
}

JsonWriter& JsonWriter::write_unsigned(std::uint64_t number) {
  std::array<char, 24> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return raw({digits.data(), static_cast<std::size_t>(written.ptr - digits.data())});
}

}  // namespace gatehouse
