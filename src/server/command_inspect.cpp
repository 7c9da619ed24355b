// Commands that only look: configuration, version, the OpenAPI document, a decision, the soundness of a data directory.
#include <fmt/format.h>

#include <cstdio>

#include "base/json_writer.hpp"
#include "domain/changes/verification.hpp"
#include "server/commands.hpp"
#include "server/core.hpp"
#include "server/service.hpp"
#include "server/version.hpp"

namespace gatehouse::server {
namespace {

void print(const std::string& text) { std::printf("%s\n", text.c_str()); }

}  // namespace

Result<int> show_config(const CommandContext& context) {
  std::string json;
  JsonWriter out(json);
  out.begin_object();
  for (const auto& key : config_keys()) {
    const auto& origin = context.config.origins.at(std::string(key.name));
    if (context.json) {
      out.key(key.name)
          .begin_object()
          .member("value", std::string_view(origin.value))
          .member("source", std::string_view(origin.source))
          .end_object();
    } else {
      print(fmt::format("{:<24} = {:<32} # {}: {}", key.name, '"' + origin.value + '"', origin.source, key.doc));
    }
  }
  out.end_object();
  if (context.json) print(json);
  for (const auto& warning : context.config.warnings) std::fprintf(stderr, "gatehouse: %s\n", warning.c_str());
  return 0;
}

Result<int> show_version(const CommandContext& context) {
  print(context.json ? fmt::format(R"({{"version":"{}"}})", kVersion) : fmt::format("gatehouse {}", kVersion));
  return 0;
}

Result<int> check_permission(const CommandContext& context, const std::string& user, const std::string& permission,
                             const std::string& organization) {
  const SystemClock clock;
  SystemRandom random;
  const auto core = TRY(Core::open(context.config, Opening::kInspect, clock, random));
  const auto asked = core->permissions.find(permission);
  if (!asked) return invalid("permission.unknown", fmt::format("there is no permission {}", permission));
  auto account = core->users->find_by_user_name(user);
  if (!account) account = core->users->find_by_email(user);
  const UserId user_id = account ? account->id : UserId::parse(user).value_or(UserId());
  const auto named = core->organizations->find_by_name(organization);
  const OrganizationId organization_id =
      named ? named->id : OrganizationId::parse(organization).value_or(OrganizationId());

  access::Explanation why;
  std::string role;
  std::string held_at;
  std::vector<std::string> enough;
  core->graph->read([&](const access::View& view) {
    const auto subject = view.subject_user(user_id);
    why = view.explain(subject.value_or(Principal()), *asked, view.find_organization(organization_id), clock.now());
    if (const auto* entry = view.role(why.role)) role = entry->name;
    if (const auto id = view.organization_id(why.held_at)) held_at = id->to_string();
    for (const RoleNo no : why.enough) enough.push_back(view.role(no)->name);
  });
  if (context.json) {
    std::string json;
    JsonWriter out(json);
    out.begin_object().member("allowed", why.allowed);
    if (why.allowed) {
      out.member("role", std::string_view(role)).member("heldAt", std::string_view(held_at));
    } else {
      out.member("reason", why.why_not).key("enough").begin_array();
      for (const auto& name : enough) out.value(std::string_view(name));
      out.end_array();
    }
    out.end_object();
    print(json);
  } else if (why.allowed) {
    print(fmt::format("yes: by the role {} held at {}{}", role, held_at,
                      why.via == access::Via::kConnection ? " through a connection" : ""));
  } else {
    print(fmt::format("no: {}{}{}", why.why_not, enough.empty() ? "" : "; enough would be ", fmt::join(enough, ", ")));
  }
  return why.allowed ? 0 : 1;
}

Result<int> verify(const CommandContext& context) {
  const SystemClock clock;
  SystemRandom random;
  const auto core = TRY(Core::open(context.config, Opening::kInspect, clock, random));
  const auto findings = domain::find_faults(*core->ledger);
  if (context.json) {
    std::string json;
    JsonWriter out(json);
    out.begin_object().member("sound", findings.empty()).key("findings").begin_array();
    for (const auto& finding : findings) out.value(std::string_view(finding));
    out.end_array().end_object();
    print(json);
  } else {
    for (const auto& finding : findings) print(finding);
    print(findings.empty() ? "sound: store, log and graph agree"
                           : fmt::format("not sound: {} findings", findings.size()));
  }
  return findings.empty() ? 0 : 1;
}

}  // namespace gatehouse::server
