// The bytes of a posted file, a window at a time: memory stays flat however long the file is. Knows lines, nothing of
// formats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace gatehouse::api::partner {

inline constexpr std::size_t kMaxInviteLine = 64 * 1024;  // bytes

class InviteFileText {
 public:
  // The next bytes in place of what `piece` held; false when there are no more.
  using Source = std::function<bool(std::string& piece)>;
  // A byte order mark at the beginning is no part of the text.
  explicit InviteFileText(Source source);

  // What lies ahead: at least kMaxInviteLine + 2 bytes, or all there is. Lives until the next call.
  std::string_view window();
  // Goes on behind the first `bytes` of the window.
  void consume(std::size_t bytes);
  // To the next line that holds more than blanks; false at the end.
  bool skip_blank_lines();
  // To behind the next line end.
  void skip_line();

  [[nodiscard]] std::int64_t line() const { return line_; }  // of the next byte, from 1

 private:
  Source source_;
  std::string piece_;
  std::string buffer_;
  std::size_t at_ = 0;
  bool end_ = false;  // of the source
  std::int64_t line_ = 1;
};

}  // namespace gatehouse::api::partner
