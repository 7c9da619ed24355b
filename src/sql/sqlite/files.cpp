#include "sql/sqlite/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

namespace gatehouse::sql::sqlite {
namespace {

std::string directory_of(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

// True when it is on the disk. A directory's own entry counts: without it a new file is lost with the power.
bool flush(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool flushed = ::fsync(file) == 0;
  const int why = errno;
  ::close(file);
  errno = why;
  return flushed;
}

}  // namespace

Error cannot_open(const std::string& path, int errno_value) {
  const std::string directory = directory_of(path);
  switch (errno_value) {
    case ENOENT:
    case ENOTDIR:
      return {ErrorKind::kUnavailable, "store.no_directory",
              fmt::format("{} is not a directory: create it or choose another --data", directory)};
    case EACCES:
    case EPERM:
    case EROFS:
      return {
          ErrorKind::kUnavailable, "store.not_writable",
          fmt::format("{} cannot be written by this user: change its owner or mode, or choose another --data", path)};
    default:
      return {ErrorKind::kUnavailable, "store.cannot_open",
              fmt::format("{} cannot be opened: {}", path, std::generic_category().message(errno_value))};
  }
}

Result<void> make_private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    if (errno != EEXIST) return cannot_open(path, errno);
    if (::access(path.c_str(), R_OK | W_OK) != 0) return cannot_open(path, errno);
    return {};
  }
  ::close(file);
  if (!flush(directory_of(path))) return cannot_open(path, errno);
  return {};
}

bool file_exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

bool same_file(const std::string& one, const std::string& other) {
  struct stat left {};
  struct stat right {};
  return ::stat(one.c_str(), &left) == 0 && ::stat(other.c_str(), &right) == 0 && left.st_dev == right.st_dev &&
         left.st_ino == right.st_ino;
}

Result<void> replace_file(const std::string& from, const std::string& to) {
  if (!flush(from)) return cannot_open(from, errno);
  if (std::rename(from.c_str(), to.c_str()) != 0) return cannot_open(to, errno);
  if (!flush(directory_of(to))) return cannot_open(to, errno);
  return {};
}

}  // namespace gatehouse::sql::sqlite
