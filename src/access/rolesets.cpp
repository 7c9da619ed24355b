#include "access/rolesets.hpp"

#include <algorithm>

namespace gatehouse::access {

std::size_t Rolesets::Hash::operator()(const std::vector<RoleNo>& roles) const noexcept {
  std::uint64_t hash = roles.size();
  for (const auto no : roles) hash = (hash ^ no.value) * 0x9E3779B97F4A7C15ULL;
  return hash ^ (hash >> 32U);
}

std::uint32_t Rolesets::intern(std::span<const RoleNo> roles, bool& made) {
  made = false;
  if (roles.empty()) return 0;
  if (roles.size() == 1 && roles[0].value < singles_.size() && singles_[roles[0].value] != 0)
    return singles_[roles[0].value];
  scratch_.assign(roles.begin(), roles.end());
  std::sort(scratch_.begin(), scratch_.end());
  scratch_.erase(std::unique(scratch_.begin(), scratch_.end()), scratch_.end());
  const auto [at, inserted] = sets_.try_emplace(scratch_, next_);
  made = inserted;
  if (inserted) ++next_;
  if (scratch_.size() == 1) {
    const auto no = scratch_[0].value;
    if (no >= singles_.size()) singles_.resize(no + 1, 0);
    singles_[no] = at->second;
  }
  return at->second;
}

}  // namespace gatehouse::access
