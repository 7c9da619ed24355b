#include "base/clock.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <iterator>

namespace gatehouse {
namespace {

// `count` digits at `at`, or -1.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

char* put(char c, char* to) {
  *to = c;
  return to + 1;
}

char* put_two(char* to, unsigned number) {
  to[0] = static_cast<char>('0' + number / 10);
  to[1] = static_cast<char>('0' + number % 10);
  return to + 2;
}

}  // namespace

void Timestamp::append_to(std::string& out) const {
  using namespace std::chrono;
  const sys_time<microseconds> at{microseconds{micros}};
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{at - day};
  // By hand: lists write two for each row.
  std::array<char, 24> text;  // NOLINT(cppcoreguidelines-pro-type-member-init): written as far as it is read
  char* to = text.data();
  if (const int year_number = static_cast<int>(date.year()); year_number >= 0 && year_number <= 9999) {
    to = put_two(to, static_cast<unsigned>(year_number) / 100);
    to = put_two(to, static_cast<unsigned>(year_number) % 100);
  } else {
    fmt::format_to(std::back_inserter(out), "{:04}", year_number);
  }
  to = put_two(put('-', to), static_cast<unsigned>(date.month()));
  to = put_two(put('-', to), static_cast<unsigned>(date.day()));
  to = put_two(put('T', to), static_cast<unsigned>(time.hours().count()));
  to = put_two(put(':', to), static_cast<unsigned>(time.minutes().count()));
  to = put_two(put(':', to), static_cast<unsigned>(time.seconds().count()));
  out.append(text.data(), to);
  if (auto fraction = static_cast<unsigned>(time.subseconds().count()); fraction != 0) {
    std::array<char, 7> part{'.'};
    put_two(put_two(put_two(part.data() + 1, fraction / 10'000), fraction / 100 % 100), fraction % 100);
    out.append(part.data(), part.size());
    while (out.back() == '0') out.pop_back();
  }
  out.push_back('Z');
}

std::string Timestamp::to_string() const {
  std::string out;
  append_to(out);
  return out;
}

std::optional<Timestamp> Timestamp::parse(std::string_view text) {
  using namespace std::chrono;
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' ||
      text[16] != ':') {
    return std::nullopt;
  }
  const int year_number = digits(text, 0, 4);
  const int month_number = digits(text, 5, 2);
  const int day_number = digits(text, 8, 2);
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  int second = digits(text, 17, 2);
  if (year_number < 1970 || month_number < 1 || day_number < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
      second < 0 || second > 60) {
    return std::nullopt;
  }
  if (second == 60) second = 59;  // a leap second: the store's clock has none
  const year_month_day date{year{year_number}, month{static_cast<unsigned>(month_number)},
                            day{static_cast<unsigned>(day_number)}};
  if (!date.ok()) return std::nullopt;

  std::size_t at = 19;
  std::int64_t fraction = 0;
  if (text[at] == '.') {
    std::int64_t unit = 100'000;
    const std::size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
      fraction += unit * (text[at] - '0');
    if (at == first) return std::nullopt;
  }
  if (at >= text.size()) return std::nullopt;
  std::int64_t offset_s = 0;
  if (text[at] == '+' || text[at] == '-') {
    const int offset_h = digits(text, at + 1, 2);
    const int offset_m = digits(text, at + 4, 2);
    if (text.size() != at + 6 || text[at + 3] != ':' || offset_h < 0 || offset_h > 23 || offset_m < 0 ||
        offset_m > 59) {
      return std::nullopt;
    }
    offset_s = (offset_h * 3600 + offset_m * 60) * (text[at] == '+' ? 1 : -1);
  } else if ((text[at] != 'Z' && text[at] != 'z') || text.size() != at + 1) {
    return std::nullopt;
  }
  const std::int64_t seconds =
      sys_days{date}.time_since_epoch() / std::chrono::seconds{1} + hour * 3600 + minute * 60 + second - offset_s;
  if (seconds < 0) return std::nullopt;
  return Timestamp{seconds * 1'000'000 + fraction};
}

Timestamp SystemClock::now() const {
  using namespace std::chrono;
  return {duration_cast<microseconds>(system_clock::now().time_since_epoch()).count()};
}

}  // namespace gatehouse
