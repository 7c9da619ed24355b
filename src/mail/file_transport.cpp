#include "mail/file_transport.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace gatehouse::mail {
namespace {

Error unavailable(std::string_view what, int number) {
  return {ErrorKind::kUnavailable, "mail.unavailable",
          fmt::format("The mail's file cannot be {}: {}.", what, std::generic_category().message(number))};
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Basic format of ISO 8601, so that names sort by time: 20261122T003448.123456Z-<id>.
std::string stem_of(const Message& message) {
  return fmt::format("{:%Y%m%dT%H%M%S}.{:06}Z-{}", fmt::gmtime(message.created_at.seconds()),
                     message.created_at.micros % 1'000'000, message.id.to_string());
}

class FileTransport final : public Transport {
 public:
  explicit FileTransport(std::filesystem::path directory) : directory_(std::move(directory)) {}

  Result<void> send(const Message& message) override {
    const std::string bytes = TRY(write_message(message, TextEncoding::kEightBit));
    TRY(make_directory());
    const Descriptor directory = open_directory(directory_);
    if (!directory.is_open()) return unavailable("made", errno);
    const std::string stem = stem_of(message);
    const std::string started = "." + stem + ".tmp";
    auto written = write_and_name(directory.number(), started, stem + ".eml", bytes);
    if (!written.ok()) {
      ::unlinkat(directory.number(), started.c_str(), 0);
      return written;
    }
    if (::fsync(directory.number()) != 0) return unavailable("kept", errno);
    return {};
  }

 private:
  static Descriptor open_directory(const std::filesystem::path& path) {
    return Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }

  [[nodiscard]] Result<void> make_directory() const {
    if (::mkdir(directory_.c_str(), S_IRWXU) != 0) {
      if (errno == EEXIST) return {};
      return unavailable("made", errno);
    }
    const Descriptor above = open_directory(directory_ / "..");
    if (!above.is_open() || ::fsync(above.number()) != 0) return unavailable("kept", errno);
    return {};
  }

  static Result<void> write_and_name(int directory, const std::string& started, const std::string& name,
                                     std::string_view bytes) {
    constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
    const Descriptor file(::openat(directory, started.c_str(), kFlags, S_IRUSR | S_IWUSR));
    if (!file.is_open()) return unavailable("made", errno);
    if (!write_all(file.number(), bytes)) return unavailable("written", errno);
    if (::fsync(file.number()) != 0) return unavailable("kept", errno);
    if (::renameat(directory, started.c_str(), directory, name.c_str()) != 0) return unavailable("named", errno);
    return {};
  }

  const std::filesystem::path directory_;
};

}  // namespace

std::unique_ptr<Transport> file_transport(std::filesystem::path directory) {
  return std::make_unique<FileTransport>(std::move(directory));
}

}  // namespace gatehouse::mail
