// A body of any length as a handler sees it: its size, its media type, and its bytes piece by piece. Lives as long as the
// handler runs; what is wanted later is to be kept elsewhere.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/spool.hpp"

namespace gatehouse::http {

class SpooledBody {
 public:
  static constexpr std::size_t kPieceBytes = 64 * 1024;

  SpooledBody() = default;
  // `whole` is the body when there is no spool.
  SpooledBody(const Spool* spool, std::string_view whole, std::string_view media_type)
      : spool_(spool), whole_(whole), media_type_(media_type) {}

  [[nodiscard]] std::uint64_t size() const { return spool_ != nullptr ? spool_->size() : whole_.size(); }
  // Which of those that the endpoint takes, in its words; parameters are in the header.
  [[nodiscard]] std::string_view media_type() const { return media_type_; }

  // The bytes from `from` on, at most `most`, in place of what `piece` held; less only at the end. May block. Throws
  // std::system_error when the disk does not give them.
  void read(std::uint64_t from, std::size_t most, std::string& piece) const {
    if (spool_ != nullptr) return spool_->read(from, most, piece);
    piece.assign(whole_.substr(static_cast<std::size_t>(std::min<std::uint64_t>(from, whole_.size())), most));
  }
  // The next bytes, at most kPieceBytes, in place of what `piece` held; false when there are no more.
  bool next(std::string& piece) {
    read(at_, kPieceBytes, piece);
    at_ += piece.size();
    return !piece.empty();
  }

 private:
  const Spool* spool_ = nullptr;
  std::string_view whole_;
  std::string_view media_type_;
  std::uint64_t at_ = 0;
};

}  // namespace gatehouse::http
