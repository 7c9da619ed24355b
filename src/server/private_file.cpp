#include "server/private_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace gatehouse::server {
namespace {

Error cannot_write(const std::string& path, int failure) {
  return invalid("export.failed", fmt::format("cannot write {}: {}", path, std::generic_category().message(failure)));
}

// The new name on the disk as well.
bool flush_directory_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  const int directory = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool flushed = directory >= 0 && ::fsync(directory) == 0;
  if (directory >= 0) ::close(directory);
  return flushed;
}

}  // namespace

Result<PrivateFile> PrivateFile::create(const std::string& path) {
  PrivateFile made(path);
  // One that an earlier run left may be readable by others.
  ::unlink(made.partial().c_str());
  const int file = ::open(made.partial().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return cannot_write(made.partial(), errno);
  made.file_.reset(::fdopen(file, "wb"));
  return made;
}

PrivateFile::~PrivateFile() {
  if (file_ != nullptr) ::unlink(partial().c_str());
}

bool PrivateFile::write(std::string_view bytes) {
  if (failure_ == 0 && std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size())
    failure_ = errno != 0 ? errno : EIO;
  return failure_ == 0;
}

Result<void> PrivateFile::finish() {
  errno = EIO;  // should a call fail without saying why
  const bool lasting = failure_ == 0 && std::fflush(file_.get()) == 0 && ::fsync(::fileno(file_.get())) == 0 &&
                       ::rename(partial().c_str(), path_.c_str()) == 0 && flush_directory_of(path_);
  if (!lasting) return cannot_write(path_, failure_ != 0 ? failure_ : errno);
  file_.reset();
  return {};
}

}  // namespace gatehouse::server
