#include "api/authzen/decide.hpp"

#include <algorithm>

namespace gatehouse::api::authzen {
namespace {

using access::Via;
using access::View;
using gatehouse::authzen::Decision;
using gatehouse::authzen::Evaluation;
using gatehouse::authzen::ItemError;

constexpr ItemError kForbidden{403, "decisions.evaluate is needed at that organization."};

std::optional<Principal::Kind> subject_kind(std::string_view type) {
  if (type == "user") return Principal::Kind::kUser;
  if (type == "client") return Principal::Kind::kClient;
  if (type == "token") return Principal::Kind::kApiToken;
  return std::nullopt;
}

// As if signed in; somebody unknown holds nothing, and the explanation says so.
Principal subject_of(const View& view, Principal::Kind kind, const Uuid& id) {
  std::optional<Principal> known;
  if (kind == Principal::Kind::kUser) known = view.subject_user(UserId(id));
  if (kind == Principal::Kind::kClient) known = view.subject_client(ClientId(id));
  if (kind == Principal::Kind::kApiToken) known = view.subject_api_token(ApiTokenId(id));
  if (known) return *known;
  Principal unknown;
  unknown.kind = kind;
  unknown.id = id;
  return unknown;
}

std::string_view word(Via via) {
  switch (via) {
    case Via::kNothing: return {};
    case Via::kDirect: return "direct";
    case Via::kConnection: return "connection";
    case Via::kClient: return "client";
    case Via::kApiToken: return "token";
    case Via::kSystem: return "system";
  }
  return {};
}

// What a caller may be told of a reason: never an organization or a subject out of its reach.
struct Teller {
  const View& view;
  const Principal& caller;
  Timestamp now;
  OrganizationNo organization;
  bool self;

  [[nodiscard]] std::optional<Uuid> name(OrganizationNo no) const {
    if (!no || (no != organization && !view.reaches(caller, no, now))) return std::nullopt;
    return view.organization_id(no);
  }

  [[nodiscard]] std::string_view why_not(std::string_view why) const {
    // About oneself: an organization out of reach is as good as none.
    if (self) return view.reaches(caller, organization, now) ? why : "organization_unknown";
    const bool about_subject = why != "not_held" && why != "scope" && why != "organization_unknown";
    const bool sees_all = view.allows(caller, access::permission::kAccountsView, view.platform(), now);
    return about_subject && !sees_all ? "not_held" : why;
  }

  void tell(const access::Explanation& explanation, gatehouse::authzen::Reason& out) const {
    if (!explanation.allowed) {
      out.why_not = why_not(explanation.why_not);
      if (out.why_not == "organization_unknown") return;
      for (const auto no : explanation.enough) {
        if (out.enough_count < out.enough.size()) out.enough[out.enough_count++] = view.role(no)->name;
      }
      return;
    }
    out.via = word(explanation.via);
    if (const auto* role = view.role(explanation.role)) out.role = role->name;
    out.held_at = name(explanation.held_at);
    out.agency = name(explanation.agency);
    if (out.agency) out.connection = explanation.connection;
  }
};

}  // namespace

// What nobody knows is answered like what nobody holds: a well-formed question gets a decision, and the decision is no.
Outcome decide(const View& view, const access::Permissions& permissions, const Principal& caller, const Evaluation& in,
               Timestamp now) {
  const auto kind = subject_kind(in.subject_type);
  const auto subject_id = Uuid::parse(in.subject_id);
  const auto permission = permissions.find(in.action);
  const auto organization_id =
      in.resource_type == "organization" ? OrganizationId::parse(in.resource_id) : std::nullopt;
  const auto organization = organization_id ? view.find_organization(*organization_id) : OrganizationNo();

  const bool self = kind && subject_id && caller.kind == *kind && caller.id == *subject_id;
  // An unknown organization is told of only to who may ask about all of them.
  const auto asked_at = organization ? organization : view.platform();
  if (!self && !view.allows(caller, access::permission::kDecisionsEvaluate, asked_at, now)) return kForbidden;
  if (in.at_least_revision && *in.at_least_revision > view.revision()) {
    return ItemError{503, "That revision is not known here yet."};
  }
  Decision decision;
  decision.revision = view.revision();
  if (!permission) {
    decision.reason.why_not = "permission_unknown";
    return decision;
  }
  const Principal subject = kind && subject_id ? subject_of(view, *kind, *subject_id) : Principal();
  const auto explanation = view.explain(subject, *permission, organization, now);
  decision.allowed = explanation.allowed;
  Teller{view, caller, now, organization, self}.tell(explanation, decision.reason);
  return decision;
}

}  // namespace gatehouse::api::authzen
