#include "api/partner/user_invitations.hpp"

#include "api/partner/identity_provider_name.hpp"
#include "api/partner/wire.hpp"

namespace gatehouse::api::partner {
namespace {

struct OfferedOrganization {
  OrganizationId id;
  std::string name;
  std::vector<RoleId> group_ids;
};
void describe(http::Fields<OfferedOrganization>& f) {
  f.name("PartnerOfferedOrganization");
  f.add<&OfferedOrganization::id>("id");
  f.add<&OfferedOrganization::name>("name");
  f.add<&OfferedOrganization::group_ids>("groupIds");
}

struct UserInvitation {
  domain::InvitationId id;
  std::string status;
  std::string email;
  std::optional<std::string> invited_by;
  std::optional<IdentityProviderName> identity_provider;
  std::vector<OfferedOrganization> organizations;
  Timestamp creation_date;
  Timestamp last_sent_date;
  Timestamp expires_at;
  std::optional<Timestamp> answer_date;
};
void describe(http::Fields<UserInvitation>& f) {
  f.name("PartnerUserInvitation");
  f.add<&UserInvitation::id>("id");
  f.add<&UserInvitation::status>("status", {.one_of = {"pending", "expired", "accepted", "rejected", "withdrawn"}});
  f.add<&UserInvitation::email>("email");
  f.add<&UserInvitation::invited_by>("invitedBy", {.doc = "Name of the person who sent it last; null: a program."});
  f.add<&UserInvitation::identity_provider>("identityProvider");
  f.add<&UserInvitation::organizations>("organizations", {.doc = "Those that the caller may see users of."});
  f.add<&UserInvitation::creation_date>("creationDate");
  f.add<&UserInvitation::last_sent_date>("lastSentDate");
  f.add<&UserInvitation::expires_at>("expiresAt");
  f.add<&UserInvitation::answer_date>("answerDate");
}

UserInvitation wire(domain::JoinOffer offer) {
  UserInvitation answer{offer.id,
                        std::string(name(offer.status)),
                        std::move(offer.email),
                        or_null(std::move(offer.inviter_person)),
                        identity_provider_name(offer.identity_provider),
                        {},
                        offer.created_at,
                        offer.last_sent_at,
                        offer.expires_at,
                        offer.responded_at};
  for (auto& place : offer.places) {
    answer.organizations.push_back({place.organization, std::move(place.name), std::move(place.roles)});
  }
  return answer;
}

}  // namespace

void register_user_invitations(http::Surface& surface, domain::JoinInvitations& invitations) {
  surface.add({.id = "listPartnerUserInvitations",
               .path = "/partner/v1/users/{id}/invitations",
               .summary = "The invitations of a user into organizations of the caller, newest first.",
               .errors = {ErrorKind::kNotFound}},
              [&invitations](Call& call, const Permit<Action::kAccountGet>& permit,
                             Nothing) -> Result<std::vector<UserInvitation>> {
                std::vector<UserInvitation> all;
                auto offers = TRY(invitations.offers(permit, id_in_path<UserId>(call)));
                all.reserve(offers.size());
                for (auto& offer : offers) all.push_back(wire(std::move(offer)));
                const auto total = static_cast<std::int64_t>(all.size());
                return counted(call, total, std::move(all));
              });
  surface.add(
      {.id = "withdrawPartnerInvitation",
       .method = Method::kDelete,
       .path = "/partner/v1/invitations/{id}",
       .summary = "Withdraw an invitation: one's own, or what it offers where the caller could offer it as well.",
       .work = Work::kWrite,
       .success = 204,
       .errors = {ErrorKind::kForbidden, ErrorKind::kNotFound, ErrorKind::kConflict}},
      [&invitations](Call& call, const Permit<Action::kUserInvite>& permit, Nothing) -> Result<Nothing> {
        TRY(invitations.withdraw(permit, id_in_path<domain::InvitationId>(call)));
        return Nothing{};
      });
}

}  // namespace gatehouse::api::partner
