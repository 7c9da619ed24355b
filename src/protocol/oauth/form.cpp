#include "protocol/oauth/form.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gatehouse::oauth {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Error malformed() { return invalid("form.malformed", "The body is not a well-formed form."); }

}  // namespace

std::optional<std::string> form_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  if (!text::is_utf8(out)) return std::nullopt;
  return out;
}

Result<Form> Form::parse(std::string_view body) {
  Form form;
  while (!body.empty()) {
    const auto end = std::min(body.find('&'), body.size());
    const auto piece = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (piece.empty()) continue;
    const auto equals = std::min(piece.find('='), piece.size());
    auto name = form_decode(piece.substr(0, equals));
    auto value = form_decode(piece.substr(std::min(equals + 1, piece.size())));
    if (!name || !value || form.parameters_.size() == kMaxParameters) return malformed();
    const auto repeated = std::any_of(form.parameters_.begin(), form.parameters_.end(),
                                      [&](const auto& known) { return known.first == *name; });
    if (repeated) return invalid("form.repeated", "A parameter is there more than once.");
    form.parameters_.emplace_back(std::move(*name), std::move(*value));
  }
  return form;
}

std::optional<std::string_view> Form::find(std::string_view name) const {
  for (const auto& [known, value] : parameters_) {
    if (known == name) return value.empty() ? std::nullopt : std::optional<std::string_view>(value);
  }
  return std::nullopt;
}

}  // namespace gatehouse::oauth
