#include "api/access/users.hpp"

#include "api/access/roles.hpp"
#include "api/access/wire.hpp"

namespace gatehouse::api::access_api {
namespace {

struct AccessUser {
  UserId id;
  bool you = false;
  std::vector<std::string> roles;
  std::string email;
  bool can_edit = false;
};
void describe(http::Fields<AccessUser>& f) {
  f.name("AccessUser");
  f.add<&AccessUser::id>("id");
  f.add<&AccessUser::you>("you", {.doc = "The caller itself."});
  f.add<&AccessUser::roles>("roles");
  f.add<&AccessUser::email>("email");
  f.add<&AccessUser::can_edit>("can_edit", {.doc = "The caller may change the roles of this user."});
}

struct AddUser {
  std::string email;
};
void describe(http::Fields<AddUser>& f) {
  f.name("AddUser");
  f.add<&AddUser::email>("email", {.format = "email"});
}

struct AddedUser {
  UserId id;
  std::string email;
  std::vector<std::string> roles;
};
void describe(http::Fields<AddedUser>& f) {
  f.name("AddedUser");
  f.add<&AddedUser::id>("id");
  f.add<&AddedUser::email>("email");
  f.add<&AddedUser::roles>("roles");
}

struct DeleteUser {
  std::optional<UserId> user_id;
  std::optional<std::string> email;
};
void describe(http::Fields<DeleteUser>& f) {
  f.name("DeleteUser");
  f.add<&DeleteUser::user_id>("user_id", {.doc = "Of the user, or of an API token. Give this or the e-mail."});
  f.add<&DeleteUser::email>("email", {.format = "email"});
}

struct EditUser {
  UserId user_id;
  std::vector<std::string> add;
  std::vector<std::string> remove;
};
void describe(http::Fields<EditUser>& f) {
  f.name("EditUser");
  f.add<&EditUser::user_id>("user_id");
  f.add<&EditUser::add>("add", {.max = domain::kMaxEditedRoles});
  f.add<&EditUser::remove>("remove", {.max = domain::kMaxEditedRoles});
}

struct EditedUser {
  UserId id;
  std::vector<std::string> roles;
};
void describe(http::Fields<EditedUser>& f) {
  f.name("EditedUser");
  f.add<&EditedUser::id>("id");
  f.add<&EditedUser::roles>("roles");
}

// The members as they were when the list began, told in parts; who has left by then is left out.
Stream<AccessUser> users_of(const domain::Memberships& memberships, const Permit<Action::kMembershipList>& permit) {
  return {[&memberships, permit, users = memberships.in_order(permit),
           next = std::size_t{0}](std::vector<AccessUser>& batch) mutable {
    const auto count = std::min(kBatch, users.size() - next);
    auto members = next_batch(memberships.with_roles(permit, std::span(users).subspan(next, count)));
    for (auto& one : members) {
      batch.push_back({one.user, one.own, std::move(one.roles), std::move(one.email), one.editable});
    }
    next += count;
    return next < users.size();
  }};
}

// A user by id or e-mail; tokens are user-like principals, so that a token's id revokes it.
Result<PlainSuccess> remove(const Permit<Action::kUserRemove>& permit, domain::Memberships& memberships,
                            domain::ApiTokens& api_tokens, const DeleteUser& in) {
  if (in.user_id.has_value() == in.email.has_value()) {
    return invalid_field("request.invalid", "user_id", "give either user_id or email");
  }
  auto removed = memberships.remove(permit, {in.user_id, in.email});
  if (!removed && removed.error().kind == ErrorKind::kNotFound && in.user_id) {
    const auto revoked = api_tokens.revoke(permit, ApiTokenId(*in.user_id));
    if (revoked || revoked.error().kind != ErrorKind::kNotFound) removed = revoked;
  }
  TRY(std::move(removed));
  return PlainSuccess{};
}

}  // namespace

void register_users(http::Surface& surface, domain::Memberships& memberships, domain::ApiTokens& api_tokens,
                    const domain::Roles& roles) {
  surface.add({.id = "listAccess",
               .path = "/access",
               .summary = "The users of your organization, with their roles: you first, then by e-mail.",
               .at_active = true},
              [&memberships](Call&, const Permit<Action::kMembershipList>& permit,
                             Nothing) -> Result<Stream<AccessUser>> { return users_of(memberships, permit); });
  surface.add(
      {.id = "addUser",
       .method = Method::kPost,
       .path = "/access/add",
       .summary = "Add an existing account to your organization, without roles.",
       .at_active = true,
       .work = Work::kWrite},
      [&memberships](Call&, const Permit<Action::kUserAdd>& permit, const AddUser& in) -> Result<Success<AddedUser>> {
        auto added = TRY(memberships.add(permit, in.email));
        return success(AddedUser{added.user, std::move(added.email), std::move(added.roles)});
      });
  surface.add({.id = "deleteUser",
               .method = Method::kPost,
               .path = "/access/delete",
               .summary = "Remove a user from your organization; the account stays.",
               .at_active = true,
               .work = Work::kWrite},
              [&memberships, &api_tokens](Call&, const Permit<Action::kUserRemove>& permit, const DeleteUser& in) {
                return remove(permit, memberships, api_tokens, in);
              });
  surface.add({.id = "listAccessRoles",
               .path = "/access/roles",
               .summary = "The roles you have access to, by category.",
               .at_active = true},
              [&roles](Call&, const Permit<Action::kRoleList>& permit, Nothing) -> Result<RolesByCategory> {
                return by_category(roles.list_assignable(permit));
              });
  surface.add(
      {.id = "editUser",
       .method = Method::kPost,
       .path = "/access/edit",
       .summary = "Add and remove roles of a user, all or none.",
       .at_active = true,
       .work = Work::kWrite},
      [&memberships](Call&, const Permit<Action::kUserRolesEdit>& permit, EditUser in) -> Result<Success<EditedUser>> {
        auto names = TRY(memberships.edit_roles(permit, in.user_id, {std::move(in.add), std::move(in.remove)}));
        return success(EditedUser{in.user_id, std::move(names)});
      });
}

}  // namespace gatehouse::api::access_api
