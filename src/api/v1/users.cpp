#include "api/v1/users.hpp"
#include "domain/users/user_roll.hpp"

#include "api/v1/paging.hpp"
#include "api/v1/wire_words.hpp"

namespace gatehouse::api::v1 {
namespace {

using http::Action;
using http::Call;
using http::Method;
using http::Nothing;
using http::Permit;
using http::Work;

constexpr std::string_view kUsers = "/api/v1/users";
constexpr std::string_view kUser = "/api/v1/users/{userId}";

struct User {
  UserId user_id;
  std::string user_name;
  std::string email;
  std::string display_name;
  std::string status;
  Timestamp created_at;
};
void describe(http::Fields<User>& f) {
  f.name("User");
  f.add<&User::user_id>("userId");
  f.add<&User::user_name>("userName");
  f.add<&User::email>("email");
  f.add<&User::display_name>("displayName");
  f.add<&User::status>("status", {.one_of = {"new", "active", "inactive"}});
  f.add<&User::created_at>("createdAt");
}

struct Membership {
  OrganizationId org_id;
  std::string org_name;
  std::optional<OrganizationId> parent_org_id;
  std::optional<std::string> org_role;
};
void describe(http::Fields<Membership>& f) {
  f.name("Membership");
  f.add<&Membership::org_id>("orgId");
  f.add<&Membership::org_name>("orgName");
  f.add<&Membership::parent_org_id>("parentOrgId");
  f.add<&Membership::org_role>("orgRole", {.one_of = {"admin", "operator", "viewer"}});
}

struct CreateUser {
  std::string user_name;
  std::string email;
  std::optional<std::string> password;
  std::optional<std::string> display_name;
};
void describe(http::Fields<CreateUser>& f) {
  f.name("CreateUser");
  f.add<&CreateUser::user_name>("userName",
                                {.min = 1, .max = domain::kMaxUserName, .doc = "Unique, case does not count."});
  f.add<&CreateUser::email>("email", {.min = 1, .max = 254, .doc = "Unique, case does not count.", .format = "email"});
  f.add<&CreateUser::password>("password", {.min = 8, .max = 128, .doc = "Without one the user cannot sign in yet."});
  f.add<&CreateUser::display_name>("displayName", {.max = domain::kMaxDisplayName});
}

struct PatchUser {
  std::optional<std::string> user_name;
  std::optional<std::string> email;
  std::optional<std::string> display_name;
  std::optional<std::string> status;
};
void describe(http::Fields<PatchUser>& f) {
  f.name("PatchUser");
  f.add<&PatchUser::user_name>("userName",
                               {.min = 1, .max = domain::kMaxUserName, .doc = "Platform administrators only."});
  f.add<&PatchUser::email>("email", {.min = 1, .max = 254, .doc = "Platform administrators only.", .format = "email"});
  f.add<&PatchUser::display_name>("displayName", {.max = domain::kMaxDisplayName});
  f.add<&PatchUser::status>("status", {.doc = "Platform administrators only.", .one_of = {"active", "inactive"}});
}

struct ListUsers {
  std::int64_t skip = 0;
  std::int64_t limit = 100;
  std::optional<std::string> search;
  std::optional<std::string> sorting;
};
void describe(http::Fields<ListUsers>& f) {
  f.name("ListUsers");
  describe_paging(f);
  f.add<&ListUsers::search>("search",
                            {.in = http::In::kQuery, .max = 200, .doc = "Part of user name, e-mail or display name."});
  f.add<&ListUsers::sorting>(
      "sorting",
      {.in = http::In::kQuery, .max = 100, .doc = "userName, email, displayName or createdAt, and asc or desc."});
}

struct ListUserOrgs {
  std::int64_t skip = 0;
  std::int64_t limit = 100;
};
void describe(http::Fields<ListUserOrgs>& f) {
  f.name("ListUserOrgs");
  describe_paging(f);
}

User wire(domain::User user) {
  return {user.id,
          std::move(user.user_name),
          std::move(user.email),
          std::move(user.display_name),
          std::string(domain::name(user.status)),
          user.created_at};
}

// What is no id names nobody.
UserId user_in_path(const Call& call) { return UserId::parse(call.path_parameter("userId")).value_or(UserId()); }

// The answer, with its version as ETag.
Result<User> tagged(Call& call, Result<domain::User> result) {
  auto user = TRY(in_wire_words(std::move(result)));
  call.set_etag(user.version);
  return wire(std::move(user));
}

// By who may edit accounts, else by the user itself. Nobody learns of a user it does not see.
Result<User> patch(Call& call, domain::Users& users, const access::Policy& policy,
                   const Permit<Action::kAccountGet>& get, PatchUser in) {
  const auto id = user_in_path(call);
  domain::UserPatch wanted;
  wanted.user_name = std::move(in.user_name);
  wanted.email = std::move(in.email);
  wanted.display_name = std::move(in.display_name);
  if (in.status) wanted.status = domain::parse_user_status(*in.status);
  wanted.expected_versions = TRY(call.if_match());
  const auto edit = policy.permit<Action::kAccountEdit>(call.principal, call.now);
  if (edit) return tagged(call, users.update(*edit, id, wanted));
  TRY(users.get(get, id));
  if (call.principal.user_id() != id) return edit.error();
  const auto self = TRY(policy.permit<Action::kSelfEdit>(call.principal, call.now));
  return tagged(call, users.update_self(self, wanted));
}

void register_reads(http::Surface& surface, domain::Users& users, domain::Memberships& memberships) {
  surface.add(
      {.id = "listUsers",
       .method = Method::kGet,
       .path = kUsers,
       .summary = "The users the caller sees.",
       .errors = {ErrorKind::kThrottled}},
      [&users](Call&, const Permit<Action::kAccountList>& permit, const ListUsers& in) -> Result<Listing<User>> {
        using Order = domain::UserFilter::Order;
        const auto sorting = TRY(parse_sorting<Order>(in.sorting, {{"userName", Order::kUserName},
                                                                   {"email", Order::kEmail},
                                                                   {"displayName", Order::kDisplayName},
                                                                   {"createdAt", Order::kCreatedAt}}));
        std::optional<domain::UserRoll::Turn> turn;
        if (!in.search.value_or("").empty()) turn.emplace(TRY(users.roll().turn()));
        auto page =
            users.list(permit, {in.search.value_or(""), sorting.order, sorting.descending}, {in.skip, in.limit});
        Listing<User> listing{page.total, {}};
        listing.items.reserve(page.items.size());
        for (auto& user : page.items) listing.items.push_back(wire(std::move(user)));
        return listing;
      });
  surface.add({.id = "getUser",
               .method = Method::kGet,
               .path = kUser,
               .summary = "One user.",
               .errors = {ErrorKind::kNotFound}},
              [&users](Call& call, const Permit<Action::kAccountGet>& permit, Nothing) -> Result<User> {
                return tagged(call, users.get(permit, user_in_path(call)));
              });
  surface.add({.id = "listUserOrganizations",
               .method = Method::kGet,
               .path = "/api/v1/users/{userId}/orgs",
               .summary = "The organizations of a user: all of one's own, of others those that are shared.",
               .errors = {ErrorKind::kNotFound}},
              [&memberships](Call& call, const Permit<Action::kAccountGet>& permit,
                             ListUserOrgs in) -> Result<Listing<Membership>> {
                auto page = TRY(memberships.list_of_user(permit, user_in_path(call), {in.skip, in.limit}));
                Listing<Membership> listing{page.total, {}};
                for (auto& one : page.items) {
                  auto& out = listing.items.emplace_back(
                      Membership{one.organization, std::move(one.name), one.parent, std::nullopt});
                  if (one.organization_role) out.org_role = domain::name(*one.organization_role);
                }
                return listing;
              });
}

}  // namespace

void register_users(http::Surface& surface, domain::Users& users, domain::Memberships& memberships,
                    domain::Passwords& passwords, const access::Graph& graph) {
  register_reads(surface, users, memberships);
  surface.add(
      {.id = "createUser",
       .method = Method::kPost,
       .path = kUsers,
       .summary = "Create an account.",
       .work = Work::kHash,
       .success = 201,
       .errors = {ErrorKind::kConflict}},
      [&users, &passwords](Call& call, const Permit<Action::kAccountCreate>& permit, CreateUser in) -> Result<User> {
        domain::NewUser wanted{std::move(in.user_name), std::move(in.email), in.display_name.value_or(""),
                               std::nullopt};
        if (in.password) wanted.password_hash = TRY(passwords.hash_new(*in.password, wanted.user_name, wanted.email));
        auto created = TRY(tagged(call, users.create(permit, wanted)));
        call.set_header("Location", std::string(kUsers) + "/" + created.user_id.to_string());
        return created;
      });
  surface.add({.id = "patchUser",
               .method = Method::kPatch,
               .path = kUser,
               .summary = "Change an account; users change their own display name.",
               .work = Work::kWrite,
               .errors = {ErrorKind::kNotFound, ErrorKind::kConflict, ErrorKind::kPreconditionFailed}},
              // Whether the caller acts as an administrator or as itself is asked here.
              [&users, &graph](Call& call, const Permit<Action::kAccountGet>& permit, PatchUser in) -> Result<User> {
                return patch(call, users, access::Policy(graph), permit, std::move(in));
              });
  surface.add({.id = "removeUser",
               .method = Method::kDelete,
               .path = kUser,
               .summary = "Delete an account.",
               .work = Work::kWrite,
               .success = 204,
               .errors = {ErrorKind::kNotFound, ErrorKind::kConflict, ErrorKind::kPreconditionFailed}},
              [&users](Call& call, const Permit<Action::kAccountRemove>& permit, Nothing) -> Result<Nothing> {
                TRY(users.remove(permit, user_in_path(call), TRY(call.if_match())));
                return Nothing{};
              });
}

}  // namespace gatehouse::api::v1
