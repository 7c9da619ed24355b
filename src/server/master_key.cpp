#include "server/master_key.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace gatehouse::server {
namespace {

Error bad(std::string detail) { return invalid("config.master_key", std::move(detail)); }

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

Result<crypto::MasterKey> create(const std::string& path, Random& random) {
  crypto::MasterKey key{};
  random.fill(key.data(), key.size());
  std::string text;
  for (const auto byte : key) text += fmt::format("{:02x}", byte);
  text += '\n';
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0)
    return bad(fmt::format("cannot write the master key {}: {}", path, std::generic_category().message(errno)));
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  ::close(file);
  if (!written) {
    ::unlink(path.c_str());
    return bad(fmt::format("cannot write the master key {}: is the disk full?", path));
  }
  return key;
}

}  // namespace

Result<crypto::MasterKey> load_master_key(const std::string& path, bool may_create, Random& random) {
  std::ifstream stream(path);
  if (!stream) {
    if (may_create && errno == ENOENT) return create(path, random);
    return bad(fmt::format("cannot read the master key {}: {}", path, std::generic_category().message(errno)));
  }
  std::string text;
  stream >> text;
  crypto::MasterKey key{};
  bool valid = text.size() == key.size() * 2;
  for (std::size_t i = 0; valid && i < key.size(); ++i) {
    const int high = hex(text[2 * i]);
    const int low = hex(text[2 * i + 1]);
    valid = high >= 0 && low >= 0;
    key[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  if (!valid)
    return bad(fmt::format("the master key {} must be 64 hexadecimal digits; restore it from a backup", path));
  return key;
}

}  // namespace gatehouse::server
