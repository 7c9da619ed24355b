#include "api/partner/user_identity_provider.hpp"

#include "api/partner/wire.hpp"

namespace gatehouse::api::partner {
namespace {

constexpr std::string_view kPath = "/partner/v1/users/{id}/identity-provider";

struct SetProvider {
  domain::IdentityProviderId identity_provider_id;
};
void describe(http::Fields<SetProvider>& f) {
  f.name("SetPartnerUserIdentityProvider");
  f.add<&SetProvider::identity_provider_id>("identityProviderId");
}

}  // namespace

void register_user_identity_provider(http::Surface& surface, domain::Users& users) {
  surface.add(
      {.id = "setPartnerUserIdentityProvider",
       .method = Method::kPut,
       .path = kPath,
       .summary = "Let a user sign in at an identity provider; its password is gone and its sessions end.",
       .work = Work::kWrite,
       .success = 204,
       .errors = {ErrorKind::kNotFound, ErrorKind::kConflict}},
      [&users](Call& call, const Permit<Action::kAccountEdit>& permit, const SetProvider& in) -> Result<Nothing> {
        TRY(users.change_identity_provider(permit, id_in_path<UserId>(call), in.identity_provider_id));
        return Nothing{};
      });
  surface.add({.id = "removePartnerUserIdentityProvider",
               .method = Method::kDelete,
               .path = kPath,
               .summary = "Let a user sign in here again, once it is given a password; its sessions end.",
               .work = Work::kWrite,
               .success = 204,
               .errors = {ErrorKind::kNotFound, ErrorKind::kConflict}},
              [&users](Call& call, const Permit<Action::kAccountEdit>& permit, Nothing) -> Result<Nothing> {
                TRY(users.change_identity_provider(permit, id_in_path<UserId>(call), std::nullopt));
                return Nothing{};
              });
}

}  // namespace gatehouse::api::partner
