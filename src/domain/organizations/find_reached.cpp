// The organization that a caller means by a name, among those within its reach and no others: what lies outside is never
// named and makes no difference, and a name that exists only there is answered like one that does not exist at all.
#include <algorithm>

#include "domain/organizations/name_match.hpp"
#include "domain/organizations/organization_store.hpp"
#include "domain/organizations/organizations.hpp"

namespace gatehouse::domain {
namespace {

using access::Graph;
using access::View;

// Organizations to a reading of the graph: a long one would keep writers waiting.
constexpr std::uint32_t kSlice = 1024;

template <class Use>
void in_slices(const Graph& graph, std::size_t count, Use&& use) {
  for (std::size_t from = 0; from < count; from += kSlice) {
    graph.read([&](const View& view) {
      const auto end = std::min(count, from + kSlice);
      for (auto i = from; i < end; ++i) use(view, i);
    });
  }
}

// What is in some trees, remembered on the way: each organization is walked over once, however deep it stands.
class Within {
 public:
  Within(const std::vector<OrganizationNo>& trees, std::uint32_t end) : known_(end, kUnknown) {
    for (const auto no : trees) known_[no.value] = kInside;
  }

  bool operator()(const View& view, OrganizationNo no) {
    path_.clear();
    auto at = no;
    for (; at && at.value < known_.size() && known_[at.value] == kUnknown; at = view.parent(at)) {
      known_[at.value] = kOutside;  // so that a circle in a broken store has an end
      path_.push_back(at);
    }
    const bool inside = at && at.value < known_.size() && known_[at.value] == kInside;
    if (inside) {
      for (const auto walked : path_) known_[walked.value] = kInside;
    }
    return inside;
  }

 private:
  static constexpr std::uint8_t kUnknown = 0;
  static constexpr std::uint8_t kInside = 1;
  static constexpr std::uint8_t kOutside = 2;
  std::vector<std::uint8_t> known_;
  std::vector<OrganizationNo> path_;
};

// The one that has the name, by the index; and the platform, whose name is not in the index.
void consider_equal(NameSearch& search, const Ledger& ledger, const access::Pass& pass) {
  std::optional<OrganizationNo> named;
  ledger.read([&](sql::Tx& tx) { named = organization_store::find_by_key(tx, search.key()); });
  ledger.graph().read([&](const View& view) {
    for (const auto no : {named.value_or(OrganizationNo()), view.platform()}) {
      if (no && view.reaches(pass.principal(), no, pass.now()) && view.name_key(no) == search.key())
        search.consider(no, search.key());
    }
  });
}

void consider_all(NameSearch& search, const Graph& graph, const access::Pass& pass) {
  access::Scope scope;
  std::uint32_t end = 0;
  graph.read([&](const View& view) {
    scope = view.scope(pass.principal(), pass.now());
    end = view.organization_numbers_end();
  });
  const auto consider = [&](const View& view, OrganizationNo no) { search.consider(no, view.name_key(no)); };
  if (scope.everything) {
    in_slices(graph, end, [&](const View& view, std::size_t i) { consider(view, {static_cast<std::uint32_t>(i)}); });
    return;
  }
  if (!scope.trees.empty()) {
    Within within(scope.trees, end);
    in_slices(graph, end, [&](const View& view, std::size_t i) {
      const OrganizationNo no{static_cast<std::uint32_t>(i)};
      if (within(view, no)) consider(view, no);
    });
  }
  in_slices(graph, scope.singles.size(), [&](const View& view, std::size_t i) { consider(view, scope.singles[i]); });
}

Error no_match() { return not_found("organization.no_match", "None of your organizations has a name like that."); }

Error ambiguous(const std::vector<Organization>& candidates) {
  std::string detail = "Several of your organizations have a name like that: ";
  for (const auto& one : candidates) {
    if (&one != &candidates.front()) detail += ", ";
    detail.append("\"").append(one.name).append("\"");
  }
  return invalid("organization.ambiguous", detail + ".");
}

}  // namespace

Result<FoundByName> Organizations::find_reached(const access::Permit<access::Action::kOrganizationSwitch>& permit,
                                                std::string_view company) const {
  auto search = TRY(search_for(company, "company"));
  consider_equal(search, ledger_, permit);
  if (!search.found_equal()) consider_all(search, ledger_.graph(), permit);
  const auto match = search.match();
  auto numbers = match ? std::vector{match->no} : search.candidates();
  // What went out of reach meanwhile is not named.
  ledger_.graph().read([&](const View& view) {
    std::erase_if(numbers, [&](OrganizationNo no) { return !view.reaches(permit.principal(), no, permit.now()); });
  });
  if (numbers.empty()) return no_match();
  std::vector<Organization> found;
  ledger_.read([&](sql::Tx& tx) { found = organization_store::find_all(tx, numbers); });
  if (found.empty()) return no_match();
  if (!match) return ambiguous(found);
  return FoundByName{std::move(found.front()), match->exact};
}

}  // namespace gatehouse::domain
