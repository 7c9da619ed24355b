#include "domain/invitations/sender.hpp"

namespace gatehouse::domain {

Sender sender_of(const access::View& view, const Principal& who) {
  if (who.kind != Principal::Kind::kApiToken) return {who.user, {}};
  const auto* token = view.api_token(ApiTokenId(who.id));
  return {{}, token != nullptr ? token->organization : OrganizationNo()};
}

}  // namespace gatehouse::domain
