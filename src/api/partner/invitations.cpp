#include "api/partner/invitations.hpp"

#include "api/partner/account_state.hpp"
#include "api/partner/wire.hpp"

namespace gatehouse::api::partner {
namespace {

// kUnauthenticated: of the subscription key, where one is asked for.
constexpr std::string_view kBecause = "the invitation's token is the credential";

// Texts, and none of them required: what is wrong with a batch is said of all of it at once.
struct InvitedUser {
  std::optional<std::string> email;
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::optional<std::string> group_id;
  std::optional<std::string> identity_provider_id;
  std::optional<std::string> identity_provider_prefix;
  std::vector<std::string> organization_ids;
};
void describe(http::Fields<InvitedUser>& f) {
  f.name("PartnerInvitedUser");
  f.add<&InvitedUser::email>("email", {.doc = "Required.", .format = "idn-email"});
  f.add<&InvitedUser::first_name>("firstName");
  f.add<&InvitedUser::last_name>("lastName");
  f.add<&InvitedUser::group_id>("groupId", {.doc = "Required: the id of a role.", .format = "uuid"});
  f.add<&InvitedUser::identity_provider_id>("identityProviderId", {.format = "uuid"});
  f.add<&InvitedUser::identity_provider_prefix>("identityProviderPrefix");
  f.add<&InvitedUser::organization_ids>("organizationIds", {.doc = "Instead of those of the batch; at most 100."});
}

struct InviteUsers {
  std::vector<InvitedUser> users;
  std::vector<std::string> organization_ids;
  bool validate_only = false;
};
void describe(http::Fields<InviteUsers>& f) {
  f.name("InvitePartnerUsers");
  f.add<&InviteUsers::users>("users", {.doc = "1 to 100."});
  f.add<&InviteUsers::organization_ids>("organizationIds",
                                        {.doc = "For users that name none themselves; at most 100."});
  f.add<&InviteUsers::validate_only>(
      "validateOnly",
      {.in = http::In::kQuery, .doc = "Answers what would happen; nothing is changed.", .fallback = "false"});
}

struct InvitationOfUser {
  std::optional<UserId> user_id;
  std::string email;
  std::string account_state;
  std::vector<OrganizationId> organization_ids;
  std::optional<Timestamp> invitation_expires_at;
  bool is_new_user = false;
};
void describe(http::Fields<InvitationOfUser>& f) {
  f.name("PartnerInvitation");
  f.add<&InvitationOfUser::user_id>("userId", {.doc = "Null for somebody who would be new, with validateOnly."});
  f.add<&InvitationOfUser::email>("email");
  f.add<&InvitationOfUser::account_state>("accountState", {.one_of = kAccountStates});
  f.add<&InvitationOfUser::organization_ids>("organizationIds");
  f.add<&InvitationOfUser::invitation_expires_at>("invitationExpiresAt", {.doc = "Null: belongs to them already."});
  f.add<&InvitationOfUser::is_new_user>("isNewUser");
}

struct InvitedUsers {
  std::int64_t invited = 0;
  std::vector<InvitationOfUser> users;
};
void describe(http::Fields<InvitedUsers>& f) {
  f.name("PartnerInvitations");
  f.add<&InvitedUsers::invited>("invited");
  f.add<&InvitedUsers::users>("users", {.doc = "In the order of the request."});
}

struct ActivateInvitation {
  std::string token;
  std::optional<std::string> password;
};
void describe(http::Fields<ActivateInvitation>& f) {
  f.name("ActivatePartnerInvitation");
  f.add<&ActivateInvitation::token>("token", {.min = 1, .doc = "From the mail."});
  f.add<&ActivateInvitation::password>("password", {.doc = "The first one, of an account that signs in here."});
}

struct ActivatedInvitation {
  UserId user_id;
  std::string email;
  std::string account_state;
  std::vector<OrganizationId> organization_ids;
};
void describe(http::Fields<ActivatedInvitation>& f) {
  f.name("ActivatedPartnerInvitation");
  f.add<&ActivatedInvitation::user_id>("userId");
  f.add<&ActivatedInvitation::email>("email");
  f.add<&ActivatedInvitation::account_state>("accountState", {.one_of = kAccountStates});
  f.add<&ActivatedInvitation::organization_ids>("organizationIds", {.doc = "The user belongs to them now."});
}

struct RejectInvitation {
  std::string token;
};
void describe(http::Fields<RejectInvitation>& f) {
  f.name("RejectPartnerInvitation");
  f.add<&RejectInvitation::token>("token", {.min = 1, .doc = "From the mail."});
}

struct RejectedInvitation {
  std::string status;
};
void describe(http::Fields<RejectedInvitation>& f) {
  f.name("RejectedPartnerInvitation");
  f.add<&RejectedInvitation::status>("status", {.one_of = {"rejected"}});
}

domain::InvitationBatch batch_of(InviteUsers in) {
  domain::InvitationBatch batch;
  batch.organizations = std::move(in.organization_ids);
  batch.people.reserve(in.users.size());
  for (auto& one : in.users) {
    auto& person = batch.people.emplace_back();
    person.email = std::move(one.email).value_or("");
    person.first_name = std::move(one.first_name).value_or("");
    person.last_name = std::move(one.last_name).value_or("");
    person.group = std::move(one.group_id).value_or("");
    person.identity_provider = std::move(one.identity_provider_id);
    person.identity_provider_prefix = std::move(one.identity_provider_prefix);
    if (!one.organization_ids.empty()) person.organizations = std::move(one.organization_ids);
  }
  return batch;
}

InvitedUsers wire(std::vector<domain::InvitedUser> invited) {
  InvitedUsers answer{static_cast<std::int64_t>(invited.size()), {}};
  answer.users.reserve(invited.size());
  for (auto& one : invited) {
    answer.users.push_back({one.user.is_nil() ? std::nullopt : std::optional(one.user), std::move(one.email),
                            std::string(state_of(one.status)), std::move(one.organizations), one.expires_at,
                            one.is_new});
  }
  return answer;
}

// Whatever is wrong with a token is a bad request here.
template <class T>
Result<T> in_words_of_tokens(Result<T> result) {
  if (!result && (result.error().kind == ErrorKind::kUnauthenticated || result.error().kind == ErrorKind::kConflict)) {
    auto error = result.error();
    error.kind = ErrorKind::kInvalid;
    return error;
  }
  return result;
}

void register_answers(http::Surface& surface, domain::JoinInvitations& invitations) {
  surface.add({.id = "activatePartnerInvitation",
               .method = Method::kPost,
               .path = "/partner/v1/invitations/activate",
               .summary = "Accept an invitation with the token of its mail.",
               .anyone_because = kBecause,
               .work = Work::kHash,
               .errors = {ErrorKind::kUnauthenticated}},
              [&invitations](Call&, Anyone, const ActivateInvitation& in) -> Result<ActivatedInvitation> {
                auto joined = TRY(in_words_of_tokens(invitations.activate(in.token, in.password)));
                return ActivatedInvitation{joined.user, std::move(joined.email), std::string(state_of(joined.status)),
                                           std::move(joined.organizations)};
              });
  surface.add({.id = "rejectPartnerInvitation",
               .method = Method::kPost,
               .path = "/partner/v1/invitations/reject",
               .summary = "Decline an invitation with the token of its mail.",
               .anyone_because = kBecause,
               .work = Work::kWrite,
               .errors = {ErrorKind::kUnauthenticated}},
              [&invitations](Call&, Anyone, const RejectInvitation& in) -> Result<RejectedInvitation> {
                TRY(in_words_of_tokens(invitations.reject(in.token)));
                return RejectedInvitation{"rejected"};
              });
}

}  // namespace

void register_invitations(http::Surface& surface, domain::JoinInvitations& invitations) {
  surface.add({.id = "invitePartnerUsers",
               .method = Method::kPost,
               .path = "/partner/v1/users/invite",
               .summary = "Invite users into organizations: all of them, or none.",
               .work = Work::kWrite,
               .errors = {ErrorKind::kForbidden, ErrorKind::kThrottled}},
              [&invitations](Call&, const Permit<Action::kUserInvite>& permit, InviteUsers in) -> Result<InvitedUsers> {
                const bool only_ask = in.validate_only;
                return wire(TRY(invitations.invite(permit, batch_of(std::move(in)), only_ask)));
              });
  register_answers(surface, invitations);
}

}  // namespace gatehouse::api::partner
