#include "api/authzen/authzen.hpp"

#include <utility>

#include "api/authzen/decide.hpp"

namespace gatehouse::api::authzen {
namespace {

using gatehouse::authzen::Decision;
using gatehouse::authzen::Document;
using gatehouse::authzen::ItemError;
using gatehouse::authzen::Semantic;
using http::Action;
using http::Anyone;
using http::Call;
using http::Nothing;
using http::Permit;
using http::RawAnswer;
using http::RawBody;

constexpr std::string_view kEvaluationSchema =
    R"({"type":"object","required":["subject","action","resource"],"properties":{)"
    R"("subject":{"type":"object","required":["type","id"],"properties":{"type":{"type":"string","enum":["user","client","token"]},"id":{"type":"string","format":"uuid"}}},)"
    R"("action":{"type":"object","required":["name"],"properties":{"name":{"type":"string"}}},)"
    R"("resource":{"type":"object","required":["type","id"],"properties":{"type":{"type":"string","enum":["organization"]},"id":{"type":"string","format":"uuid"}}},)"
    R"("context":{"type":"object","properties":{"at_least_revision":{"type":"integer","minimum":0}}}}})";
constexpr std::string_view kDecisionSchema =
    R"({"type":"object","required":["decision"],"properties":{"decision":{"type":"boolean"},"context":{"type":"object"}}})";
constexpr std::string_view kEvaluationsSchema =
    R"({"type":"object","properties":{"subject":{"type":"object"},"action":{"type":"object"},"resource":{"type":"object"},"context":{"type":"object"},)"
    R"("options":{"type":"object","properties":{"evaluations_semantic":{"type":"string","enum":["execute_all","deny_on_first_deny","permit_on_first_permit"]}}},)"
    R"("evaluations":{"type":"array","maxItems":1000,"items":{"type":"object"}}}})";
constexpr std::string_view kDecisionsSchema =
    R"({"type":"object","properties":{"decision":{"type":"boolean"},"context":{"type":"object"},"evaluations":{"type":"array","items":)"
    R"({"type":"object","required":["decision"],"properties":{"decision":{"type":"boolean"},"context":{"type":"object"}}}}}})";
constexpr std::string_view kMetadataSchema =
    R"({"type":"object","required":["policy_decision_point","access_evaluation_endpoint"],"properties":{"policy_decision_point":{"type":"string"},)"
    R"("access_evaluation_endpoint":{"type":"string"},"access_evaluations_endpoint":{"type":"string"}}})";

// An error that concerns the whole request is one of the transport (clause 10).
Error transport_error(const ItemError& error) {
  switch (error.status) {
    case 403: return forbidden("access.forbidden", std::string(error.message));
    case 503: return {ErrorKind::kUnavailable, "decision.revision_ahead", std::string(error.message), {}, 1};
    default: return invalid("authzen.invalid", std::string(error.message));
  }
}

class Evaluations {
 public:
  explicit Evaluations(const access::Graph& graph) : graph_(graph) {}

  // `body` gives its room.
  [[nodiscard]] Result<std::string> one(const Principal& caller, const gatehouse::authzen::Evaluation& in,
                                        Timestamp now, std::string body) const {
    std::optional<Error> refused;
    body.clear();
    graph_.read([&](const access::View& view) {
      const auto outcome = decide(view, graph_.permissions(), caller, in, now);
      if (const auto* error = std::get_if<ItemError>(&outcome)) {
        refused = transport_error(*error);
        return;
      }
      JsonWriter out(body);
      render(*std::get_if<Decision>(&outcome), out);
    });
    if (refused) return *std::move(refused);
    return body;
  }

