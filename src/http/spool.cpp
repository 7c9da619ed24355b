#include "http/spool.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

namespace gatehouse::http {

Spool::Spool(std::string directory, Places taken)
    : directory_(std::move(directory)), taken_(std::move(taken)), hash_(EVP_MD_CTX_new()) {
  if (!hash_ || EVP_DigestInit_ex(hash_.get(), EVP_sha256(), nullptr) != 1) throw std::bad_alloc();
}

Spool::~Spool() {
  if (file_ >= 0) ::close(file_);
  taken_->fetch_sub(1, std::memory_order_relaxed);
}

// Not every file system makes files without a name: there it has one for a moment.
bool Spool::open() {
  if (file_ >= 0) return true;
  file_ = ::open(directory_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file_ >= 0) return true;
  std::string name = directory_ + "/body-XXXXXX";
  file_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (file_ < 0) return fail("opened in " + directory_);
  ::unlink(name.c_str());
  return true;
}

bool Spool::fail(std::string_view what) {
  failed_ = true;
  spdlog::error("a body cannot be {}: {}", what, std::generic_category().message(errno));
  return false;
}

bool Spool::append(std::string_view piece) {
  if (failed_ || !open()) return false;
  EVP_DigestUpdate(hash_.get(), piece.data(), piece.size());
  while (!piece.empty()) {
    const ssize_t written = ::write(file_, piece.data(), piece.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail("written to " + directory_);
    size_ += static_cast<std::uint64_t>(written);
    piece.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Spool::Digest Spool::digest() const {
  Digest digest{};
  const Hash so_far(EVP_MD_CTX_new());
  if (!so_far || EVP_MD_CTX_copy_ex(so_far.get(), hash_.get()) != 1) throw std::bad_alloc();
  EVP_DigestFinal_ex(so_far.get(), digest.data(), nullptr);
  return digest;
}

void Spool::read(std::uint64_t from, std::size_t most, std::string& out) const {
  out.resize(static_cast<std::size_t>(std::min<std::uint64_t>(most, size_ - std::min(from, size_))));
  for (std::size_t done = 0; done < out.size();) {
    const ssize_t count = ::pread(file_, out.data() + done, out.size() - done, static_cast<off_t>(from + done));
    if (count < 0 && errno == EINTR) continue;
    // There is an end only where something was cut off.
    if (count <= 0) throw std::system_error(count < 0 ? errno : EIO, std::generic_category(), "a body cannot be read");
    done += static_cast<std::size_t>(count);
  }
}

std::shared_ptr<Spool> SpoolRoom::open() {
  if (taken_->fetch_add(1, std::memory_order_relaxed) >= places_) {
    taken_->fetch_sub(1, std::memory_order_relaxed);
    return nullptr;
  }
  try {
    return std::make_shared<Spool>(directory_, taken_);
  } catch (...) {
    taken_->fetch_sub(1, std::memory_order_relaxed);
    throw;
  }
}

}  // namespace gatehouse::http
