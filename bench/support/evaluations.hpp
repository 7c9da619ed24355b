// What the store's population asks over HTTP, with the answer that each must get.
#pragma once

#include "support/context.hpp"
#include "support/load.hpp"

namespace gatehouse::bench {

// POST /access/v1/evaluation, with the callers' tokens in turn.
std::vector<Exchange> evaluations(Context& context, std::size_t count, Keys keys, std::uint64_t seed);
// POST /api/v1/auth/tokens, of everybody who has a password.
std::vector<Exchange> sign_ins(const Model& model);

}  // namespace gatehouse::bench
