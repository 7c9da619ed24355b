#include "protocol/authzen/evaluation.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/json.hpp"

namespace gatehouse::authzen {
namespace {

namespace json = boost::json;

Error faulty(std::string field, std::string message) {
  return invalid_field("authzen.invalid", std::move(field), std::move(message));
}

// The item's own member, else the default's (7.1.1).
const json::value* member(const json::object& item, const json::object* defaults, std::string_view name) {
  const auto* own = item.if_contains(name);
  if (own != nullptr || defaults == nullptr) return own;
  return defaults->if_contains(name);
}

Result<std::string_view> text_member(const json::object& of, std::string_view noun, std::string_view name) {
  const auto* value = of.if_contains(name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  if (text == nullptr || text->empty()) {
    return faulty(std::string(noun) + "." + std::string(name), "must be a string that is not empty");
  }
  return std::string_view(text->data(), text->size());
}

Result<const json::object*> entity(const json::object& item, const json::object* defaults, std::string_view noun) {
  const auto* value = member(item, defaults, noun);
  const auto* object = value == nullptr ? nullptr : value->if_object();
  if (object == nullptr) return faulty(std::string(noun), "must be an object");
  // 5.1.1, 5.2.1, 5.3.1: properties are objects; nothing here depends on them.
  const auto* properties = object->if_contains("properties");
  if (properties != nullptr && !properties->is_object())
    return faulty(std::string(noun) + ".properties", "must be an object");
  return object;
}

Result<std::optional<std::int64_t>> at_least_revision(const json::object& item, const json::object* defaults) {
  const auto* context = member(item, defaults, "context");
  if (context == nullptr) return std::optional<std::int64_t>();
  const auto* object = context->if_object();
  if (object == nullptr) return faulty("context", "must be an object");
  const auto* revision = object->if_contains("at_least_revision");
  if (revision == nullptr) return std::optional<std::int64_t>();
  const auto* number = revision->if_int64();
  if (number == nullptr || *number < 0) return faulty("context.at_least_revision", "must be a whole number from 0");
  return std::optional<std::int64_t>(*number);
}

Result<Evaluation> read_item(const json::object& item, const json::object* defaults) {
  Evaluation out;
  const auto* subject = TRY(entity(item, defaults, "subject"));
  out.subject_type = TRY(text_member(*subject, "subject", "type"));
  out.subject_id = TRY(text_member(*subject, "subject", "id"));
  const auto* action = TRY(entity(item, defaults, "action"));
  out.action = TRY(text_member(*action, "action", "name"));
  const auto* resource = TRY(entity(item, defaults, "resource"));
  out.resource_type = TRY(text_member(*resource, "resource", "type"));
  out.resource_id = TRY(text_member(*resource, "resource", "id"));
  out.at_least_revision = TRY(at_least_revision(item, defaults));
  return out;
}

Result<Semantic> read_semantic(const json::object& root) {
  const auto* options = root.if_contains("options");
  if (options == nullptr) return Semantic::kExecuteAll;
  const auto* object = options->if_object();
  if (object == nullptr) return faulty("options", "must be an object");
  const auto* semantic = object->if_contains("evaluations_semantic");
  if (semantic == nullptr) return Semantic::kExecuteAll;
  const auto* word = semantic->if_string();
  if (word != nullptr && *word == "execute_all") return Semantic::kExecuteAll;
  if (word != nullptr && *word == "deny_on_first_deny") return Semantic::kDenyOnFirstDeny;
  if (word != nullptr && *word == "permit_on_first_permit") return Semantic::kPermitOnFirstPermit;
  return faulty("options.evaluations_semantic", "must be execute_all, deny_on_first_deny or permit_on_first_permit");
}

void render_uuid(JsonWriter& out, std::string_view name, const std::optional<Uuid>& id) {
  if (!id) return;
  auto& place = out.key(name).place();
  place.push_back('"');
  id->append_to(place);
  place.push_back('"');
}

void render(const Reason& reason, JsonWriter& out) {
  out.begin_object();
  if (!reason.why_not.empty()) out.member("why_not", reason.why_not);
  if (!reason.role.empty()) out.member("role", reason.role);
  render_uuid(out, "held_at", reason.held_at);
  if (!reason.via.empty()) out.member("via", reason.via);
  render_uuid(out, "connection", reason.connection);
  render_uuid(out, "agency", reason.agency);
  if (!reason.why_not.empty()) {
    out.key("enough").begin_array();
    for (std::size_t i = 0; i < reason.enough_count; ++i) out.value(reason.enough[i]);
    out.end_array();
  }
  out.end_object();
}

}  // namespace

Result<void> Document::parse(std::string_view body) {
  root_ = TRY(gatehouse::json::parse(body, {}, &arena_));
  if (!root_.is_object()) return invalid("authzen.invalid", "The body must be an object.");
  return {};
}

Result<Evaluation> Document::read_evaluation(std::string_view body) {
  TRY(parse(body));
  return read_item(root_.get_object(), nullptr);
}

Result<Document::Batch> Document::read_evaluations(std::string_view body) {
  TRY(parse(body));
  const auto& root = root_.get_object();
  Batch batch;
  batch.semantic = TRY(read_semantic(root));
  const auto* evaluations = root.if_contains("evaluations");
  if (evaluations != nullptr && !evaluations->is_array()) return faulty("evaluations", "must be an array");
  if (evaluations == nullptr || evaluations->get_array().empty()) {
    batch.single = true;
    batch.items.push_back(TRY(read_item(root, nullptr)));
    return batch;
  }
  const auto& list = evaluations->get_array();
  if (list.size() > kMaxEvaluations) {
    return Error{ErrorKind::kTooLarge, "authzen.too_many", "At most 1000 evaluations in one request."};
  }
  batch.items.reserve(list.size());
  for (const auto& entry : list) {
    const auto* item = entry.if_object();
    if (item == nullptr) {
      batch.items.emplace_back(invalid("authzen.invalid", "An evaluation must be an object."));
    } else {
      batch.items.push_back(read_item(*item, &root));
    }
  }
  return batch;
}

void render(const Decision& decision, JsonWriter& out) {
  out.begin_object().member("decision", decision.allowed);
  out.key("context").begin_object().key("reason");
  render(decision.reason, out);
  out.member("revision", decision.revision).end_object().end_object();
}

void render(const ItemError& error, JsonWriter& out) {
  out.begin_object().member("decision", false).key("context").begin_object().key("error").begin_object();
  out.member("status", error.status).member("message", error.message);
  out.end_object().end_object().end_object();
}

std::string render_metadata(std::string_view base) {
  const std::string prefix(base);
  std::string out;
  JsonWriter json(out);
  json.begin_object()
      .member("policy_decision_point", prefix)
      .member("access_evaluation_endpoint", prefix + "/access/v1/evaluation")
      .member("access_evaluations_endpoint", prefix + "/access/v1/evaluations")
      .end_object();
  return out;
}

}  // namespace gatehouse::authzen
