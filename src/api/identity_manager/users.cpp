#include "api/identity_manager/users.hpp"

#include "api/identity_manager/user_input.hpp"
#include "api/identity_manager/user_wire.hpp"

namespace gatehouse::api::identity_manager {
namespace {

constexpr std::string_view kUser = "/api/User";

struct UserByName {
  std::string user_name;
};
void describe(http::Fields<UserByName>& f) {
  f.name("DirectoryUserByName");
  f.add<&UserByName::user_name>("userName", {.in = In::kQuery, .min = 1, .doc = "Case does not count."});
}

struct SetStatus {
  UserId user_id;
  std::string status;
};
void describe(http::Fields<SetStatus>& f) {
  f.name("SetDirectoryUserStatus");
  f.add<&SetStatus::user_id>("userId");
  f.add<&SetStatus::status>("status", {.one_of = {kActive, kInactive}});
}

struct RemoveUser {
  UserId user_id;
};
void describe(http::Fields<RemoveUser>& f) {
  f.name("RemoveDirectoryUser");
  f.add<&RemoveUser::user_id>("userId", {.in = In::kEither});
}

// With everything that hangs on it, in one unit.
Result<domain::Person> create(domain::Directory& directory, const domain::Passwords& passwords,
                              const Permit<Action::kAccountEdit>& permit, CreateUser in) {
  TRY(check(in));
  domain::NewPerson wanted;
  wanted.user.password_hash = TRY(in_wire_words(passwords.hash_new(in.password, in.user_name, in.email)));
  wanted.user.user_name = std::move(in.user_name);
  wanted.user.email = std::move(in.email);
  wanted.user.first_name = std::move(in.first_name);
  wanted.user.last_name = std::move(in.last_name);
  wanted.user.phone = std::move(in.phone).value_or("");
  wanted.user.identification = {in.identification_type_id, std::move(in.identification_number)};
  wanted.roles = std::move(in.role_ids);
  wanted.organizations = std::move(in.company_ids);
  wanted.providers = std::move(in.provider_ids);
  return in_wire_words(directory.create(permit, wanted));
}

// By who may edit accounts, else by the user itself.
Result<domain::Person> update(const Call& call, const domain::Directory& directory, domain::Users& users,
                              const access::Policy& policy, const Permit<Action::kAccountList>& list, UpdateUser in) {
  const auto id = in.user_id;
  const auto edit = policy.permit<Action::kAccountEdit>(call.principal, call.now);
  if (!edit && call.principal.user_id() != id) return edit.error();
  TRY(check(in));
  TRY(directory.get(list, id));  // nobody changes what is not seen
  const auto patch = patch_of(std::move(in));
  if (edit) {
    TRY(in_wire_words(users.update(*edit, id, patch)));
  } else {
    const auto self = TRY(policy.permit<Action::kSelfEdit>(call.principal, call.now));
    TRY(in_wire_words(users.update_self(self, patch)));
  }
  return directory.get(list, id);
}

// Who has the status already stays as it is: an invitation that waits for its answer is not taken for accepted.
Result<domain::Person> set_status(const Call& call, const domain::Directory& directory, domain::Users& users,
                                  const access::Policy& policy, const Permit<Action::kAccountEdit>& edit,
                                  const SetStatus& in) {
  const auto list = TRY(policy.permit<Action::kAccountList>(call.principal, call.now));
  auto person = TRY(directory.get(list, in.user_id));
  if (status_of(person.user) == in.status) return person;
  domain::UserPatch patch;
  patch.status = in.status == kInactive ? domain::UserStatus::kInactive : domain::UserStatus::kActive;
  TRY(users.update(edit, in.user_id, patch));
  return directory.get(list, in.user_id);
}

void register_reads(http::Surface& surface, const domain::Directory& directory, const domain::Roles& roles) {
  surface.add({.id = "listDirectoryUsers",
               .path = kUser,
               .summary = "All users, or those that every filter lets through; who does not administrate sees itself."},
              [&directory, &roles](Call& call, const Permit<Action::kAccountList>& permit,
                                   ListUsers in) -> Result<std::vector<User>> {
                const auto paging = paging_of(in);
                return listed(
                    call, directory.list(permit, filter_of(std::move(in)), paging),
                    [catalogue = roles.list()](domain::Person person) { return wire(std::move(person), catalogue); });
              });
  surface.add(
      {.id = "getDirectoryUserByName",
       .path = "/api/UserByName",
       .summary = "The user of that name.",
       .errors = {ErrorKind::kNotFound}},
      [&directory, &roles](Call&, const Permit<Action::kAccountList>& permit, const UserByName& in) -> Result<User> {
        return wire(TRY(directory.find_by_user_name(permit, in.user_name)), roles.list());
      });
}

}  // namespace

void register_users(http::Surface& surface, domain::Directory& directory, domain::Users& users,
                    domain::Passwords& passwords, const domain::Roles& roles, const access::Graph& graph) {
  register_reads(surface, directory, roles);
  surface.add({.id = "createDirectoryUser",
               .method = Method::kPost,
               .path = kUser,
               .summary = "Create a user with its roles, companies and providers: all of it or nothing.",
               .work = Work::kHash,
               .success = 201,
               .errors = {ErrorKind::kConflict}},
              [&directory, &passwords, &roles](Call& call, const Permit<Action::kAccountEdit>& permit,
                                               CreateUser in) -> Result<User> {
                auto created = TRY(create(directory, passwords, permit, std::move(in)));
                call.set_header("Location", std::string(kUser) + "?userId=" + created.user.id.to_string());
                return wire(std::move(created), roles.list());
              });
  // Whether the caller acts as an administrator or as itself is asked in `update`.
  surface.add({.id = "updateDirectoryUser",
               .method = Method::kPut,
               .path = kUser,
               .summary = "Change the profile of a user; users change their own. What is absent stays as it is.",
               .work = Work::kWrite,
               .errors = {ErrorKind::kNotFound, ErrorKind::kConflict}},
              [&directory, &users, &roles, &graph](Call& call, const Permit<Action::kAccountList>& permit,
                                                   UpdateUser in) -> Result<User> {
                return wire(TRY(update(call, directory, users, access::Policy(graph), permit, std::move(in))),
                            roles.list());
              });
  surface.add({.id = "removeDirectoryUser",
               .method = Method::kDelete,
               .path = kUser,
               .summary = "Delete a user with everything that hangs on it.",
               .work = Work::kWrite,
               .success = 204,
               .errors = {ErrorKind::kNotFound, ErrorKind::kConflict}},
              [&users](Call&, const Permit<Action::kAccountRemove>& permit, const RemoveUser& in) -> Result<Nothing> {
                TRY(users.remove(permit, in.user_id));
                return Nothing{};
              });
  surface.add({.id = "setDirectoryUserStatus",
               .method = Method::kPut,
               .path = "/api/UserStatus",
               .summary = "Activate or deactivate a user; a deactivated one's tokens are refused at once.",
               .work = Work::kWrite,
               .errors = {ErrorKind::kNotFound, ErrorKind::kConflict}},
              [&directory, &users, &roles, &graph](Call& call, const Permit<Action::kAccountEdit>& permit,
                                                   const SetStatus& in) -> Result<User> {
                return wire(TRY(set_status(call, directory, users, access::Policy(graph), permit, in)), roles.list());
              });
}

}  // namespace gatehouse::api::identity_manager
