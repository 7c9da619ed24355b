#include "domain/invite_jobs/invite_job_content.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/json.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"

namespace gatehouse::domain::invite_job_content {
namespace {

constexpr std::size_t kMaxShownEmail = 254;  // bytes

// Written by this file, so what cannot be read is a broken store.
boost::json::value parsed(std::string_view text) {
  auto value = json::parse(text);
  if (!value) throw std::runtime_error("a row of an invite job cannot be read");
  return *std::move(value);
}

std::string text_of(const boost::json::value& value) { return std::string(std::string_view(value.as_string())); }

}  // namespace

std::string write(const InvitedPerson& person) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_object()
      .member("email", person.email)
      .member("firstName", person.first_name)
      .member("lastName", person.last_name)
      .member("group", person.group);
  if (person.identity_provider) writer.member("identityProvider", *person.identity_provider);
  if (person.identity_provider_prefix) writer.member("identityProviderPrefix", *person.identity_provider_prefix);
  if (person.organizations) {
    writer.key("organizations").begin_array();
    for (const auto& organization : *person.organizations) writer.value(organization);
    writer.end_array();
  }
  writer.end_object();
  return json;
}

InvitedPerson read(std::string_view json) {
  const auto value = parsed(json);
  const auto& object = value.as_object();
  const auto maybe = [&](std::string_view name) {
    const auto* member = object.if_contains(name);
    return member == nullptr ? std::nullopt : std::optional(text_of(*member));
  };
  InvitedPerson person;
  person.email = text_of(object.at("email"));
  person.first_name = text_of(object.at("firstName"));
  person.last_name = text_of(object.at("lastName"));
  person.group = text_of(object.at("group"));
  person.identity_provider = maybe("identityProvider");
  person.identity_provider_prefix = maybe("identityProviderPrefix");
  if (const auto* organizations = object.if_contains("organizations")) {
    auto& ids = person.organizations.emplace();
    for (const auto& id : organizations->as_array()) ids.push_back(text_of(id));
  }
  return person;
}

std::string shown_email(std::string_view email) {
  if (!text::is_utf8(email) || email.find('\0') != std::string_view::npos) return {};
  if (email.size() <= kMaxShownEmail) return std::string(email);
  auto end = kMaxShownEmail;
  while (end > 0 && (static_cast<unsigned char>(email[end]) & 0xC0U) == 0x80U) --end;
  return std::string(email.substr(0, end));
}

std::string fault_of(const InvitedPerson& person) {
  std::vector<std::string_view> texts{person.email, person.first_name, person.last_name, person.group};
  if (person.identity_provider) texts.emplace_back(*person.identity_provider);
  if (person.identity_provider_prefix) texts.emplace_back(*person.identity_provider_prefix);
  if (person.organizations) texts.insert(texts.end(), person.organizations->begin(), person.organizations->end());
  for (const auto text : texts) {
    if (!text::is_utf8(text)) return "The line is not UTF-8 text.";
    if (text.find('\0') != std::string_view::npos) return "The line has a NUL character.";
  }
  return {};
}

std::string write_faults(const std::vector<FieldError>& faults) {
  std::vector<FieldError> kept;
  for (const auto& fault : faults) {
    if (kept.size() == kMaxKeptFaults) break;
    if (std::find(kept.begin(), kept.end(), fault) == kept.end()) kept.push_back(fault);
  }
  std::string json;
  JsonWriter writer(json);
  writer.begin_array();
  for (const auto& [field, message] : kept) writer.begin_array().value(field).value(message).end_array();
  writer.end_array();
  return json;
}

std::vector<FieldError> read_faults(std::string_view json) {
  std::vector<FieldError> faults;
  const auto value = parsed(json);
  for (const auto& fault : value.as_array()) {
    faults.push_back({text_of(fault.as_array().at(0)), text_of(fault.as_array().at(1))});
  }
  return faults;
}

void record(Unit& unit, std::string_view action, const InviteJob& job) {
  std::string after;
  JsonWriter(after)
      .begin_object()
      .member("status", name(job.status))
      .member("total", job.total)
      .member("done", job.done)
      .member("failed", job.failed)
      .end_object();
  unit.record({.action = action,
               .organization = unit.view().platform(),
               .target_kind = "invite_job",
               .target = job.id,
               .before = {},
               .after = after,
               .facts = {}});
}

}  // namespace gatehouse::domain::invite_job_content
