#include "access/action.hpp"

namespace gatehouse::access {
namespace {

constexpr auto kActions = static_cast<std::size_t>(Action::kInvitationReject) + 1;
constexpr PermissionNo kNone{0};  // not looked at

struct Row : ActionRule {
  constexpr Row(Action of, Needs what, PermissionNo which, std::string_view called)
      : ActionRule{of, what, which, called, which, false} {}
  constexpr Row(Action of, Needs what, PermissionNo which, std::string_view called, PermissionNo another,
                bool only_person)
      : ActionRule{of, what, which, called, another, only_person} {}
};

constexpr std::array<Row, kActions> kRules{{
    {Action::kOrganizationGet, Needs::kReach, kNone, "organization.get"},
    {Action::kOrganizationCreate, Needs::kPermission, permission::kOrganizationsCreate, "organization.create"},
    {Action::kOrganizationUpdate, Needs::kPermission, permission::kOrganizationsEdit, "organization.update"},
    {Action::kOrganizationDelete, Needs::kPermission, permission::kOrganizationsDelete, "organization.delete"},
    {Action::kOrganizationMove, Needs::kPermission, permission::kOrganizationsMove, "organization.move"},
    {Action::kMembershipList, Needs::kPermission, permission::kUsersView, "membership.list"},
    {Action::kMembershipGet, Needs::kPermission, permission::kUsersView, "membership.get"},
    {Action::kMembershipCreate, Needs::kPermission, permission::kMembershipsEdit, "membership.create"},
    {Action::kMembershipUpdate, Needs::kPermission, permission::kMembershipsEdit, "membership.update"},
    {Action::kMembershipRemove, Needs::kPermission, permission::kMembershipsEdit, "membership.remove"},
    {Action::kUserAdd, Needs::kPermission, permission::kUsersAdd, "user.add"},
    {Action::kUserRemove, Needs::kPermission, permission::kUsersRemove, "user.remove"},
    {Action::kUserRolesEdit, Needs::kPermission, permission::kUsersEdit, "user.roles_edit"},
    {Action::kRoleList, Needs::kPermission, permission::kRolesView, "role.list"},
    {Action::kInvitationList, Needs::kPermission, permission::kInvitationsView, "invitation.list"},
    {Action::kInvitationCreate, Needs::kPermission, permission::kInvitationsEdit, "invitation.create"},
    {Action::kInvitationResend, Needs::kPermission, permission::kInvitationsEdit, "invitation.resend"},
    {Action::kConnectionList, Needs::kPermission, permission::kConnectionsView, "connection.list"},
    {Action::kConnectionGet, Needs::kPermission, permission::kConnectionsView, "connection.get"},
    {Action::kConnectionUpdate, Needs::kPermission, permission::kConnectionsEdit, "connection.update"},
    // Who may make a connection may end it.
    {Action::kConnectionEnd, Needs::kPermission, permission::kInvitationsEdit, "connection.end"},
    {Action::kNotificationList, Needs::kPermission, permission::kInvitationsView, "notification.list"},
    {Action::kChangeList, Needs::kPermission, permission::kChangesView, "change.list"},
    {Action::kDecisionEvaluate, Needs::kPermission, permission::kDecisionsEvaluate, "decision.evaluate"},
    {Action::kApiTokenList, Needs::kPermission, permission::kApiTokensView, "api_token.list"},
    // A token acts for the whole organization, so that it takes who may both add and edit its users.
    {Action::kApiTokenCreate, Needs::kPermission, permission::kUsersEdit, "api_token.create", permission::kUsersAdd,
     true},
    {Action::kApiTokenRevoke, Needs::kPermission, permission::kUsersEdit, "api_token.revoke", permission::kUsersAdd,
     false},
    {Action::kAccountCreate, Needs::kPlatform, permission::kUsersAdd, "account.create"},
    {Action::kAccountEdit, Needs::kPlatform, permission::kAccountsEdit, "account.edit"},
    {Action::kAccountRemove, Needs::kPlatform, permission::kAccountsEdit, "account.remove"},
    {Action::kCatalogueEdit, Needs::kPlatform, permission::kCataloguesEdit, "catalogue.edit"},
    {Action::kStoreAdminister, Needs::kPlatform, permission::kAccountsEdit, "store.administer"},
    {Action::kOrganizationList, Needs::kPrincipal, kNone, "organization.list"},
    {Action::kOrganizationCreateTop, Needs::kPerson, kNone, "organization.create_top"},
    {Action::kAccountList, Needs::kPrincipal, kNone, "account.list"},
    {Action::kAccountGet, Needs::kPrincipal, kNone, "account.get"},
    {Action::kSelfEdit, Needs::kPerson, kNone, "self.edit"},
    {Action::kClientEdit, Needs::kPerson, kNone, "client.edit"},
    {Action::kSessionEnd, Needs::kPrincipal, kNone, "session.end"},
    {Action::kDecisionAsk, Needs::kPrincipal, kNone, "decision.ask"},
    {Action::kMembershipSelfEdit, Needs::kReach, kNone, "membership.self_edit"},
    {Action::kOrganizationSwitch, Needs::kPerson, kNone, "organization.switch"},
    {Action::kUserInvite, Needs::kPrincipal, permission::kUsersAdd, "user.invite"},
    {Action::kInvitationReject, Needs::kPrincipal, kNone, "invitation.reject"},
}};

constexpr bool every_action_has_its_row() {
  for (std::size_t i = 0; i < kActions; ++i) {
    if (static_cast<std::size_t>(kRules[i].action) != i || kRules[i].name.empty()) return false;
  }
  return true;
}
static_assert(every_action_has_its_row());

}  // namespace

const ActionRule& rule(Action action) { return kRules[static_cast<std::size_t>(action)]; }

}  // namespace gatehouse::access
