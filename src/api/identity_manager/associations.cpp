#include "api/identity_manager/associations.hpp"

#include "api/identity_manager/wire.hpp"

namespace gatehouse::api::identity_manager {
namespace {

using domain::Directory;

struct RoleOfUser {
  using Id = RoleId;
  static constexpr std::string_view kPath = "/api/UserRole";
  static constexpr std::string_view kMember = "roleId";
  static constexpr std::string_view kName = "DirectoryUserRole";
  static constexpr std::string_view kAdd = "addDirectoryUserRole";
  static constexpr std::string_view kAddSummary = "Give a user a role at the platform, so that it holds everywhere.";
  static constexpr std::string_view kRemove = "removeDirectoryUserRole";
  static constexpr std::string_view kRemoveSummary = "Take a role at the platform away; the next request knows.";
  static constexpr auto add = &Directory::grant_role;
  static constexpr auto remove = &Directory::revoke_role;
};

struct CompanyOfUser {
  using Id = OrganizationId;
  static constexpr std::string_view kPath = "/api/UserCompany";
  static constexpr std::string_view kMember = "companyId";
  static constexpr std::string_view kName = "DirectoryUserCompany";
  static constexpr std::string_view kAdd = "addDirectoryUserCompany";
  static constexpr std::string_view kAddSummary = "Make a user a member of a company, without roles.";
  static constexpr std::string_view kRemove = "removeDirectoryUserCompany";
  static constexpr std::string_view kRemoveSummary = "End a membership with all its roles, there and below.";
  static constexpr auto add = &Directory::add_organization;
  static constexpr auto remove = &Directory::remove_organization;
};

struct ProviderOfUser {
  using Id = domain::ProviderId;
  static constexpr std::string_view kPath = "/api/UserProvider";
  static constexpr std::string_view kMember = "providerId";
  static constexpr std::string_view kName = "DirectoryUserProvider";
  static constexpr std::string_view kAdd = "addDirectoryUserProvider";
  static constexpr std::string_view kAddSummary = "Associate a user with an external provider.";
  static constexpr std::string_view kRemove = "removeDirectoryUserProvider";
  static constexpr std::string_view kRemoveSummary = "End the association of a user with a provider.";
  static constexpr auto add = &Directory::add_provider;
  static constexpr auto remove = &Directory::remove_provider;
};

template <class Of>
struct Association {
  UserId user_id;
  typename Of::Id id;
};
template <class Of>
void describe(http::Fields<Association<Of>>& f) {
  f.name(Of::kName);
  f.template add<&Association<Of>::user_id>("userId");
  f.template add<&Association<Of>::id>(Of::kMember);
}

// The same, which a DELETE takes from the query or the body.
template <class Of>
struct Ended {
  UserId user_id;
  typename Of::Id id;
};
template <class Of>
void describe(http::Fields<Ended<Of>>& f) {
  static const std::string name = "Ended" + std::string(Of::kName);
  f.name(name);
  f.template add<&Ended<Of>::user_id>("userId", {.in = In::kEither});
  f.template add<&Ended<Of>::id>(Of::kMember, {.in = In::kEither});
}

template <class Of>
void register_association(http::Surface& surface, Directory& directory) {
  surface.add({.id = Of::kAdd,
               .method = Method::kPost,
               .path = Of::kPath,
               .summary = Of::kAddSummary,
               .work = Work::kWrite,
               .success = 201,
               .errors = {ErrorKind::kNotFound, ErrorKind::kConflict}},
              [&directory](Call&, const Permit<Action::kAccountEdit>& permit,
                           const Association<Of>& in) -> Result<Association<Of>> {
                TRY(in_wire_words((directory.*Of::add)(permit, in.user_id, in.id)));
                return in;
              });
  surface.add({.id = Of::kRemove,
               .method = Method::kDelete,
               .path = Of::kPath,
               .summary = Of::kRemoveSummary,
               .work = Work::kWrite,
               .success = 204,
               .errors = {ErrorKind::kNotFound, ErrorKind::kConflict}},
              [&directory](Call&, const Permit<Action::kAccountEdit>& permit, const Ended<Of>& in) -> Result<Nothing> {
                TRY(in_wire_words((directory.*Of::remove)(permit, in.user_id, in.id)));
                return Nothing{};
              });
}

}  // namespace

void register_associations(http::Surface& surface, Directory& directory) {
  register_association<RoleOfUser>(surface, directory);
  register_association<CompanyOfUser>(surface, directory);
  register_association<ProviderOfUser>(surface, directory);
}

}  // namespace gatehouse::api::identity_manager
