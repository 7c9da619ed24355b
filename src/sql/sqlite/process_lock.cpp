#include "sql/sqlite/process_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "sql/sqlite/files.hpp"

namespace gatehouse::sql::sqlite {
namespace {

std::string holder_of(int file) {
  std::array<char, 16> text{};
  const ssize_t size = ::pread(file, text.data(), text.size(), 0);
  const std::string_view read(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  const std::string_view digits = read.substr(0, read.find_first_not_of("0123456789"));
  return digits.empty() ? "unknown" : std::string(digits);
}

}  // namespace

Result<ProcessLock> ProcessLock::take(const std::string& path) {
  const int file = ::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return cannot_open(path, errno);
  ProcessLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return cannot_open(path, errno);
    return Error{ErrorKind::kUnavailable, "store.in_use",
                 fmt::format("{} is already in use by another gatehouse process (pid {}): "
                             "stop it or choose another --data",
                             path, holder_of(file))};
  }
  const std::string pid = fmt::format("{}\n", ::getpid());
  // For the message above only: without it the lock holds just as well.
  if (::ftruncate(file, 0) == 0 && ::pwrite(file, pid.data(), pid.size(), 0) < 0) { return cannot_open(path, errno); }
  return lock;
}

ProcessLock::~ProcessLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace gatehouse::sql::sqlite
