// Files of people to invite: the first byte tells the format (odd: CSV), the second the size of the pieces it comes in.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/partner/invite_file.hpp"
#include "base/text.hpp"
#include "fuzz/fuzz.hpp"

using namespace gatehouse;
using api::partner::InviteFile;

namespace {

struct Row {
  std::int64_t line = 0;
  std::string fault;
  std::string email;
  bool operator==(const Row&) const = default;
};

// Nothing when the whole is refused.
std::optional<std::vector<Row>> read(InviteFile::Format format, std::string_view text, std::size_t piece_size) {
  const auto source = [text, piece_size](std::string& piece) mutable {
    piece = text.substr(0, piece_size);
    text.remove_prefix(piece.size());
    return !piece.empty();
  };
  auto file = InviteFile::open(format, source, {"group", {"organization"}});
  if (!file) {
    fuzz::must(!file.error().detail.empty() && text::is_utf8(file.error().detail), "a refusal says why, in text");
    return std::nullopt;
  }
  std::vector<Row> rows;
  domain::InviteJobLine line;
  while ((*file)->next(line)) {
    fuzz::must(line.line > (rows.empty() ? 0 : rows.back().line), "lines ascend");
    fuzz::must(text::is_utf8(line.fault), "a fault is text");
    const auto& person = line.person;
    fuzz::must(!person.group.empty() && person.organizations && !person.organizations->empty(),
               "what a row leaves out comes from the defaults");
    if (line.fault.empty()) {
      fuzz::must(text::is_utf8(person.email) && text::is_utf8(person.first_name) && text::is_utf8(person.last_name),
                 "a good row is text");
    }
    rows.push_back({line.line, line.fault, person.email});
    fuzz::must(rows.size() <= text.size() + 1, "every row moves on");
  }
  fuzz::must(!(*file)->next(line), "the end is the end");
  return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto format = data[0] % 2 == 1 ? InviteFile::Format::kCsv : InviteFile::Format::kJsonLines;
  const auto text = fuzz::text_of(data + 2, size - 2);
  const auto whole = read(format, text, size);
  fuzz::must(read(format, text, data[1] + std::size_t{1}) == whole, "a file is the same however it comes in pieces");
  return 0;
}
