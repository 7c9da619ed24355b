#include "server/command_line.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "server/commands.hpp"

namespace gatehouse::server {
namespace {

constexpr int kWrongStart = 2;

int refuse(const std::string& sentence) {
  std::fprintf(stderr, "gatehouse: %s\n", sentence.c_str());
  return kWrongStart;
}

// One line, whatever the library wrote.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

struct Parsed {
  std::map<std::string, std::string> flags;
  std::string config_file;
  bool json = false;
  std::function<Result<int>(const CommandContext&)> command;
};

// Flags of the configuration, on every command; only `serve` shows all of them in its help.
void add_config_flags(CLI::App& app, Parsed& parsed, bool all) {
  app.add_option("--config", parsed.config_file, "TOML file with the configuration.");
  for (const auto& key : config_keys()) {
    // A secret on the command line can be read by everybody on the machine.
    if (key.secret && !key.secret_flag) continue;
    if (!all && key.name != "data" && key.name != "database_url" && key.name != "master_key_file") continue;
    app.add_option_function<std::string>(
        flag_name(key),
        [&parsed, name = std::string(key.name)](const std::string& value) { parsed.flags[name] = value; },
        std::string(key.doc));
  }
  app.add_flag("--json", parsed.json, "Answer as JSON.");
}

struct Arguments {
  std::string account;
  std::string password_file;
  std::string user;
  std::string permission;
  std::string organization;
  std::string path;
  std::string deployment;
  std::string mail;
  std::string mail_status;
  bool all_mails = false;
  ImportOptions import;
};

Result<int> import_one_or_other(const CommandContext& context, const Arguments& given) {
  if (given.deployment.empty() == given.import.files.empty()) {
    return invalid("config.invalid", "import takes files, or --deployment and one file");
  }
  if (given.deployment.empty()) return import_files(context, given.import);
  return import_deployment(context, given.deployment, given.import.dry_run);
}

Result<int> export_one_or_other(const CommandContext& context, const Arguments& given) {
  if (given.deployment.empty() == given.path.empty()) {
    return invalid("config.invalid", "export takes a directory, or --deployment and one file");
  }
  return given.deployment.empty() ? export_directory(context, given.path)
                                  : export_deployment(context, given.deployment);
}

void declare_commands(CLI::App& app, Parsed& parsed, Arguments& given) {
  const auto add = [&](CLI::App& to, const std::string& name, const std::string& help, auto command) {
    CLI::App* sub = to.add_subcommand(name, help);
    add_config_flags(*sub, parsed, name == "serve" || name == "show");
    sub->callback([&parsed, command] { parsed.command = command; });
    return sub;
  };
  add(app, "serve", "Run the service until SIGTERM or Ctrl-C.", serve);

  CLI::App* admin = app.add_subcommand("admin", "Work on accounts while the service is stopped.");
  admin->require_subcommand(1);
  CLI::App* reset = add(
      *admin, "reset-password", "Give an account a new password and end its sessions.",
      [&given](const CommandContext& context) { return reset_password(context, given.account, given.password_file); });
  reset->add_option("account", given.account, "User name or e-mail.")->required();
  reset->add_option("--password-file", given.password_file,
                    "File with the new password; made up and printed when absent.");

  CLI::App* config = app.add_subcommand("config", "The configuration.");
  config->require_subcommand(1);
  add(*config, "show", "Every key, its value and where it comes from; secrets masked.", show_config);

  CLI::App* check = add(app, "check", "May a user do something in an organization, and why?",
                        [&given](const CommandContext& context) {
                          return check_permission(context, given.user, given.permission, given.organization);
                        });
  check->add_option("--user", given.user, "User name, e-mail or id.")->required();
  check->add_option("--permission", given.permission, "Name of the permission, such as users.view.")->required();
  check->add_option("--organization", given.organization, "Name or id.")->required();

  CLI::App* import =
      add(app, "import",
          "Read organizations, users and memberships from CSV or JSON Lines files, or a whole deployment "
          "into an empty store.",
          [&given](const CommandContext& context) { return import_one_or_other(context, given); });
  import->add_option("files", given.import.files, "Files, read in this order.");
  import->add_option("--deployment", given.deployment,
                     "File of `export --deployment`; the deployment's master key must be in its place before.");
  import->add_flag("--dry-run", given.import.dry_run, "Check everything, change nothing.");
  import->add_flag("--all-or-nothing", given.import.all_or_nothing, "Change nothing when any row is bad.");

  CLI::App* exports =
      add(app, "export",
          "Write organizations, users and memberships into files that import reads, or the whole deployment "
          "into one.",
          [&given](const CommandContext& context) { return export_one_or_other(context, given); });
  exports->add_option("directory", given.path, "Directory; made when absent.");
  exports->add_option(
      "--deployment", given.deployment,
      "File for everything, beside a running service as well: hashes and sealed secrets too, but not the "
      "master key.");
  add(app, "backup", "Copy the store into one file, while the service runs.",
      [&given](const CommandContext& context) { return backup(context, given.path); })
      ->add_option("file", given.path, "File to write.")
      ->required();
  add(app, "restore", "Make a data directory from a backup.",
      [&given](const CommandContext& context) { return restore(context, given.path); })
      ->add_option("file", given.path, "File that backup wrote.")
      ->required();
  CLI::App* mail = app.add_subcommand("mail", "Outgoing mail.");
  mail->require_subcommand(1);
  add(*mail, "list", "The outbox, newest first, beside a running service as well.",
      [&given](const CommandContext& context) { return list_mails(context, given.mail_status); })
      ->add_option("--status", given.mail_status, "Only waiting, sent or dead ones.");
  CLI::App* retry =
      add(*mail, "retry", "Send again what was given up; a running service does it at once.",
          [&given](const CommandContext& context) { return retry_mails(context, given.mail, given.all_mails); });
  retry->add_option("id", given.mail, "Of one mail.");
  retry->add_flag("--all", given.all_mails, "All that are dead or wait for their next attempt.");
  add(app, "migrate", "Bring the store up to this release; serve does it too, one node at a time.", migrate);
  add(app, "verify", "Check the store, the log and the graph against each other.", verify);
  add(app, "openapi", "Print the OpenAPI document.", print_openapi);
  add(app, "version", "Print the version.", show_version);
}

std::vector<std::string> environment() {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) all.emplace_back(*entry);
  return all;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app("Gatehouse: who may do what in which organization, and why.", "gatehouse");
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Help of every command.");
  Parsed parsed;
  Arguments given;
  declare_commands(app, parsed, given);
  // CLI11 would only say that a command is missing.
  const auto is_named = [&](CLI::App* command) { return command->get_name() == argv[1]; };
  if (argc > 1 && argv[1][0] != '-' && app.get_subcommands(is_named).empty()) {
    return refuse(std::string("there is no command \"") + argv[1] + "\"; see `gatehouse --help`");
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) { return app.exit(help); } catch (const CLI::CallForAllHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) { return refuse(first_line(error.what()) + "; see `gatehouse --help`"); }

  auto config = load_config(parsed.flags, environment(), parsed.config_file);
  if (!config) return refuse(config.error().detail);
  const CommandContext context{*std::move(config), parsed.json, isatty(STDERR_FILENO) == 1};
  try {
    auto status = parsed.command(context);
    return status ? *status : refuse(status.error().detail);
  } catch (const std::exception& failure) { return refuse(failure.what()); }
}

}  // namespace gatehouse::server
