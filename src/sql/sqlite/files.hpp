// The files of the store in their directory: made for the owner only, and lasting once a function returns.
#pragma once

#include <string>

#include "base/result.hpp"

namespace gatehouse::sql::sqlite {

// The sentence for a file at `path` that could not be opened or made, from errno.
Error cannot_open(const std::string& path, int errno_value);
// Makes an empty file with mode 0600 unless there is one.
Result<void> make_private_file(const std::string& path);
[[nodiscard]] bool file_exists(const std::string& path);
// Both exist and are one.
[[nodiscard]] bool same_file(const std::string& one, const std::string& other);
// Flushes `from` and puts it in the place of `to`, in the same directory.
Result<void> replace_file(const std::string& from, const std::string& to);

}  // namespace gatehouse::sql::sqlite
