#include "api/invitation_page/invitation_page.hpp"

#include <string_view>
#include <utility>

namespace gatehouse {
// The page's files, embedded by the build: name and content, ended by an empty name.
extern const std::pair<std::string_view, std::string_view> kInvitationPageFiles[];
}  // namespace gatehouse

namespace gatehouse::api::invitation_page {
namespace {

using http::Anyone;
using http::Call;
using http::Method;
using http::Nothing;
using http::RawAnswer;
using http::Work;

constexpr std::string_view kBecause = "the invitation's token is the credential";
constexpr std::string_view kPageBecause = "the page shows nothing by itself";

struct Token {
  std::string token;
};
void describe(http::Fields<Token>& f) {
  f.name("InvitationToken");
  f.add<&Token::token>("token", {.min = 1, .doc = "From the fragment of the mail's link."});
}

struct Acceptance {
  std::string token;
  std::optional<std::string> password;
};
void describe(http::Fields<Acceptance>& f) {
  f.name("InvitationAcceptance");
  f.add<&Acceptance::token>("token", {.min = 1, .doc = "From the fragment of the mail's link."});
  f.add<&Acceptance::password>("password", {.doc = "For an account that has none yet."});
}

struct Preview {
  std::string purpose;
  std::string inviter_company;
  std::string inviter_person;
  std::string company_name;
  std::string email;
  std::optional<std::string> relation_type;
  std::vector<std::string> organizations;
  std::optional<std::string> identity_provider;
  Timestamp created_at;
  Timestamp expires_at;
  bool needs_password = false;
};
void describe(http::Fields<Preview>& f) {
  f.name("InvitationPreview");
  f.add<&Preview::purpose>("purpose",
                           {.doc = "To connect two organizations, or to join some.", .one_of = {"connect", "join"}});
  f.add<&Preview::inviter_company>("inviter_company", {.doc = "Of an invitation to connect."});
  f.add<&Preview::inviter_person>("inviter_person", {.doc = "May be empty."});
  f.add<&Preview::company_name>("company_name", {.doc = "Of the invited organization, to connect."});
  f.add<&Preview::email>("email");
  f.add<&Preview::relation_type>("relation_type", {.doc = "What the invited organization becomes to the inviting one.",
                                                   .one_of = {"agency", "customer"}});
  f.add<&Preview::organizations>("organizations", {.doc = "The names of those to join."});
  f.add<&Preview::identity_provider>("identity_provider", {.doc = "Where the account signs in, when not here."});
  f.add<&Preview::created_at>("created_at");
  f.add<&Preview::expires_at>("expires_at");
  f.add<&Preview::needs_password>("needs_password", {.doc = "The account is yet to be made, or has no password."});
}

struct Outcome {
  domain::InvitationId invitation_id;
  std::string status;
};
void describe(http::Fields<Outcome>& f) {
  f.name("InvitationOutcome");
  f.add<&Outcome::invitation_id>("invitation_id");
  f.add<&Outcome::status>("status", {.one_of = {"accepted", "rejected"}});
}

std::string_view media_type(std::string_view name) {
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  return "text/html; charset=utf-8";
}

Result<RawAnswer> serve_file(Call& call, std::string_view name) {
  for (const auto* file = kInvitationPageFiles; !file->first.empty(); ++file) {
    if (file->first != name) continue;
    call.set_header("Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
                    "form-action 'none'; "
                    "base-uri 'none'; frame-ancestors 'none'");
    call.set_header("X-Content-Type-Options", "nosniff");
    call.set_header("Referrer-Policy", "no-referrer");
    call.set_header("Cache-Control", "no-cache");
    return RawAnswer{media_type(name), std::string(file->second)};
  }
  return not_found("request.unknown_route", "There is nothing at this address.");
}

// The secret says by its form what it is for; each kind is asked for its own.
bool is_to_join(std::string_view token) { return token.starts_with("gth_join_"); }

Preview wire(domain::InvitationPreview shown) {
  return {.purpose = "connect",
          .inviter_company = std::move(shown.inviter_company),
          .inviter_person = std::move(shown.inviter_person),
          .company_name = std::move(shown.company_name),
          .email = std::move(shown.email),
          .relation_type = std::string(domain::name(shown.relation)),
          .organizations = {},
          .identity_provider = {},
          .created_at = shown.created_at,
          .expires_at = shown.expires_at,
          .needs_password = shown.needs_password};
}

Preview wire(domain::JoinPreview shown) {
  Preview preview{.purpose = "join",
                  .inviter_company = {},
                  .inviter_person = std::move(shown.inviter_person),
                  .company_name = {},
                  .email = std::move(shown.email),
                  .relation_type = {},
                  .organizations = std::move(shown.organizations),
                  .identity_provider = {},
                  .created_at = shown.created_at,
                  .expires_at = shown.expires_at,
                  .needs_password = shown.needs_password};
  if (!shown.identity_provider.empty()) preview.identity_provider = std::move(shown.identity_provider);
  return preview;
}

void register_files(http::Surface& surface) {
  surface.add({.id = "showInvitation",
               .path = "/invitations/accept",
               .summary = "The page that the link of an invitation's mail opens.",
               .timeless = true,
               .anyone_because = kPageBecause,
               .work = Work::kMemory,
               .answer_media_type = "text/html"},
              [](Call& call, Anyone, Nothing) -> Result<RawAnswer> { return serve_file(call, "index.html"); });
  surface.add({.id = "showInvitationToReject",
               .path = "/invitations/reject",
               .summary = "The same page, with declining first.",
               .timeless = true,
               .anyone_because = kPageBecause,
               .work = Work::kMemory,
               .answer_media_type = "text/html"},
              [](Call& call, Anyone, Nothing) -> Result<RawAnswer> { return serve_file(call, "index.html"); });
  surface.add(
      {.id = "getInvitationFile",
       .path = "/invitations/page/{file}",
       .summary = "A file of the page.",
       .timeless = true,
       .anyone_because = kPageBecause,
       .work = Work::kMemory,
       .errors = {ErrorKind::kNotFound},
       .answer_media_type = "*/*"},
      [](Call& call, Anyone, Nothing) -> Result<RawAnswer> { return serve_file(call, call.path_parameter("file")); });
}

}  // namespace

void register_invitation_page(http::Surface& surface, domain::Invitations& invitations,
                              domain::JoinInvitations& to_join) {
  register_files(surface);
  surface.add({.id = "previewInvitation",
               .method = Method::kPost,
               .path = "/invitations/preview",
               .summary = "Who invites whom to what.",
               .anyone_because = kBecause,
               .errors = {ErrorKind::kUnauthenticated, ErrorKind::kConflict}},
              [&invitations, &to_join](Call&, Anyone, const Token& in) -> Result<Preview> {
                if (is_to_join(in.token)) return wire(TRY(to_join.preview(in.token)));
                return wire(TRY(invitations.preview(in.token)));
              });
  surface.add({.id = "acceptInvitationOnPage",
               .method = Method::kPost,
               .path = "/invitations/accept",
               .summary = "Accept, with a password for an account that has none.",
               .anyone_because = kBecause,
               .work = Work::kHash,
               .errors = {ErrorKind::kUnauthenticated, ErrorKind::kConflict}},
              [&invitations, &to_join](Call&, Anyone, const Acceptance& in) -> Result<Outcome> {
                if (is_to_join(in.token)) {
                  return Outcome{TRY(to_join.activate(in.token, in.password)).invitation, "accepted"};
                }
                return Outcome{TRY(invitations.accept(in.token, in.password)).id, "accepted"};
              });
  surface.add({.id = "rejectInvitationOnPage",
               .method = Method::kPost,
               .path = "/invitations/reject",
               .summary = "Decline.",
               .anyone_because = kBecause,
               .work = Work::kWrite,
               .errors = {ErrorKind::kUnauthenticated, ErrorKind::kConflict}},
              [&invitations, &to_join](Call&, Anyone, const Token& in) -> Result<Outcome> {
                if (is_to_join(in.token)) return Outcome{TRY(to_join.reject(in.token)), "rejected"};
                return Outcome{TRY(invitations.reject_by_token(in.token)), "rejected"};
              });
}

}  // namespace gatehouse::api::invitation_page
