#include "domain/organizations/name_match.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "domain/organizations/organization_rules.hpp"

namespace gatehouse::domain {
namespace {

constexpr double kRounding = 1e-9;  // 0.80 and 0.05 count as reached
constexpr std::size_t kMostCompared = 10'000;

}  // namespace

NameSearch::NameSearch(std::string key) : key_(std::move(key)), wanted_(kLeast - kMargin - kRounding) {
  if (text::length(key_) <= kLongest) similar_.emplace(key_);
}

void NameSearch::consider(OrganizationNo no, std::string_view key) {
  if (key.empty()) return;
  if (key == key_) {
    equal_.push_back(no);
    return;
  }
  if (!similar_ || (key.size() > kLongest && text::length(key) > kLongest)) return;
  const double similarity = similar_->to(key, wanted_);
  if (similarity < wanted_) return;
  const auto at = std::upper_bound(near_.begin(), near_.end(), similarity,
                                   [](double value, const Near& near) { return value > near.similarity; });
  near_.insert(at, {no, similarity});
  if (near_.size() > kMostCandidates) near_.pop_back();
  wanted_ = std::max(wanted_, near_.front().similarity - kMargin - kRounding);
  if (near_.size() == kMostCandidates) wanted_ = std::max(wanted_, near_.back().similarity);
}

std::optional<NameMatch> NameSearch::match() const {
  if (equal_.size() == 1) return NameMatch{equal_.front(), true};
  if (candidates().size() != 1) return std::nullopt;
  return NameMatch{near_.front().no, false};
}

std::vector<OrganizationNo> NameSearch::candidates() const {
  if (!equal_.empty()) return equal_;
  std::vector<OrganizationNo> found;
  if (near_.empty() || near_.front().similarity < kLeast - kRounding) return found;
  for (const auto& near : near_) {
    if (near_.front().similarity - near.similarity < kMargin - kRounding) found.push_back(near.no);
  }
  return found;
}

Result<NameSearch> search_for(std::string_view company, std::string field) {
  const auto name = TRY(organization_rules::name(company, std::move(field)));
  return NameSearch(text::name_key(name));
}

Result<NameMatch> match_membership(Unit& unit, UserNo user, std::string_view company) {
  auto search = TRY(search_for(company, "company_name"));
  const auto& view = unit.view();
  std::size_t compared = 0;
  for (const auto& held : view.holdings(user)) {
    if (!held.member || held.organization == view.platform()) continue;
    const auto key = view.name_key(held.organization);
    // The lane waits: beyond so many only the name itself counts.
    if (++compared <= kMostCompared || key == search.key()) search.consider(held.organization, key);
  }
  if (const auto match = search.match()) return *match;
  if (search.candidates().empty()) {
    return not_found("organization.no_match", "The user belongs to no organization with a name like that.");
  }
  return invalid("organization.ambiguous", "The user belongs to several organizations with a name like that.");
}

}  // namespace gatehouse::domain
