// Actions: what a surface wants to do, and the one permission it needs where. A domain service takes Permit<Action>, so
// a handler that forgot to ask does not compile.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "access/permissions.hpp"

namespace gatehouse::access {

enum class Action : std::uint8_t {
  // within an organization
  kOrganizationGet,
  kOrganizationCreate,  // below the organization
  kOrganizationUpdate,
  kOrganizationDelete,
  kOrganizationMove,
  kMembershipList,
  kMembershipGet,
  kMembershipCreate,
  kMembershipUpdate,
  kMembershipRemove,
  kUserAdd,        // an existing account, as a member without roles
  kUserRemove,     // a member, whatever roles it holds
  kUserRolesEdit,  // any roles of a member
  kRoleList,
  kInvitationList,
  kInvitationCreate,
  kInvitationResend,
  kConnectionList,
  kConnectionGet,
  kConnectionUpdate,  // what an agency may do
  kConnectionEnd,
  kNotificationList,
  kChangeList,
  kDecisionEvaluate,
  kApiTokenList,
  kApiTokenCreate,
  kApiTokenRevoke,
  // on the platform
  kAccountCreate,
  kAccountEdit,
  kAccountRemove,
  kCatalogueEdit,
  kStoreAdminister,  // import, export, command line
  // on oneself or what one reaches; every signed-in principal
  kOrganizationList,
  kOrganizationCreateTop,  // a new top-level organization
  kAccountList,
  kAccountGet,
  kSelfEdit,
  kClientEdit,  // one's own machine clients
  kSessionEnd,
  kDecisionAsk,         // about oneself; about others only where decisions.evaluate is held
  kMembershipSelfEdit,  // one's own membership: the display name
  kOrganizationSwitch,  // the active organization of one's session
  kUserInvite,          // people into organizations: each of them is asked for itself
  kInvitationReject,    // as who sent it, as who is invited, or for either organization: the invitation says which
};

enum class Needs : std::uint8_t {
  kPermission,  // the permission, at the organization
  kReach,       // to reach the organization
  kPlatform,    // the permission, at the platform
  kPrincipal,   // any principal that stands
  kPerson,      // a user in a session; clients and API tokens are refused
};

struct ActionRule {
  Action action;
  Needs needs;
  PermissionNo permission;  // for kPermission and kPlatform; of kUserInvite what each organization asks for
  std::string_view name;    // "organization.update": in OpenAPI, the log and refusals
  PermissionNo also;        // for kPermission: another one that it takes; the same where one is enough
  bool person = false;      // and a user in a session: clients and API tokens are refused
};

const ActionRule& rule(Action action);

}  // namespace gatehouse::access
