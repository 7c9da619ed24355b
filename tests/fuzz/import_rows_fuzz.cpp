// Import files: the first byte tells the format (odd: CSV), the second the kind by the beginning of the name.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "fuzz/fuzz.hpp"
#include "server/import_reader.hpp"

using namespace gatehouse;

namespace {

// Removed when the fuzzer ends.
struct Folder {
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "gatehouse-fuzz-XXXXXX").string();
    fuzz::must(mkdtemp(pattern.data()) != nullptr, "there is a temporary directory");
    path = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
};

std::string write(std::string_view name, std::string_view content) {
  static const Folder folder;
  const auto path = (folder.path / name).string();
  std::FILE* file = std::fopen(path.c_str(), "wb");
  fuzz::must(file != nullptr, "the file can be written");
  fuzz::must(std::fwrite(content.data(), 1, content.size(), file) == content.size(), "all of it");
  std::fclose(file);
  return path;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  constexpr std::string_view kNames[] = {"organizations", "users", "memberships", "rows"};
  const auto name = std::string(kNames[data[1] % 4]) + (data[0] % 2 == 1 ? ".csv" : ".jsonl");
  const auto content = fuzz::text_of(data + 2, size - 2);
  auto reader = server::ImportReader::open(write(name, content));
  if (!reader) {
    fuzz::must(!reader.error().detail.empty(), "a refusal says why");
    return 0;
  }
  domain::ImportRow row;
  std::optional<std::string> fault;
  std::int64_t offset = (*reader)->position().offset;
  std::int64_t line = 0;
  std::int64_t rows = 0;
  while ((*reader)->next(row, fault)) {
    const auto position = (*reader)->position();
    fuzz::must(position.offset > offset, "every row moves on");
    fuzz::must(row.line > line, "lines are counted upwards");
    offset = position.offset;
    line = row.line;
    ++rows;
  }
  fuzz::must((*reader)->position().offset == static_cast<std::int64_t>(content.size()), "the file is read to its end");
  // Who goes on behind a row sees the rest as before.
  if (rows == 0) return 0;
  auto second = server::ImportReader::open(write(name, content));
  fuzz::must(second.ok() && (*second)->next(row, fault), "reading is repeatable");
  (*second)->resume((*second)->position());
  std::int64_t rest = 0;
  while ((*second)->next(row, fault)) ++rest;
  fuzz::must(rest + 1 == rows, "after resuming, the remaining rows come");
  return 0;
}
