#include "api/partner/invite_file_text.hpp"

#include <algorithm>
#include <utility>

namespace gatehouse::api::partner {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

InviteFileText::InviteFileText(Source source) : source_(std::move(source)) {
  if (window().starts_with(kByteOrderMark)) consume(kByteOrderMark.size());
}

std::string_view InviteFileText::window() {
  if (!end_ && buffer_.size() - at_ < kMaxInviteLine + 2) {
    buffer_.erase(0, at_);
    at_ = 0;
    while (!end_ && buffer_.size() < kMaxInviteLine + 2) {
      end_ = !source_(piece_);
      if (!end_) buffer_ += piece_;
    }
  }
  return std::string_view(buffer_).substr(at_);
}

void InviteFileText::consume(std::size_t bytes) {
  const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
  line_ += std::count(from, from + static_cast<std::ptrdiff_t>(bytes), '\n');
  at_ += bytes;
}

bool InviteFileText::skip_blank_lines() {
  while (true) {
    const auto text = window();
    const auto visible = text.find_first_not_of(" \t\r\n");
    const auto blank = text.substr(0, visible);
    const auto last = blank.rfind('\n');
    if (visible != std::string_view::npos) {
      if (last != std::string_view::npos) consume(last + 1);
      return true;
    }
    // All of it is blank: only an end makes a line of the rest.
    if (end_) {
      consume(text.size());
      return false;
    }
    if (last == std::string_view::npos) return true;
    consume(last + 1);
  }
}

void InviteFileText::skip_line() {
  while (true) {
    const auto text = window();
    const auto end = text.find('\n');
    const bool found = end != std::string_view::npos;
    consume(found ? end + 1 : text.size());
    if (found || text.empty()) return;
  }
}

}  // namespace gatehouse::api::partner
