// gatehouse export: everything into three files that import reads, also beside a running server.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/json_writer.hpp"
#include "domain/imports/exports.hpp"
#include "server/commands.hpp"
#include "server/core.hpp"
#include "server/private_file.hpp"

namespace gatehouse::server {
namespace {

namespace fs = std::filesystem;

// One row a line.
class Target {
 public:
  static Result<Target> create(const fs::path& path) { return Target(TRY(PrivateFile::create(path.string()))); }
  void write_line(std::string line) {
    line.push_back('\n');
    file_.write(line);
    ++rows_;
  }
  Result<void> finish() { return file_.finish(); }
  [[nodiscard]] std::int64_t rows() const { return rows_; }

 private:
  explicit Target(PrivateFile file) : file_(std::move(file)) {}
  PrivateFile file_;
  std::int64_t rows_ = 0;
};

template <class Row>
void write_keys(JsonWriter& out, const Row& row) {
  if (!row.external_key.empty()) out.member("external_key", row.external_key);
  out.member("id", row.id->to_string());
}

std::string to_json(const domain::OrganizationRow& row) {
  std::string json;
  JsonWriter out(json);
  out.begin_object();
  write_keys(out, row);
  out.member("parent_key", *row.parent_key).member("name", *row.name).member("description", *row.description);
  out.end_object();
  return json;
}

std::string to_json(const domain::UserRow& row) {
  std::string json;
  JsonWriter out(json);
  out.begin_object();
  write_keys(out, row);
  out.member("user_name", *row.user_name).member("email", *row.email).member("display_name", *row.display_name);
  out.member("status", *row.status).end_object();
  return json;
}

std::string to_json(const domain::MembershipRow& row) {
  std::string json;
  JsonWriter out(json);
  out.begin_object().member("user_key", row.user_key).member("organization_key", row.organization_key);
  out.key("roles").begin_array();
  for (const auto& role : *row.roles) out.value(std::string_view(role));
  out.end_array();
  if (row.display_name) out.member("display_name", *row.display_name);
  if (row.attributes && !row.attributes->empty()) {
    out.key("attributes").begin_object();
    for (const auto& [key, value] : *row.attributes) out.member(key, value);
    out.end_object();
  }
  out.end_object();
  return json;
}

}  // namespace

Result<int> export_directory(const CommandContext& context, const std::string& directory) {
  const SystemClock clock;
  SystemRandom random;
  const auto core = TRY(Core::open(context.config, Opening::kInspect, clock, random));
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return invalid("export.failed", fmt::format("cannot make {}: {}", directory, error.message()));
  const fs::path path(directory);
  auto organizations = TRY(Target::create(path / "organizations.jsonl"));
  auto users = TRY(Target::create(path / "users.jsonl"));
  auto memberships = TRY(Target::create(path / "memberships.jsonl"));
  const auto permit = core->ledger->policy().system<access::Action::kStoreAdminister>({}, clock.now());
  const auto write = [](Target& target) { return [&target](const auto& row) { target.write_line(to_json(row)); }; };
  auto write_organization = write(organizations);
  auto write_user = write(users);
  auto write_membership = write(memberships);
  domain::Exports(*core->ledger).write(permit, {write_organization, write_user, write_membership});
  for (auto* target : {&organizations, &users, &memberships}) TRY(target->finish());
  if (context.json) {
    std::string json;
    JsonWriter(json)
        .begin_object()
        .member("organizations", organizations.rows())
        .member("users", users.rows())
        .member("memberships", memberships.rows())
        .end_object();
    std::printf("%s\n", json.c_str());
  } else {
    std::printf("%s: %lld organizations, %lld users, %lld memberships\n", directory.c_str(),
                static_cast<long long>(organizations.rows()), static_cast<long long>(users.rows()),
                static_cast<long long>(memberships.rows()));
  }
  return 0;
}

}  // namespace gatehouse::server
