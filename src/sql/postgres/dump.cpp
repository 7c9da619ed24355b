#include "sql/postgres/dump.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <vector>

#include <fmt/format.h>

namespace gatehouse::sql::postgres {
namespace {

Error failed(std::string_view why) {
  return {ErrorKind::kUnavailable, "backup.failed", fmt::format("the backup failed: {}", why)};
}

// The connection's settings by environment: on the command line everybody could read the password.
Result<std::vector<std::string>> environment_of(const std::string& url) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(url.c_str(), &message),
                                                                             &PQconninfoFree);
  PQfreemem(message);  // it may quote the URL
  if (!options) return failed("the database URL cannot be read");
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) all.emplace_back(*entry);
  // The URL wins over the environment, here as in the connection that has the snapshot.
  const auto set = [&](std::string_view name, std::string_view value) {
    const std::string front = fmt::format("{}=", name);
    std::erase_if(all, [&](const std::string& entry) { return entry.starts_with(front); });
    all.push_back(fmt::format("{}{}", front, value));
  };
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->envvar != nullptr && option->val != nullptr) set(option->envvar, option->val);
  }
  set("PGTARGETSESSIONATTRS", "read-write");
  return all;
}

Result<void> run(std::vector<std::string> arguments, std::vector<std::string> environment) {
  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> all;
    all.reserve(texts.size() + 1);
    for (auto& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
  };
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, arguments.front().c_str(), nullptr, nullptr, pointers(arguments).data(),
                                   pointers(environment).data());
  if (error != 0) {
    return failed(fmt::format("{} cannot be run ({}); install the PostgreSQL client", arguments.front(),
                              std::generic_category().message(error)));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return failed(fmt::format("{} said why above", arguments.front()));
  return {};
}

Result<void> keep(const std::string& from, const std::string& to) {
  const int file = ::open(from.c_str(), O_RDONLY | O_CLOEXEC);
  const bool flushed = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (!flushed || std::rename(from.c_str(), to.c_str()) != 0)
    return failed(fmt::format("cannot write {}: {}", to, std::generic_category().message(errno)));
  return {};
}

}  // namespace

Result<void> dump(const std::string& url, const std::string& snapshot, const std::string& to) {
  auto environment = TRY(environment_of(url));
  const std::string partial = to + ".partial";
  const int file = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return failed(fmt::format("cannot write {}: {}", partial, std::generic_category().message(errno)));
  ::close(file);
  auto outcome = run(
      {"pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--snapshot=" + snapshot, "--file=" + partial},
      std::move(environment));
  if (outcome) outcome = keep(partial, to);
  if (!outcome) ::unlink(partial.c_str());
  return outcome;
}

}  // namespace gatehouse::sql::postgres
