// Sets of roles by number, each kept once: what a membership stores is the index. The writer's alone; what a set
// gives is
// computed on each side. Index 0 is the empty set.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "access/types.hpp"

namespace gatehouse::access {

class Rolesets {
 public:
  // The index of the set; `made` is set when it is new (the next index).
  std::uint32_t intern(std::span<const RoleNo> roles, bool& made);
  // The set last interned, sorted and without repetitions.
  [[nodiscard]] const std::vector<RoleNo>& last() const { return scratch_; }

 private:
  struct Hash {
    std::size_t operator()(const std::vector<RoleNo>& roles) const noexcept;
  };
  std::vector<RoleNo> scratch_;
  std::vector<std::uint32_t> singles_;  // by role, 0 not made: nearly all sets hold one role
  std::unordered_map<std::vector<RoleNo>, std::uint32_t, Hash> sets_;
  std::uint32_t next_ = 1;
};

}  // namespace gatehouse::access
