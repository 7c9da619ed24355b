#include "mail/smtp_reply.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace gatehouse::mail {
namespace {

constexpr std::size_t kMaxWords = 300;

bool asks_for_another_session(int code) { return code == 530 || code == 534 || code == 535 || code == 538; }

// RFC 3463: "5.1.1".
bool is_enhanced_code(std::string_view word) {
  return word.size() >= 5 && word.size() <= 9 && (word[0] == '4' || word[0] == '5') && word[1] == '.' &&
         word.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

void SmtpReply::add(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  int code = 0;
  std::from_chars(line.data(), line.data() + std::min<std::size_t>(line.size(), 3), code);
  if (code < 400) return;
  if (whole_) words_.clear();
  code_ = code;
  whole_ = line.size() < 4 || line[3] != '-';
  if (line.size() <= 4 || words_.size() >= kMaxWords) return;
  if (!words_.empty()) words_.push_back(' ');
  words_.append(line.substr(4));
}

bool SmtpReply::is_permanent() const { return code_ >= 500 && code_ <= 599 && !asks_for_another_session(code_); }

std::string SmtpReply::told(bool code_only) const {
  if (code_ == 0) return {};
  std::string told = ": " + std::to_string(code_);
  std::string_view words = words_;
  if (code_only) {
    words = words.substr(0, words.find(' '));
    if (!is_enhanced_code(words)) return told;
  }
  if (words.empty() || asks_for_another_session(code_) || !text::is_utf8(words)) return told;
  std::size_t size = std::min(words.size(), kMaxWords);
  while (size < words.size() && (static_cast<unsigned char>(words[size]) & 0xC0U) == 0x80U) --size;
  told.append(" ").append(words.substr(0, size));
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  std::replace_if(told.begin(), told.end(), is_control, ' ');
  return told;
}

}  // namespace gatehouse::mail
