#include "support/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace gatehouse::bench {
namespace {

std::string_view word(Met met) {
  switch (met) {
    case Met::kYes: return "met";
    case Met::kNo: return "missed";
    case Met::kNoAim: break;
  }
  return "";
}

std::array<std::string, 6> cells(const Row& row) {
  return {row.name, row.measured, row.limit, row.ratio, row.aim, std::string(word(row.met))};
}
const std::array<std::string, 6> kTitles{"row", "measured", "limit, same run", "ratio", "aim", ""};

// Code points, which is what a terminal counts of the texts here.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

void Report::add(Row row) {
  std::fprintf(stderr, "bench: %s: %s | %s | %s %s\n", row.name.c_str(), row.measured.c_str(), row.limit.c_str(),
               row.ratio.c_str(), std::string(word(row.met)).c_str());
  if (!row.remark.empty()) std::fprintf(stderr, "bench:     %s\n", row.remark.c_str());
  rows_.push_back(std::move(row));
}

void Report::machine(std::string what, std::string value) {
  std::fprintf(stderr, "bench: %s: %s\n", what.c_str(), value.c_str());
  machine_.emplace_back(std::move(what), std::move(value));
}

void Report::note(std::string sentence) { notes_.push_back(std::move(sentence)); }

std::string Report::table() const {
  std::array<std::size_t, 6> widths{};
  const auto widen = [&](const std::array<std::string, 6>& line) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  };
  widen(kTitles);
  for (const auto& row : rows_) widen(cells(row));
  std::string out;
  const auto write = [&](const std::array<std::string, 6>& line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      out += line[i];
      if (i + 1 < line.size()) out.append(widths[i] - width(line[i]) + 2, ' ');
    }
    out += '\n';
  };
  write(kTitles);
  for (const auto& row : rows_) write(cells(row));
  return out;
}

std::string Report::markdown(const std::string& setting) const {
  std::string out = "# Results\n\nWritten by `./dev bench`. " + setting +
                    "\n\nOnly the ratios count: absolute figures of one machine drift up to 2×.\n\n## The machine\n\n"
                    "| limit | |\n|---|---|\n";
  for (const auto& [what, value] : machine_) out += fmt::format("| {} | {} |\n", what, value);
  out += "\n## Gatehouse\n\n| row | measured | limit, same run | ratio | aim | |\n|---|---|---|---|---|---|\n";
  for (const auto& row : rows_) out += fmt::format("| {} |\n", fmt::join(cells(row), " | "));
  out += "\n## Remarks\n\n";
  for (const auto& note : notes_) out += "- " + note + "\n";
  for (const auto& row : rows_) {
    if (!row.remark.empty()) out += fmt::format("- **{}**: {}\n", row.name, row.remark);
  }
  return out;
}

}  // namespace gatehouse::bench
