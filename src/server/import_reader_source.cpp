#include "server/import_reader_source.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "crypto/digest.hpp"

namespace gatehouse::server {
namespace {

constexpr std::size_t kChunk = 4 * kMaxImportRecord;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Error unreadable(const std::string& path, std::string_view why) {
  return invalid("import.unreadable", fmt::format("cannot read {}: {}", path, why));
}

}  // namespace

Result<ImportSource> ImportSource::open(const std::string& path) {
  ImportSource source;
  source.file_.reset(std::fopen(path.c_str(), "rbe"));
  if (!source.file_) return unreadable(path, std::generic_category().message(errno));
  struct stat about {};
  if (::fstat(::fileno(source.file_.get()), &about) != 0)
    return unreadable(path, std::generic_category().message(errno));
  if (!S_ISREG(about.st_mode)) return unreadable(path, "it is not a file");
  source.size_ = about.st_size;
  source.buffer_.reserve(kChunk);
  const auto beginning = source.window();
  const auto digest = crypto::sha256(beginning.substr(0, kMaxImportRecord));
  source.fingerprint_ = fmt::format("{}:{}.{:09}:", about.st_size, about.st_mtim.tv_sec, about.st_mtim.tv_nsec);
  for (const auto byte : digest) source.fingerprint_ += fmt::format("{:02x}", byte);
  if (beginning.starts_with(kByteOrderMark)) source.consume(kByteOrderMark.size());
  return source;
}

std::string_view ImportSource::window() {
  if (!end_ && buffer_.size() - at_ < kMaxImportRecord + 2) {
    buffer_.erase(0, at_);
    at_ = 0;
    const auto kept = buffer_.size();
    buffer_.resize(kChunk);
    const auto got = std::fread(buffer_.data() + kept, 1, kChunk - kept, file_.get());
    buffer_.resize(kept + got);
    end_ = buffer_.size() < kChunk;
  }
  return std::string_view(buffer_).substr(at_);
}

void ImportSource::consume(std::size_t bytes) {
  const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
  line_ += std::count(from, from + static_cast<std::ptrdiff_t>(bytes), '\n');
  at_ += bytes;
  offset_ += static_cast<std::int64_t>(bytes);
}

void ImportSource::seek(std::int64_t offset, std::int64_t line) {
  buffer_.clear();
  at_ = 0;
  end_ = std::fseek(file_.get(), static_cast<long>(offset), SEEK_SET) != 0;
  offset_ = offset;
  line_ = line;
}

}  // namespace gatehouse::server
