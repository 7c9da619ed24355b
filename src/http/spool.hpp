// A body on disk: what comes of a request is written to a file without a name while it comes, so that its length costs no
// memory, and is gone with whoever holds it, the process included.
//
// Refuses more of them at a time than it has places for. Nothing is synced: a body that is wanted after a crash is to be
// kept elsewhere.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "http/worker_pool.hpp"

namespace gatehouse::http {

class Spool {
 public:
  using Digest = std::array<unsigned char, 32>;
  using Places = std::shared_ptr<std::atomic<std::size_t>>;  // taken ones

  // Has been counted in `taken`, and is no more when it goes. The file is made when there is something to write.
  Spool(std::string directory, Places taken);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // May block. False when the disk does not take it, and from then on; why goes to the log.
  bool append(std::string_view piece);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // SHA-256 of everything so far.
  [[nodiscard]] Digest digest() const;
  // What stands from `from` on, at most `most` bytes, in place of what `out` held; less only at the end. May block. Throws
  // std::system_error when the disk does not give it.
  void read(std::uint64_t from, std::size_t most, std::string& out) const;

 private:
  struct HashDeleter {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  using Hash = std::unique_ptr<EVP_MD_CTX, HashDeleter>;
  bool open();
  bool fail(std::string_view what);

  const std::string directory_;
  const Places taken_;
  Hash hash_;
  int file_ = -1;
  bool failed_ = false;
  std::uint64_t size_ = 0;
};

// The spools of one server.
class SpoolRoom {
 public:
  SpoolRoom(std::string directory, std::size_t places)
      : directory_(std::move(directory)), places_(places), writers_({2, places, false}) {}

  // Nothing when all places are taken.
  std::shared_ptr<Spool> open();
  [[nodiscard]] std::size_t taken() const { return taken_->load(std::memory_order_relaxed); }
  // Gives up what a file holds of the disk, which can take a while, on another thread.
  void discard(std::shared_ptr<Spool> spool) {
    static_cast<void>(writers_.submit_continuation([spool = std::move(spool)] {}));
  }
  // Where the writing is done: an I/O thread must not wait for a disk.
  WorkerPool& writers() { return writers_; }

 private:
  const std::string directory_;
  const std::size_t places_;
  const Spool::Places taken_ = std::make_shared<std::atomic<std::size_t>>(0);
  WorkerPool writers_;
};

}  // namespace gatehouse::http
