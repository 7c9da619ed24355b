#include "sql/postgres/dialect.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/function_ref.hpp"

namespace gatehouse::sql::postgres {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$'; }

std::size_t end_of(std::string_view sql, std::string_view end, std::size_t from) {
  const std::size_t at = sql.find(end, from);
  return at == std::string_view::npos ? sql.size() : at + end.size();
}

// Calls `use` with each word outside comments and quotes, and with everything else in between.
void each_piece(std::string_view sql, FunctionRef<void(std::string_view piece, bool word)> use) {
  for (std::size_t at = 0; at < sql.size();) {
    std::size_t end = at + 1;
    const bool word = is_word(sql[at]);
    if (word) {
      while (end < sql.size() && is_word(sql[end])) ++end;
    } else if (sql.substr(at).starts_with("--")) {
      end = end_of(sql, "\n", at);
    } else if (sql.substr(at).starts_with("/*")) {
      end = end_of(sql, "*/", at);
    } else if (sql[at] == '\'' || sql[at] == '"') {
      end = end_of(sql, sql.substr(at, 1), at + 1);
    }
    use(sql.substr(at, end - at), word);
    at = end;
  }
}

}  // namespace

std::string translate_schema(std::string_view sql) {
  std::string out;
  std::size_t before_without = std::string::npos;  // where the last WITHOUT began, and nothing but space since
  each_piece(sql, [&](std::string_view piece, bool word) {
    if (word && piece == "ROWID" && before_without != std::string::npos) {
      out.resize(before_without);
      return;
    }
    const bool blank = !word && std::isspace(static_cast<unsigned char>(piece.front())) != 0;
    if (word && piece == "WITHOUT") {
      before_without = out.size();
    } else if (!blank) {
      before_without = std::string::npos;
    }
    if (word && piece == "INTEGER") {
      out += "BIGINT";
    } else {
      out += piece;
      if (word && piece == "TEXT") out += " COLLATE \"C\"";
    }
  });
  return out;
}

std::size_t count_parameters(std::string_view sql) {
  std::size_t highest = 0;
  each_piece(sql, [&](std::string_view piece, bool word) {
    if (!word || piece.front() != '$') return;
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(piece.data() + 1, piece.data() + piece.size(), number);
    if (error == std::errc() && end == piece.data() + piece.size()) highest = std::max(highest, number);
  });
  return highest;
}

}  // namespace gatehouse::sql::postgres
