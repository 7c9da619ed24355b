#include "api/partner/subscription_key.hpp"

#include <vector>

#include "base/text.hpp"
#include "crypto/digest.hpp"

namespace gatehouse::api::partner {

std::function<Result<void>(const http::Call&)> subscription_key_gate(const std::string& keys) {
  std::vector<crypto::Digest> digests;
  for (std::string_view rest(keys); !rest.empty();) {
    const auto end = std::min(rest.find(' '), rest.size());
    if (end > 0) digests.push_back(crypto::sha256(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (digests.empty()) return {};
  return [digests = std::move(digests)](const http::Call& call) -> Result<void> {
    const auto given = crypto::sha256(call.request.header(kSubscriptionKeyHeader).value_or(""));
    bool known = false;
    for (const auto& digest : digests) {
      known = crypto::equal_constant_time(crypto::view(digest), crypto::view(given)) || known;
    }
    if (known) return {};
    return Error{ErrorKind::kUnauthenticated, "auth.subscription_key_invalid",
                 "The header Ocp-Apim-Subscription-Key is missing or holds no valid key."};
  };
}

}  // namespace gatehouse::api::partner
