// The bytes of an import file, a window at a time: memory stays flat however long the file is. Knows lines and offsets,
// nothing of formats.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gatehouse::server {

inline constexpr std::size_t kMaxImportRecord = 1U << 20U;  // bytes

class ImportSource {
 public:
  // Errors: import.unreadable, one sentence.
  static Result<ImportSource> open(const std::string& path);

  // What lies ahead: at least kMaxImportRecord + 2 bytes, or all there is. Lives until the next call.
  std::string_view window();
  // The window holds the rest of the file.
  [[nodiscard]] bool at_end() const { return end_; }
  // Goes on behind the first `bytes` of the window.
  void consume(std::size_t bytes);
  void seek(std::int64_t offset, std::int64_t line);

  [[nodiscard]] std::int64_t offset() const { return offset_; }
  [[nodiscard]] std::int64_t line() const { return line_; }  // of the next byte, from 1
  [[nodiscard]] std::int64_t size() const { return size_; }
  // Of path, size, time of change and beginning: another content has another one.
  [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  ImportSource() = default;

  std::unique_ptr<std::FILE, Close> file_;
  std::string buffer_;
  std::size_t at_ = 0;
  bool end_ = false;
  std::int64_t offset_ = 0;
  std::int64_t line_ = 1;
  std::int64_t size_ = 0;
  std::string fingerprint_;
};

}  // namespace gatehouse::server
