// A file that has its name only when it is whole, and is readable by its owner alone: it is full of people, or of secrets.
// What is written before stands beside it as `….partial`, and goes when it is not finished.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gatehouse::server {

class PrivateFile {
 public:
  // Error: export.failed.
  static Result<PrivateFile> create(const std::string& path);
  ~PrivateFile();
  PrivateFile(PrivateFile&&) noexcept = default;
  PrivateFile& operator=(PrivateFile&&) = delete;

  // False when this or an earlier one could not be written; finish() says why.
  bool write(std::string_view bytes);
  // On the disk for good, under its name. Error: export.failed.
  Result<void> finish();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  explicit PrivateFile(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] std::string partial() const { return path_ + ".partial"; }

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  int failure_ = 0;  // errno of the first
};

}  // namespace gatehouse::server
