#include "api/identity_manager/passwords.hpp"

#include "api/identity_manager/wire.hpp"
#include "domain/users/user_rules.hpp"

namespace gatehouse::api::identity_manager {
namespace {

constexpr std::int64_t kMaxGuess = 1024;  // only keeps guesses from being megabytes

struct SetPassword {
  std::optional<UserId> user_id;
  std::optional<std::string> user_name;
  std::optional<std::string> current_password;
  std::string new_password;
};
void describe(http::Fields<SetPassword>& f) {
  f.name("SetDirectoryPassword");
  f.add<&SetPassword::user_id>("userId", {.doc = "Give this, the user name, or both of one user."});
  f.add<&SetPassword::user_name>("userName", {.min = 1, .max = domain::kMaxUserName});
  f.add<&SetPassword::current_password>("currentPassword",
                                        {.max = kMaxGuess, .doc = "Needed for one's own, not looked at otherwise."});
  f.add<&SetPassword::new_password>("newPassword", {.min = 8, .max = 128});
}

// Whose it is. Errors: user.not_found.
Result<UserId> target(const domain::Directory& directory, const Permit<Action::kAccountList>& permit,
                      const SetPassword& in) {
  if (!in.user_name) return TRY(directory.get(permit, *in.user_id)).user.id;
  const auto named = TRY(directory.find_by_user_name(permit, *in.user_name)).user.id;
  if (in.user_id && *in.user_id != named) { return fault("userName", "is not the name of the user with that userId"); }
  return named;
}

Result<Nothing> set(const Call& call, const domain::Directory& directory, domain::Passwords& passwords,
                    domain::Throttle& throttle, const access::Policy& policy,
                    const Permit<Action::kAccountList>& permit, const SetPassword& in) {
  if (!in.user_id && !in.user_name) return fault("userId", "is required, or userName");
  const auto self = call.principal.user_id();
  const auto edit = policy.permit<Action::kAccountEdit>(call.principal, call.now);
  const auto whose = target(directory, permit, in);
  const bool own = whose && self != UserId() && *whose == self;
  // Who administers nobody learns nothing of others, not even whether they are there.
  if (!edit && !own && (whose || whose.error().kind == ErrorKind::kNotFound)) return edit.error();
  const auto user = TRY(whose);
  if (!own) {
    TRY(in_wire_words(passwords.reset(*edit, user, in.new_password), "newPassword"));
    return Nothing{};
  }
  if (!in.current_password || in.current_password->empty()) {
    return fault("currentPassword", "is required for one's own password");
  }
  const auto change = TRY(policy.permit<Action::kSelfEdit>(call.principal, call.now));
  TRY(in_wire_words(passwords.change(change, *in.current_password, in.new_password, throttle, call.source_address),
                    "newPassword"));
  return Nothing{};
}

}  // namespace

void register_passwords(http::Surface& surface, const domain::Directory& directory, domain::Passwords& passwords,
                        domain::Throttle& throttle, const access::Graph& graph) {
  surface.add({.id = "setDirectoryPassword",
               .method = Method::kPut,
               .path = "/api/Password",
               .summary = "Change one's own password, or reset another's as an administrator; its sessions end.",
               .work = Work::kHash,
               .success = 204,
               .errors = {ErrorKind::kNotFound, ErrorKind::kConflict, ErrorKind::kThrottled}},
              // Whether the caller acts as an administrator or as itself is asked here.
              [&directory, &passwords, &throttle, &graph](Call& call, const Permit<Action::kAccountList>& permit,
                                                          const SetPassword& in) -> Result<Nothing> {
                return set(call, directory, passwords, throttle, access::Policy(graph), permit, in);
              });
}

}  // namespace gatehouse::api::identity_manager
