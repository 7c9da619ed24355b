#include "api/access/invitations.hpp"

#include "api/access/wire.hpp"

namespace gatehouse::api::access_api {
namespace {

using domain::InvitationId;

const std::vector<std::string_view> kRelations{"agency", "customer"};

struct CreateInvitation {
  std::string email;
  std::string company_name;
  std::string relation_type;
  std::optional<std::string> locale;
};
void describe(http::Fields<CreateInvitation>& f) {
  f.name("CreateInvitation");
  f.add<&CreateInvitation::email>("email", {.format = "email"});
  f.add<&CreateInvitation::company_name>("company_name", {.min = 1, .max = domain::kMaxCompanyName});
  f.add<&CreateInvitation::relation_type>(
      "relation_type", {.doc = "What the invited organization becomes to yours.", .one_of = kRelations});
  f.add<&CreateInvitation::locale>("locale", {.doc = "Language of the mail.", .one_of = {"en", "es"}});
}

struct CreatedInvitation {
  InvitationId invitation_id;
  std::string status;
};
void describe(http::Fields<CreatedInvitation>& f) {
  f.name("CreatedInvitation");
  f.add<&CreatedInvitation::invitation_id>("invitation_id");
  f.add<&CreatedInvitation::status>("status", {.one_of = {"pending"}});
}

struct InvitationView {
  InvitationId id;
  std::optional<ConnectionId> connection_id;
  std::string direction;
  std::string status;
  std::string relation_type;
  std::string email;
  std::string company_name;
  std::string inviter_company;
  Timestamp created_at;
  Timestamp last_sent_at;
  std::optional<Timestamp> responded_at;
  bool can_resend = false;
};
void describe(http::Fields<InvitationView>& f) {
  f.name("Invitation");
  f.add<&InvitationView::id>("id");
  f.add<&InvitationView::connection_id>("connection_id", {.doc = "While the connection stands."});
  f.add<&InvitationView::direction>("direction", {.one_of = {"sent", "received"}});
  f.add<&InvitationView::status>("status", {.one_of = {"pending", "accepted", "rejected"}});
  f.add<&InvitationView::relation_type>("relation_type", {.one_of = kRelations});
  f.add<&InvitationView::email>("email");
  f.add<&InvitationView::company_name>("company_name");
  f.add<&InvitationView::inviter_company>("inviter_company");
  f.add<&InvitationView::created_at>("created_at");
  f.add<&InvitationView::last_sent_at>("last_sent_at");
  f.add<&InvitationView::responded_at>("responded_at");
  f.add<&InvitationView::can_resend>("can_resend");
}

struct AcceptInvitation {
  std::string token;
};
void describe(http::Fields<AcceptInvitation>& f) {
  f.name("AcceptInvitation");
  f.add<&AcceptInvitation::token>("token", {.min = 1, .doc = "From the mail."});
}

struct AcceptedInvitation {
  InvitationId invitation_id;
  ConnectionId connection_id;
  std::string status;
};
void describe(http::Fields<AcceptedInvitation>& f) {
  f.name("AcceptedInvitation");
  f.add<&AcceptedInvitation::invitation_id>("invitation_id");
  f.add<&AcceptedInvitation::connection_id>("connection_id");
  f.add<&AcceptedInvitation::status>("status", {.one_of = {"accepted"}});
}

struct RejectedInvitation {
  InvitationId invitation_id;
  std::string status;
  std::string rejected_by;
};
void describe(http::Fields<RejectedInvitation>& f) {
  f.name("RejectedInvitation");
  f.add<&RejectedInvitation::invitation_id>("invitation_id");
  f.add<&RejectedInvitation::status>("status", {.one_of = {"rejected"}});
  f.add<&RejectedInvitation::rejected_by>("rejected_by", {.one_of = {"inviter", "invitee"}});
}

struct ResentInvitation {
  InvitationId invitation_id;
  Timestamp last_sent_at;
};
void describe(http::Fields<ResentInvitation>& f) {
  f.name("ResentInvitation");
  f.add<&ResentInvitation::invitation_id>("invitation_id");
  f.add<&ResentInvitation::last_sent_at>("last_sent_at");
}

InvitationView wire(domain::Invitation one) {
  return {one.id,
          one.connection,
          one.sent ? "sent" : "received",
          std::string(domain::name(one.status)),
          std::string(domain::name(one.relation)),
          std::move(one.email),
          std::move(one.company_name),
          std::move(one.inviter_company),
          one.created_at,
          one.last_sent_at,
          one.responded_at,
          one.can_resend};
}

Stream<InvitationView> invitations_of(const domain::Invitations& invitations,
                                      const Permit<Action::kInvitationList>& permit) {
  return {[&invitations, permit, before = std::optional<InvitationId>()](std::vector<InvitationView>& batch) mutable {
    auto found = next_batch(invitations.list(permit, before, kBatch));
    const bool more = found.size() == kBatch;
    if (more) before = found.back().id;
    for (auto& one : found) batch.push_back(wire(std::move(one)));
    return more;
  }};
}

void register_answers(http::Surface& surface, domain::Invitations& invitations) {
  surface.add({.id = "acceptInvitation",
               .method = Method::kPost,
               .path = "/access/invite/accept",
               .summary = "Accept a pending invitation with the token from its mail.",
               .anyone_because = "the invitation's token is the credential; a bearer is not looked at",
               .work = Work::kWrite,
               .errors = {ErrorKind::kUnauthenticated}},
              [&invitations](Call&, Anyone, const AcceptInvitation& in) -> Result<Success<AcceptedInvitation>> {
                const auto accepted = TRY(invitations.accept(in.token));
                return success(AcceptedInvitation{accepted.id, accepted.connection, "accepted"});
              });
  surface.add({.id = "rejectInvitation",
               .method = Method::kPost,
               .path = "/access/invite/{invitation_id}/reject",
               .summary = "Decline a pending invitation, from either side.",
               .asks_active = true,
               .work = Work::kWrite,
               .errors = {ErrorKind::kForbidden}},
              [&invitations](Call& call, const Permit<Action::kInvitationReject>& permit,
                             Nothing) -> Result<Success<RejectedInvitation>> {
                const auto id = id_in_path<InvitationId>(call, "invitation_id");
                const bool by_inviter = TRY(invitations.reject(permit, id));
                return success(RejectedInvitation{id, "rejected", by_inviter ? "inviter" : "invitee"});
              });
  surface.add({.id = "resendInvitation",
               .method = Method::kPost,
               .path = "/access/invite/{invitation_id}/resend",
               .summary = "Send the mail of an invitation that is pending for more than two days again.",
               .at_active = true,
               .work = Work::kWrite},
              [&invitations](Call& call, const Permit<Action::kInvitationResend>& permit,
                             Nothing) -> Result<Success<ResentInvitation>> {
                const auto id = id_in_path<InvitationId>(call, "invitation_id");
                return success(ResentInvitation{id, TRY(invitations.resend(permit, id))});
              });
}

}  // namespace

void register_invitations(http::Surface& surface, domain::Invitations& invitations) {
  surface.add({.id = "createInvitation",
               .method = Method::kPost,
               .path = "/access/invite",
               .summary = "Invite somebody of another organization to connect it with yours.",
               .at_active = true,
               .work = Work::kWrite},
              [&invitations](Call&, const Permit<Action::kInvitationCreate>& permit,
                             CreateInvitation in) -> Result<Success<CreatedInvitation>> {
                const auto relation = domain::parse_relation(in.relation_type).value_or(domain::Relation::kAgency);
                const auto id = TRY(invitations.create(
                    permit, {std::move(in.email), std::move(in.company_name), relation, in.locale.value_or("")}));
                return success(CreatedInvitation{id, "pending"});
              });
  surface.add(
      {.id = "listInvitations",
       .path = "/access/invite",
       .summary = "The invitations your organization sent and received, newest first.",
       .at_active = true},
      [&invitations](Call&, const Permit<Action::kInvitationList>& permit, Nothing) -> Result<Stream<InvitationView>> {
        return invitations_of(invitations, permit);
      });
  register_answers(surface, invitations);
}

}  // namespace gatehouse::api::access_api
