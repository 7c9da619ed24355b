// The key of a subscription, that an API gateway's clients send along: a second lock before the bearer, where the operator
// wants one.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "http/call.hpp"

namespace gatehouse::api::partner {

inline constexpr std::string_view kSubscriptionKeyHeader = "Ocp-Apim-Subscription-Key";

// `keys`: separated by blanks, any of them opens; none: there is no gate. Errors: auth.subscription_key_invalid
// (kUnauthenticated).
std::function<Result<void>(const http::Call&)> subscription_key_gate(const std::string& keys);

}  // namespace gatehouse::api::partner
