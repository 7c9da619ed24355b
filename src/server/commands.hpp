// What the commands do, once the command line is understood. Each returns the exit status, or an Error for one line on stderr.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "server/config.hpp"

namespace gatehouse::server {

// What every command gets: configuration, and how to print.
struct CommandContext {
  Config config;
  bool json = false;      // answers as JSON on stdout
  bool progress = false;  // stderr is a terminal
};

Result<int> serve(const CommandContext& context);
Result<int> show_config(const CommandContext& context);
Result<int> show_version(const CommandContext& context);
Result<int> print_openapi(const CommandContext& context);
Result<int> reset_password(const CommandContext& context, const std::string& account, const std::string& password_file);
Result<int> check_permission(const CommandContext& context, const std::string& user, const std::string& permission,
                             const std::string& organization);
Result<int> backup(const CommandContext& context, const std::string& file);
Result<int> restore(const CommandContext& context, const std::string& file);
Result<int> migrate(const CommandContext& context);
Result<int> verify(const CommandContext& context);

// `status`: waiting, sent, dead or empty for all.
Result<int> list_mails(const CommandContext& context, const std::string& status);
// One, or all that were given up or wait; a running service is asked to.
Result<int> retry_mails(const CommandContext& context, const std::string& id, bool all);

struct ImportOptions {
  std::vector<std::string> files;
  bool dry_run = false;
  bool all_or_nothing = false;
};
Result<int> import_files(const CommandContext& context, const ImportOptions& options);
Result<int> export_directory(const CommandContext& context, const std::string& directory);

// The whole deployment, and not only what products migrate into it.
Result<int> export_deployment(const CommandContext& context, const std::string& file);
Result<int> import_deployment(const CommandContext& context, const std::string& file, bool dry_run);

}  // namespace gatehouse::server
