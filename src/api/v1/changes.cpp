#include "api/v1/changes.hpp"

#include "api/v1/paging.hpp"
#include "base/json_writer.hpp"

namespace gatehouse::api::v1 {
namespace {

using http::Action;
using http::Call;
using http::Permit;

struct ListChanges {
  std::optional<std::int64_t> before;
  std::int64_t limit = 100;
};
void describe(http::Fields<ListChanges>& f) {
  f.name("ListChanges");
  f.add<&ListChanges::before>("before",
                              {.in = http::In::kQuery, .min = 1, .doc = "Only entries of revisions below this one."});
  f.add<&ListChanges::limit>(
      "maxResultCount",
      {.in = http::In::kQuery, .min = 1, .max = kMostItems, .doc = "Entries to return at most.", .fallback = "100"});
}

constexpr std::string_view kSchema = R"({"type":"object","required":["items","nextBefore"],"properties":{
"nextBefore":{"type":["integer","null"],"format":"int64","description":"Give it as before to go on; null at the end."},
"items":{"type":"array","items":{"type":"object","required":["revision","at","actor","action","targetKind","targetId","before","after"],
"properties":{"revision":{"type":"integer","format":"int64"},"at":{"type":"string","format":"date-time"},
"actor":{"type":"object","required":["kind","id"],"properties":{"kind":{"type":"string"},"id":{"type":["string","null"],"format":"uuid"}}},
"action":{"type":"string"},"targetKind":{"type":"string"},"targetId":{"type":["string","null"],"format":"uuid"},
"before":{"type":["object","null"]},"after":{"type":["object","null"]}}}}}})";

void write_id(JsonWriter& writer, const std::optional<Uuid>& id) {
  if (id) {
    writer.value(id->to_string());
  } else {
    writer.null();
  }
}

void write_json(JsonWriter& writer, const std::string& json) {
  if (json.empty()) {
    writer.null();
  } else {
    writer.raw(json);
  }
}

std::string render(const domain::LogPage& page) {
  std::string body;
  JsonWriter writer(body);
  writer.begin_object().key("items").begin_array();
  for (const auto& entry : page.items) {
    writer.begin_object().member("revision", entry.revision).member("at", entry.at.to_string());
    writer.key("actor").begin_object().member("kind", entry.actor_kind).key("id");
    write_id(writer, entry.actor);
    writer.end_object().member("action", entry.action).member("targetKind", entry.target_kind).key("targetId");
    write_id(writer, entry.target);
    writer.key("before");
    write_json(writer, entry.before);
    writer.key("after");
    write_json(writer, entry.after);
    writer.end_object();
  }
  writer.end_array().key("nextBefore");
  if (page.next_before) {
    writer.value(*page.next_before);
  } else {
    writer.null();
  }
  writer.end_object();
  return body;
}

}  // namespace

void register_changes(http::Surface& surface, domain::Changes& changes) {
  surface.add({.id = "listOrganizationChanges",
               .method = http::Method::kGet,
               .path = "/api/v1/orgs/{orgId}/changes",
               .summary = "What was changed in an organization, newest first.",
               .organization = "orgId",
               .raw_answer_schema = kSchema},
              // Before and after are JSON in the store already.
              [&changes](Call&, const Permit<Action::kChangeList>& permit, ListChanges in) -> Result<http::RawAnswer> {
                http::RawAnswer answer;
                answer.body = render(changes.list(permit, in.before, in.limit));
                return answer;
              });
}

}  // namespace gatehouse::api::v1
