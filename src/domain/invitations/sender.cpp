#include "domain/invitations/sender.hpp"

namespace gatehouse::domain {

Sender sender_of(const access::View& view, const Principal& who) {
  if (who.kind != Principal::Kind::kApiToken) return {who.user, {}};
  const auto* token = view.api_token(ApiTokenId(who.id));
  if (token == nullptr) return {};
  // Whoever founds organizations below his own gets no more by it.
  auto top = token->organization;
  for (auto above = view.parent(top); above && above != view.platform(); above = view.parent(top)) top = above;
  return {{}, top};
}

}  // namespace gatehouse::domain
