// gatehouse export --deployment and import --deployment: a whole deployment as one file, from one engine to another. The
// master key is not in it and moves by itself.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/json_writer.hpp"
#include "crypto/seal.hpp"
#include "domain/deployment/dump.hpp"
#include "domain/deployment_key/deployment_key.hpp"
#include "server/commands.hpp"
#include "server/master_key.hpp"
#include "server/private_file.hpp"
#include "server/store.hpp"
#include "server/version.hpp"

namespace gatehouse::server {
namespace {

namespace fs = std::filesystem;

Result<void> make_directory(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return {};
  if (fs::create_directories(path, error); error) {
    return invalid("config.data", fmt::format("cannot make the data directory {}: {}", path, error.message()));
  }
  fs::permissions(path, fs::perms::owner_all, error);
  return {};
}

// Never a new one: it would open nothing of what comes in.
Result<crypto::MasterKey> master_key_of(const Config& config, Random& random) {
  const std::string path = config.master_key_file.empty() ? config.data + "/master.key" : config.master_key_file;
  std::error_code error;
  if (!fs::exists(path, error)) {
    return invalid("config.master_key",
                   fmt::format("there is no master key {}: put that of the deployment there before, the file to import "
                               "does not hold it",
                               path));
  }
  return load_master_key(path, false, random);
}

void print(const CommandContext& context, const std::string& file, const domain::DumpCounts& counts,
           const std::string& sentence) {
  std::string text = sentence;
  if (context.json) {
    text.clear();
    JsonWriter(text)
        .begin_object()
        .member("file", std::string_view(file))
        .member("tables", counts.tables)
        .member("rows", counts.rows)
        .end_object();
  }
  std::printf("%s\n", text.c_str());
}

}  // namespace

Result<int> export_deployment(const CommandContext& context, const std::string& file) {
  SystemRandom random;
  const auto database = TRY(open_store(context.config, Opening::kInspect, random, {}));
  auto target = TRY(PrivateFile::create(file));
  const auto counts =
      TRY(domain::write_dump(*database, kVersion, [&](std::string_view line) { return target.write(line); }));
  TRY(target.finish());
  print(context, file, counts,
        fmt::format("wrote {}: {} rows of {} tables; the master key is not in it, move it by another way", file,
                    counts.rows, counts.tables));
  return 0;
}

Result<int> import_deployment(const CommandContext& context, const std::string& file, bool dry_run) {
  SystemRandom random;
  std::ifstream stream(file, std::ios::binary);
  std::error_code error;
  if (!stream || !fs::is_regular_file(file, error)) {
    return invalid("import.failed", fmt::format("cannot read {}: there must be a file, and no pipe", file));
  }
  const crypto::Seal seal(TRY(master_key_of(context.config, random)), random);
  const auto check_key = [&](std::string_view id, std::string_view key_check) {
    return domain::DeploymentKey::check(seal, id, key_check);
  };
  // The whole file, before anything is made.
  const auto found = TRY(domain::check_dump(stream, check_key));
  if (dry_run) {
    print(context, file, found,
          fmt::format("{} is whole: {} rows of {} tables; nothing was changed", file, found.rows, found.tables));
    return 0;
  }
  TRY(make_directory(context.config.data));
  std::string words;  // the engine's own, if it refuses
  const auto database =
      TRY(open_store(context.config, Opening::kServe, random, [&](std::string_view line) { words = line; }));
  auto counts = domain::read_dump(*database, stream, check_key);
  if (!counts) {
    Error refused = counts.error();
    if (!words.empty()) refused.detail += fmt::format(" ({})", words);
    return refused;
  }
  print(context, file, *counts,
        fmt::format("imported {} rows of {} tables; look at them with `gatehouse verify`, then start `gatehouse serve`",
                    counts->rows, counts->tables));
  return 0;
}

}  // namespace gatehouse::server
