// What mails say: a subject, a text and an HTML page from the templates in the binary (src/mail/templates), by name and
// language. Refuses (`mail.template_invalid`) unknown templates, missing parameters, values that a template does not know
// and values with control characters. A value is never read as a template.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gatehouse::mail {

using Parameters = std::map<std::string, std::string, std::less<>>;

struct Rendered {
  std::string subject;
  std::string text;
  std::string html;
};

// The templates and what each asks for:
//   invitation           inviter_company, inviter_person (may be empty), invited_company, relation, link, expires_on
//   invitation_answered  answer (accepted, rejected), inviter_company, invited_company, relation, reader (inviter, invitee)
//   invitation_to_join   inviter_person (may be empty), platform_url, organizations, organization_count, activate_link,
//                        reject_link, expires_on, identity_provider (may be empty)
// `relation` (agency, customer) is what the invited company becomes to the inviter. `organizations` are names joined by ", ",
// `organization_count` how many there are, in digits. Languages: en, es; others read en, and "es-MX" reads es.
Result<Rendered> render(std::string_view name, std::string_view locale, const Parameters& parameters);

}  // namespace gatehouse::mail
