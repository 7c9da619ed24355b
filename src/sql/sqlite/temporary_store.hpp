// For tests: a directory of its own for one store, gone with the object.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "sql/sqlite/sqlite.hpp"

namespace gatehouse::sql {

class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_((std::filesystem::temp_directory_path() / "gatehouse-sql-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary directory");
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// The store that a test opens must open.
inline std::unique_ptr<Database> open_or_throw(SqliteOptions options) {
  if (!options.report) options.report = [](std::string_view) {};
  auto opened = open_sqlite(options);
  if (!opened) throw std::runtime_error(opened.error().detail);
  return std::move(opened).value();
}

}  // namespace gatehouse::sql