  // All at one revision.
  [[nodiscard]] std::string many(const Principal& caller, const Document::Batch& batch, Timestamp now) const {
    std::string body;
    graph_.read([&](const access::View& view) {
      body.clear();
      body.reserve(batch.items.size() * 160 + 32);
      JsonWriter out(body);
      out.begin_object().key("evaluations").begin_array();
      for (const auto& item : batch.items) {
        const bool allowed = append(view, caller, item, now, out);
        if (batch.semantic == Semantic::kDenyOnFirstDeny && !allowed) break;
        if (batch.semantic == Semantic::kPermitOnFirstPermit && allowed) break;
      }
      out.end_array().end_object();
    });
    return body;
  }

 private:
  bool append(const access::View& view, const Principal& caller, const Result<gatehouse::authzen::Evaluation>& item,
              Timestamp now, JsonWriter& out) const {
    if (!item) {
      const auto& error = item.error();
      std::string message = error.detail;
      for (const auto& field : error.fields) message = field.field + " " + field.message + ".";
      render(ItemError{400, message}, out);
      return false;
    }
    const auto outcome = decide(view, graph_.permissions(), caller, *item, now);
    if (const auto* error = std::get_if<ItemError>(&outcome)) {
      render(*error, out);
      return false;
    }
    const auto& decision = *std::get_if<Decision>(&outcome);
    render(decision, out);
    return decision.allowed;
  }

  const access::Graph& graph_;
};

}  // namespace

void register_authzen(http::Surface& surface, const access::Graph& graph, std::string_view public_url) {
  const Evaluations evaluations(graph);
  // Who may ask depends on the subject and the resource in the body, so `decide` asks the graph; the permit says that
  // somebody who stands is asking.
  surface.add({.id = "evaluateAccess",
               .method = http::Method::kPost,
               .path = "/access/v1/evaluation",
               .summary = "Decide whether a subject may do something at an organization (AuthZEN 1.0, clause 6).",
               .work = http::Work::kMemory,
               .errors = {ErrorKind::kForbidden, ErrorKind::kUnavailable},
               .raw_schema = kEvaluationSchema,
               .raw_answer_schema = kDecisionSchema},
              [evaluations](Call& call, const Permit<Action::kAccountGet>& permit, RawBody body) -> Result<RawAnswer> {
                Document document;
                const auto in = TRY(document.read_evaluation(body.bytes));
                return RawAnswer{"application/json",
                                 TRY(evaluations.one(permit.principal(), in, call.now, std::move(call.response.body))),
                                 200};
              });
  surface.add({.id = "evaluateAccessBatch",
               .method = http::Method::kPost,
               .path = "/access/v1/evaluations",
               .summary = "Decide up to 1000 questions at one revision (AuthZEN 1.0, clause 7).",
               .work = http::Work::kMemory,
               .errors = {ErrorKind::kForbidden, ErrorKind::kTooLarge, ErrorKind::kUnavailable},
               .raw_schema = kEvaluationsSchema,
               .raw_answer_schema = kDecisionsSchema},
              [evaluations](Call& call, const Permit<Action::kAccountGet>& permit, RawBody body) -> Result<RawAnswer> {
                Document document;
                const auto batch = TRY(document.read_evaluations(body.bytes));
                if (batch.single) {
                  const auto& in = *batch.items.front();
                  return RawAnswer{
                      "application/json",
                      TRY(evaluations.one(permit.principal(), in, call.now, std::move(call.response.body))), 200};
                }
                return RawAnswer{"application/json", evaluations.many(permit.principal(), batch, call.now), 200};
              });
  surface.add(
      {.id = "getAuthzenConfiguration",
       .method = http::Method::kGet,
       .path = "/.well-known/authzen-configuration",
       .summary = "Where the decision point's endpoints are (AuthZEN 1.0, clause 9).",
       .timeless = true,
       .anyone_because = "discovery comes before credentials",
       .work = http::Work::kMemory,
       .raw_answer_schema = kMetadataSchema},
      [document = gatehouse::authzen::render_metadata(public_url)](Call&, Anyone, Nothing) -> Result<RawAnswer> {
        return RawAnswer{"application/json", document, 200};
      });
}

}  // namespace gatehouse::api::authzen
