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
  std::string inviter_company;
  std::string inviter_person;
  std::string company_name;
  std::string email;
  std::string relation_type;
  Timestamp created_at;
  Timestamp expires_at;
  bool needs_password = false;
};
void describe(http::Fields<Preview>& f) {
  f.name("InvitationPreview");
  f.add<&Preview::inviter_company>("inviter_company");
  f.add<&Preview::inviter_person>("inviter_person", {.doc = "May be empty."});
  f.add<&Preview::company_name>("company_name", {.doc = "Of the invited organization."});
  f.add<&Preview::email>("email");
  f.add<&Preview::relation_type>("relation_type", {.doc = "What the invited organization becomes to the inviting one.",
                                                   .one_of = {"agency", "customer"}});
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

void register_files(http::Surface& surface) {
  surface.add({.id = "showInvitation",
               .path = "/invitations/accept",
               .summary = "The page that the link of an invitation's mail opens.",
               .anyone_because = kPageBecause,
               .work = Work::kMemory,
               .answer_media_type = "text/html"},
              [](Call& call, Anyone, Nothing) -> Result<RawAnswer> { return serve_file(call, "index.html"); });
  surface.add(
      {.id = "getInvitationFile",
       .path = "/invitations/page/{file}",
       .summary = "A file of the page.",
       .anyone_because = kPageBecause,
       .work = Work::kMemory,
       .errors = {ErrorKind::kNotFound},
       .answer_media_type = "*/*"},
      [](Call& call, Anyone, Nothing) -> Result<RawAnswer> { return serve_file(call, call.path_parameter("file")); });
}

}  // namespace

void register_invitation_page(http::Surface& surface, domain::Invitations& invitations) {
  register_files(surface);
  surface.add({.id = "previewInvitation",
               .method = Method::kPost,
               .path = "/invitations/preview",
               .summary = "Who invites whom to what.",
               .anyone_because = kBecause,
               .errors = {ErrorKind::kUnauthenticated, ErrorKind::kConflict}},
              [&invitations](Call&, Anyone, const Token& in) -> Result<Preview> {
                auto shown = TRY(invitations.preview(in.token));
                return Preview{std::move(shown.inviter_company),
                               std::move(shown.inviter_person),
                               std::move(shown.company_name),
                               std::move(shown.email),
                               std::string(domain::name(shown.relation)),
                               shown.created_at,
                               shown.expires_at,
                               shown.needs_password};
              });
  surface.add({.id = "acceptInvitationOnPage",
               .method = Method::kPost,
               .path = "/invitations/accept",
               .summary = "Accept, with a password for an account that has none.",
               .anyone_because = kBecause,
               .work = Work::kHash,
               .errors = {ErrorKind::kUnauthenticated, ErrorKind::kConflict}},
              [&invitations](Call&, Anyone, const Acceptance& in) -> Result<Outcome> {
                return Outcome{TRY(invitations.accept(in.token, in.password)).id, "accepted"};
              });
  surface.add({.id = "rejectInvitationOnPage",
               .method = Method::kPost,
               .path = "/invitations/reject",
               .summary = "Decline.",
               .anyone_because = kBecause,
               .work = Work::kWrite,
               .errors = {ErrorKind::kUnauthenticated, ErrorKind::kConflict}},
              [&invitations](Call&, Anyone, const Token& in) -> Result<Outcome> {
                return Outcome{TRY(invitations.reject_by_token(in.token)), "rejected"};
              });
}

}  // namespace gatehouse::api::invitation_page
