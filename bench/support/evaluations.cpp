#include "support/evaluations.hpp"

#include <fmt/format.h>

namespace gatehouse::bench {

std::vector<Exchange> evaluations(Context& context, std::size_t count, Keys keys, std::uint64_t seed) {
  std::vector<Exchange> all;
  const auto& callers = context.store().callers;
  for (const auto& question : context.model().questions(count, keys, seed)) {
    const auto body = fmt::format(
        R"({{"subject":{{"type":"user","id":"{}"}},"action":{{"name":"{}"}},"resource":{{"type":"organization","id":"{}"}}}})",
        Model::user_id(question.user).to_string(), Model::kAsked[question.permission],
        Model::organization_id(question.organization).to_string());
    all.push_back({post("/access/v1/evaluation", callers[all.size() % callers.size()], body),
                   question.expected ? R"("decision":true)" : R"("decision":false)", 200});
  }
  return all;
}

std::vector<Exchange> sign_ins(const Model& model) {
  std::vector<Exchange> all;
  for (std::uint32_t i = 0; i < std::min(kWithPassword, model.users()); ++i) {
    const auto body = fmt::format(R"({{"account":"{}","password":"{}"}})", Model::user_name(i + 2), kPassword);
    all.push_back({post("/api/v1/auth/tokens", "", body), R"("accessToken":")", 201});
  }
  return all;
}

}  // namespace gatehouse::bench
