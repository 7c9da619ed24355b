// Commands that copy or change a data directory without a server: backup, restore, a new password.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "domain/schema.hpp"
#include "server/commands.hpp"
#include "server/core.hpp"
#include "server/random_password.hpp"
#include "server/store.hpp"
#include "sql/sqlite/sqlite.hpp"

namespace gatehouse::server {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKeySuffix = ".master.key";

// A file, or a directory's names, on the disk for good.
bool flush(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool flushed = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  return flushed;
}

Result<void> copy_private(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
  if (!error) fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, error);
  if (!error && !flush(to)) error = std::make_error_code(std::errc::io_error);
  if (error)
    return invalid("backup.failed",
                   fmt::format("cannot copy {} to {}: {}", from.string(), to.string(), error.message()));
  return {};
}

}  // namespace

Result<int> backup(const CommandContext& context, const std::string& file) {
  const SystemClock clock;
  SystemRandom random;
  const auto core = TRY(Core::open(context.config, Opening::kInspect, clock, random));
  TRY(core->database->backup(file, [&](std::int64_t done, std::int64_t total) {
    if (context.progress)
      std::fprintf(stderr, "\rbackup: %3lld %%", static_cast<long long>(total == 0 ? 100 : done * 100 / total));
  }));
  if (context.progress) std::fprintf(stderr, "\n");
  // Without its key a store opens none of its secrets; the key has a file of its own, to be kept apart from the copy.
  if (context.config.master_key_file.empty())
    TRY(copy_private(context.config.data + "/master.key", file + std::string(kKeySuffix)));
  const std::string text =
      context.json ? fmt::format(R"({{"file":"{}"}})", file)
                   : fmt::format("wrote {} and {}{}: keep the key apart from the copy", file, file, kKeySuffix);
  std::printf("%s\n", text.c_str());
  return 0;
}

// Beside running nodes: an older release goes on when the new schema says so.
Result<int> migrate(const CommandContext& context) {
  SystemRandom random;
  const auto database = TRY(open_store(context.config, Opening::kChange, random, {}));
  const auto migrations = domain::migrations();
  TRY(database->migrate(migrations));
  const auto version = migrations.back().version;
  std::printf("%s\n", context.json ? fmt::format(R"({{"schema":{}}})", version).c_str()
                                   : fmt::format("the store is at schema {}", version).c_str());
  return 0;
}

Result<int> restore(const CommandContext& context, const std::string& file) {
  std::error_code error;
  const fs::path directory(context.config.data);
  const fs::path store = store_file(context.config);
  if (store.empty()) {
    return invalid("restore.failed",
                   "a backup of a PostgreSQL database is put back by PostgreSQL's own pg_restore; see "
                   "docs/operations.md");
  }
  if (!fs::is_regular_file(file, error)) return invalid("restore.failed", fmt::format("there is no backup {}", file));
  if (fs::exists(store, error)) {
    return invalid("restore.failed",
                   fmt::format("{} holds a store already; choose an empty directory with --data", context.config.data));
  }
  const fs::path key = directory / "master.key";
  if (fs::exists(key, error)) {
    return invalid("restore.failed", fmt::format("{} holds a master key already; choose an empty directory with --data",
                                                 context.config.data));
  }
  fs::create_directories(directory, error);
  fs::permissions(directory, fs::perms::owner_all, error);
  const fs::path partial = store.string() + ".restoring";
  TRY(copy_private(file, partial));
  {
    // Sound before it gets its name.
    sql::SqliteOptions options;
    options.path = partial.string();
    auto database = TRY(sql::open_sqlite(options));
    if (const auto findings = database->check(); !findings.empty()) {
      return invalid("restore.failed", fmt::format("{} is damaged: {}", file, findings.front()));
    }
  }
  if (context.config.master_key_file.empty() && fs::exists(file + std::string(kKeySuffix), error)) {
    TRY(copy_private(file + std::string(kKeySuffix), key));
  }
  fs::rename(partial, store, error);
  for (const char* rest : {"-wal", "-shm", ".lock"}) fs::remove(partial.string() + rest, error);
  if (!fs::exists(store, error) || !flush(store.has_parent_path() ? store.parent_path() : fs::path(".")))
    return invalid("restore.failed", fmt::format("cannot write {}", store.string()));
  std::printf("%s\n", context.json ? R"({"restored":true})"
                                   : fmt::format("restored into {}; start it with `gatehouse serve --data {}`",
                                                 context.config.data, context.config.data)
                                         .c_str());
  return 0;
}

Result<int> reset_password(const CommandContext& context, const std::string& account,
                           const std::string& password_file) {
  const SystemClock clock;
  SystemRandom random;
  std::string password = random_password(random);
  if (!password_file.empty()) {
    std::ifstream stream(password_file);
    if (!stream || !std::getline(stream, password))
      return invalid("config.invalid", fmt::format("cannot read a password from {}", password_file));
  }
  const auto core = TRY(Core::open(context.config, Opening::kChange, clock, random));
  auto user = core->users->find_by_user_name(account);
  if (!user) user = core->users->find_by_email(account);
  if (!user) return not_found("user.not_found", fmt::format("there is no account {}", account));
  TRY(core->passwords->reset(core->ledger->policy().system<access::Action::kAccountEdit>({}, clock.now()), user->id,
                             password));
  if (context.json) {
    std::printf(R"({"account":"%s"%s})"
                "\n",
                user->id.to_string().c_str(),
                password_file.empty() ? fmt::format(R"(,"password":"{}")", password).c_str() : "");
  } else {
    std::printf("%s has a new password and no sessions.\n", account.c_str());
    if (password_file.empty()) std::printf("One-time password: %s\n", password.c_str());
  }
  return 0;
}

}  // namespace gatehouse::server
