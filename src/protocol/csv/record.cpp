#include "protocol/csv/record.hpp"

namespace gatehouse::csv {
namespace {

class Parser {
 public:
  Parser(std::string_view text, Record& record) : text_(text), record_(record) {}

  // The fault, or nothing.
  std::string_view run() {
    while (true) {
      auto& field = next_field();
      const auto fault = at_ < text_.size() && text_[at_] == '"' ? quoted(field) : bare(field);
      if (!fault.empty()) return fault;
      if (at_ == text_.size()) return {};
      if (text_[at_] == ',') {
        ++at_;
        continue;
      }
      at_ += text_[at_] == '\r' ? 2 : 1;
      return {};
    }
  }
  [[nodiscard]] std::size_t size() const { return at_; }

 private:
  std::string& next_field() {
    if (record_.count == record_.fields.size()) record_.fields.emplace_back();
    auto& field = record_.fields[record_.count++];
    field.clear();
    return field;
  }
  [[nodiscard]] bool ends_line() const {
    return text_[at_] == '\n' || (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
  }
  std::string_view bare(std::string& field) {
    const auto begin = at_;
    for (; at_ < text_.size() && text_[at_] != ',' && !ends_line(); ++at_) {
      if (text_[at_] == '"') return "a quote within a field that is not quoted";
    }
    field.assign(text_.substr(begin, at_ - begin));
    return {};
  }
  std::string_view quoted(std::string& field) {
    ++at_;
    while (true) {
      const auto quote = text_.find('"', at_);
      if (quote == std::string_view::npos) return "a quote that is never closed";
      field.append(text_.substr(at_, quote - at_));
      at_ = quote + 1;
      if (at_ == text_.size() || text_[at_] != '"') break;
      field.push_back('"');
      ++at_;
    }
    if (at_ < text_.size() && text_[at_] != ',' && !ends_line()) return "text behind a closing quote";
    return {};
  }

  std::string_view text_;
  Record& record_;
  std::size_t at_ = 0;
};

}  // namespace

void read_record(std::string_view text, std::size_t max_size, Record& record) {
  record.count = 0;
  Parser parser(text.substr(0, max_size + 1), record);
  record.fault = parser.run();
  record.size = parser.size();
  if (record.fault.empty() && record.size > max_size) record.fault = "too long";
}

}  // namespace gatehouse::csv
