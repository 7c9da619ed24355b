#include "server/node_name.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <string_view>

namespace gatehouse::server {
namespace {

constexpr std::size_t kWritten = 36;  // of a UUID

std::string host() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

}  // namespace

NodeName::NodeName(const std::string& directory, Timestamp now, Random& random) : NodeName(now, random) {
  const std::string path = directory + "/node.id";
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0 || ::flock(file_, LOCK_EX | LOCK_NB) != 0) return;
  const std::string end = " " + host() + "\n";
  std::array<char, 512> kept{};
  const auto size = ::pread(file_, kept.data(), kept.size(), 0);
  const std::string_view line(kept.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
  const auto known = domain::NodeId::parse(line.substr(0, kWritten));
  if (known && line.substr(kWritten) == end) {
    id_ = *known;
    return;
  }
  // When it cannot be written whole, the name is another one after a restart, which is what would be without the file.
  const std::string text = id_.to_string() + end;
  if (::ftruncate(file_, 0) == 0 && ::pwrite(file_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()))
    ::fdatasync(file_);
}

NodeName::~NodeName() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace gatehouse::server
