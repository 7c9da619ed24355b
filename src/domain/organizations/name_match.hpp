// Which organization somebody means by a name: the one that has it, as it stands or by its key (text::name_key); else the
// one whose key is most like it, if it is like it enough and more so than every other by a margin. Refuses to guess
// between two.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/similarity.hpp"
#include "domain/changes/ledger.hpp"

namespace gatehouse::domain {

struct NameMatch {
  OrganizationNo no;
  bool exact = false;  // by the name or its key; else by likeness
};

// One name against candidates, one after another.
class NameSearch {
 public:
  static constexpr double kLeast = 0.80;   // of text::Similar
  static constexpr double kMargin = 0.05;  // over the second
  static constexpr std::size_t kMostCandidates = 10;
  // Code points of keys that are compared by likeness. A name of a hundred gets there only by ligatures that fold into
  // many letters, and would take its time.
  static constexpr std::size_t kLongest = 128;

  explicit NameSearch(std::string key);

  // Each organization once. An empty key is nobody's.
  void consider(OrganizationNo no, std::string_view key);

  [[nodiscard]] const std::string& key() const { return key_; }
  [[nodiscard]] bool found_equal() const { return !equal_.empty(); }
  [[nodiscard]] std::optional<NameMatch> match() const;
  // Where there is no match: those between which it cannot be told, best first; none when nothing is like it enough.
  [[nodiscard]] std::vector<OrganizationNo> candidates() const;

 private:
  struct Near {
    OrganizationNo no;
    double similarity;
  };

  std::string key_;
  std::optional<text::Similar> similar_;
  std::vector<OrganizationNo> equal_;
  std::vector<Near> near_;  // best first, at most kMostCandidates
  double wanted_;           // what is less alike than this makes no difference any more
};

// The name to be searched for, as organization_rules takes it. Errors: organization.name_invalid, of `field`.
Result<NameSearch> search_for(std::string_view company, std::string field);

// Within a unit of work: among the organizations that the user is a member of, without the platform. For somebody else
// than that user, so the refusals name none. Errors: organization.name_invalid, organization.no_match,
// organization.ambiguous.
Result<NameMatch> match_membership(Unit& unit, UserNo user, std::string_view company);

}  // namespace gatehouse::domain
