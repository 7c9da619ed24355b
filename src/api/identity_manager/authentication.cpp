#include "api/identity_manager/authentication.hpp"

#include "api/identity_manager/user_wire.hpp"

namespace gatehouse::api::identity_manager {
namespace {

// Longer ones belong to nobody; the limits only keep strangers from sending megabytes.
constexpr std::int64_t kMaxAccount = 320;
constexpr std::int64_t kMaxPassword = 1024;

struct Credentials {
  std::string user_name;
  std::string password;
};
void describe(http::Fields<Credentials>& f) {
  f.name("DirectoryCredentials");
  f.add<&Credentials::user_name>("userName", {.min = 1, .max = kMaxAccount, .doc = "Or the e-mail address."});
  f.add<&Credentials::password>("password", {.min = 1, .max = kMaxPassword});
}

struct Session {
  std::string token;
  std::string token_type = "Bearer";
  std::int64_t expires_in = 0;
  UserId user_id;
  std::string user_name;
  std::vector<Role> roles;
};
void describe(http::Fields<Session>& f) {
  f.name("DirectorySession");
  f.add<&Session::token>("token");
  f.add<&Session::token_type>("tokenType");
  f.add<&Session::expires_in>("expiresIn", {.doc = "Seconds the token lives."});
  f.add<&Session::user_id>("userId");
  f.add<&Session::user_name>("userName");
  f.add<&Session::roles>("roles", {.doc = "Held at the platform."});
}

}  // namespace

void register_authentication(http::Surface& surface, domain::SignIn& sign_in, domain::Authenticator& authenticator,
                             const domain::Directory& directory, const domain::Roles& roles,
                             const access::Graph& graph) {
  surface.add({.id = "authenticateUser",
               .method = Method::kPost,
               .path = "/api/Authentication",
               .summary = "Sign in with user name and password.",
               .anyone_because = "the proof comes in the body",
               .work = Work::kHash,
               .errors = {ErrorKind::kUnauthenticated, ErrorKind::kThrottled}},
              [&sign_in, &authenticator, &directory, &roles, &graph](Call& call, Anyone,
                                                                     const Credentials& in) -> Result<Session> {
                call.set_header("Cache-Control", "no-store");
                auto pair = TRY(sign_in.with_password(in.user_name, in.password, call.source_address));
                // What is told of the user is what its new token may see of itself.
                const auto who = TRY(authenticator.authenticate(pair.access_token, call.now));
                const auto permit = TRY(access::Policy(graph).permit<Action::kAccountList>(who, call.now));
                auto person = TRY(directory.get(permit, pair.user));
                return Session{std::move(pair.access_token),
                               "Bearer",
                               pair.expires_in_s,
                               pair.user,
                               std::move(person.user.user_name),
                               roles_of(roles.list(), person.platform_roles)};
              });
}

}  // namespace gatehouse::api::identity_manager
