// One process for one data file: an flock on `<file>.lock`, in which the holder writes its process id. The kernel lets
// go of it when the process ends in whatever way; the lock file itself stays.
#pragma once

#include <string>
#include <utility>

#include "base/result.hpp"

namespace gatehouse::sql::sqlite {

class ProcessLock {
 public:
  // Errors: store.no_directory, store.not_writable, store.in_use.
  static Result<ProcessLock> take(const std::string& path);

  ProcessLock() = default;
  ~ProcessLock();
  ProcessLock(ProcessLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  ProcessLock& operator=(ProcessLock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }

 private:
  explicit ProcessLock(int file) : file_(file) {}
  int file_ = -1;
};

}  // namespace gatehouse::sql::sqlite
