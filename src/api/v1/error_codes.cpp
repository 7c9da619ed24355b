// The one table from the core's error codes to this surface's `Aggregate.Error` (CONTRACTS section 3, "Errors").
#include <algorithm>
#include <array>
#include <utility>

#include "api/v1/dialect.hpp"

namespace gatehouse::api::v1 {
namespace {

using Word = std::pair<std::string_view, std::string_view>;

// Sorted by the core's code.
constexpr std::array kWords{
    Word{"access.ceiling", "Access.CeilingExceeded"},
    Word{"access.forbidden", "Access.Forbidden"},
    Word{"access.outranked", "Access.Outranked"},
    Word{"access.person_needed", "Access.PersonNeeded"},
    Word{"access.through_agency", "Access.ThroughAgency"},
    Word{"api_token.invalid", "ApiToken.Invalid"},
    Word{"api_token.not_found", "ApiToken.NotFound"},
    Word{"api_token.too_many", "ApiToken.TooMany"},
    Word{"auth.credentials_invalid", "Auth.InvalidCredentials"},
    Word{"auth.refresh_token_invalid", "Auth.InvalidRefreshToken"},
    Word{"auth.required", "Auth.Required"},
    Word{"auth.throttled", "Auth.TooManyAttempts"},
    Word{"auth.token_invalid", "Auth.InvalidToken"},
    Word{"client.invalid", "ClientCredential.Invalid"},
    Word{"client.name_taken", "ClientCredential.NameAlreadyExists"},
    Word{"client.not_found", "ClientCredential.NotFound"},
    Word{"client.scope_invalid", "ClientCredential.InvalidScope"},
    Word{"client.too_many", "ClientCredential.TooMany"},
    Word{"directory.unknown_ids", "Directory.UnknownIds"},
    Word{"idempotency.in_progress", "Idempotency.InProgress"},
    Word{"idempotency.key_invalid", "Idempotency.InvalidKey"},
    Word{"idempotency.key_reused", "Idempotency.KeyReused"},
    Word{"identification.number_invalid", "User.InvalidIdentificationNumber"},
    Word{"identification_type.code_taken", "IdentificationType.CodeAlreadyExists"},
    Word{"identification_type.in_use", "IdentificationType.InUse"},
    Word{"identification_type.invalid", "IdentificationType.Invalid"},
    Word{"identification_type.not_found", "IdentificationType.NotFound"},
    Word{"identification_type.too_many", "IdentificationType.TooMany"},
    Word{"json.malformed", "Request.MalformedJson"},
    Word{"json.too_large", "Request.TooLarge"},
    Word{"membership.batch_size", "OrgUser.InvalidBatch"},
    Word{"membership.exists", "OrgUser.AlreadyExists"},
    Word{"membership.invalid", "OrgUser.Invalid"},
    Word{"membership.last_admin", "OrgUser.LastAdmin"},
    Word{"membership.not_found", "OrgUser.NotFound"},
    Word{"membership.not_parent_admin", "OrgUser.NotParentAdmin"},
    Word{"membership.own", "OrgUser.CannotRemoveSelf"},
    Word{"node.stale", "Node.Stale"},
    Word{"organization.admins_invalid", "Org.InvalidAdmins"},
    Word{"organization.cycle", "Org.Cycle"},
    Word{"organization.description_invalid", "Org.InvalidDescription"},
    Word{"organization.has_children", "Org.HasChildren"},
    Word{"organization.has_users", "Org.HasUsers"},
    Word{"organization.is_platform", "Org.IsPlatform"},
    Word{"organization.is_root", "Org.IsRoot"},
    Word{"organization.name_invalid", "Org.InvalidName"},
    Word{"organization.name_mismatch", "Org.NameMismatch"},
    Word{"organization.name_taken", "Org.NameAlreadyExists"},
    Word{"organization.not_found", "Org.NotFound"},
    Word{"organization.too_deep", "Org.TooDeep"},
    Word{"organization.version_mismatch", "Org.VersionMismatch"},
    Word{"password.current_wrong", "User.WrongCurrentPassword"},
    Word{"password.invalid", "User.InvalidPassword"},
    Word{"password.like_account", "User.PasswordLikeAccount"},
    Word{"password.too_common", "User.PasswordTooCommon"},
    Word{"password.too_long", "User.PasswordTooLong"},
    Word{"password.too_short", "User.PasswordTooShort"},
    Word{"password.unchanged", "User.PasswordUnchanged"},
    Word{"password.weak", "User.WeakPassword"},
    Word{"provider.association_exists", "UserProvider.AlreadyExists"},
    Word{"provider.association_not_found", "UserProvider.NotFound"},
    Word{"provider.in_use", "Provider.InUse"},
    Word{"provider.inactive", "Provider.Inactive"},
    Word{"provider.invalid", "Provider.Invalid"},
    Word{"provider.name_taken", "Provider.NameAlreadyExists"},
    Word{"provider.not_found", "Provider.NotFound"},
    Word{"provider.too_many", "Provider.TooMany"},
    Word{"provider.too_many_of_user", "UserProvider.TooMany"},
    Word{"request.invalid", "Request.Invalid"},
    Word{"request.malformed", "Request.Malformed"},
    Word{"request.media_type", "Request.UnsupportedMediaType"},
    Word{"request.method_not_allowed", "Request.MethodNotAllowed"},
    Word{"request.overloaded", "Request.Overloaded"},
    Word{"request.precondition_failed", "Request.PreconditionFailed"},
    Word{"request.timed_out", "Request.TimedOut"},
    Word{"request.too_large", "Request.TooLarge"},
    Word{"request.unknown_route", "Request.UnknownRoute"},
    Word{"revision.not_reached", "Revision.NotReached"},
    Word{"role.held", "UserRole.AlreadyExists"},
    Word{"role.not_found", "Role.NotFound"},
    Word{"role.not_held", "UserRole.NotFound"},
    Word{"role.unknown", "Role.Unknown"},
    Word{"search.busy", "Search.Busy"},
    Word{"session.none", "Auth.NoSession"},
    Word{"store.outcome_unknown", "Store.OutcomeUnknown"},
    Word{"store.unavailable", "Store.Unavailable"},
    Word{"user.display_name_invalid", "User.InvalidDisplayName"},
    Word{"user.email_invalid", "User.InvalidEmail"},
    Word{"user.email_taken", "User.EmailAlreadyExists"},
    Word{"user.identification_taken", "User.IdentificationAlreadyExists"},
    Word{"user.invalid", "User.Invalid"},
    Word{"user.invited_elsewhere", "User.InvitedElsewhere"},
    Word{"user.name_invalid", "User.InvalidName"},
    Word{"user.name_look_alike", "User.NameLooksLikeAnother"},
    Word{"user.name_taken", "User.NameAlreadyExists"},
    Word{"user.not_found", "User.NotFound"},
    Word{"user.own_account", "User.OwnAccount"},
    Word{"user.person_name_invalid", "User.InvalidPersonName"},
    Word{"user.phone_invalid", "User.InvalidPhone"},
    Word{"user.signs_in_elsewhere", "User.SignsInElsewhere"},
    Word{"user.version_mismatch", "User.VersionMismatch"},
};
static_assert(std::is_sorted(kWords.begin(), kWords.end(),
                             [](const Word& a, const Word& b) { return a.first < b.first; }));

}  // namespace

std::string_view public_code(std::string_view code) {
  const auto* found = std::lower_bound(kWords.begin(), kWords.end(), code,
                                       [](const Word& word, std::string_view wanted) { return word.first < wanted; });
  return found != kWords.end() && found->first == code ? found->second : code;
}

}  // namespace gatehouse::api::v1
