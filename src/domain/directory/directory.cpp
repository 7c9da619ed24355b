#include "domain/directory/directory.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "domain/directory/directory_store.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using access::Policy;
using access::View;

Error no_user() { return not_found("user.not_found", "There is no such user."); }
Error no_role() { return not_found("role.not_found", "There is no such role."); }
Error no_organization() { return not_found("organization.not_found", "There is no such organization."); }

// The faults of ids that name nothing, with their places in the input.
class UnknownIds {
 public:
  void add(std::string_view field, std::size_t at, std::string_view what) {
    faults_.push_back({std::string(field) + "[" + std::to_string(at) + "]", "is no " + std::string(what)});
  }
  [[nodiscard]] Result<void> result() const {
    if (faults_.empty()) return {};
    return Error{ErrorKind::kInvalid, "directory.unknown_ids", "Some of what is named does not exist.", faults_};
  }

 private:
  std::vector<FieldError> faults_;
};

bool sees_all(const View& view, const access::Pass& pass) {
  return view.allows(pass.principal(), access::permission::kAccountsView, view.platform(), pass.now());
}

// The permit's organization and what is below it, as far as the caller knows of that.
access::Scope reached_below(const View& view, const access::Pass& pass) {
  access::Scope scope;
  const auto at = pass.organization();
  const bool whole = view.allows(pass.principal(), access::permission::kOrganizationsView, at, pass.now());
  (whole ? scope.trees : scope.singles).push_back(at);
  return scope;
}

// The numbers of what the filter names; false when it names what is not there, so that nobody matches.
bool resolve(const View& view, const PersonFilter& filter, directory_store::Bounds& bounds) {
  bounds.platform = view.platform();
  bounds.user_count = view.user_count();
  if (filter.organization) {
    bounds.organization = view.find_organization(*filter.organization);
    bounds.member_count = view.member_count(*bounds.organization);
    if (!*bounds.organization || *bounds.organization == view.platform()) return false;
  }
  if (filter.platform_role) {
    bounds.platform_role = view.find_role(*filter.platform_role);
    if (!*bounds.platform_role) return false;
  }
  return true;
}

// What of a person only the graph knows; one look at it a person, because a long one would keep writers waiting.
void complete(const View& view, const access::Pass& pass, bool all, Person& person) {
  const auto no = person.user.no;
  if (all) person.platform_roles = view.direct_roles(no, view.platform());
  std::erase_if(person.organizations, [&](const Affiliation& one) {
    return !all && pass.principal().user != no &&
           !(view.reaches(pass.principal(), one.no, pass.now()) &&
             view.allows(pass.principal(), access::permission::kUsersView, one.no, pass.now()));
  });
  for (auto& one : person.organizations) {
    if (!one.offered) one.roles = view.direct_roles(no, one.no);
    std::sort(one.roles.begin(), one.roles.end());
  }
}

bool belongs(const Person& person, OrganizationNo at) {
  return std::any_of(person.organizations.begin(), person.organizations.end(),
                     [&](const Affiliation& one) { return one.no == at; });
}

// The people of a page, with what hangs on them; as many queries for one as for a thousand.
std::vector<Person> people(const Ledger& ledger, sql::Tx& tx, const access::Pass& pass, bool all,
                           const std::vector<UserNo>& numbers) {
  if (numbers.empty()) return {};
  std::vector<Person> people;
  people.reserve(numbers.size());
  auto affiliations = directory_store::affiliations(tx, numbers, pass.now());
  auto providers = Providers::of_users(tx, numbers);
  std::unordered_map<IdentityProviderId, IdentityProvider> identity_providers;
  for (auto& one : IdentityProviders::all(tx)) identity_providers.emplace(one.id, one);
  std::multimap<UserNo, directory_store::OfferedProvider> offered;  // of each, as they came
  for (const auto& one : directory_store::offered_providers(tx, numbers, pass.now())) offered.emplace(one.user, one);
  for (auto& user : Users::find(tx, numbers)) {
    auto& person = people.emplace_back();
    person.user = std::move(user);
    person.organizations = std::move(affiliations[person.user.no]);
    person.providers = std::move(providers[person.user.no]);
    auto at = person.user.identity_provider;
    ledger.graph().read([&](const View& view) {
      person.accessible =
          person.user.status != UserStatus::kInactive &&
          (!person.organizations.empty() || !view.direct_roles(person.user.no, view.platform()).empty());
      complete(view, pass, all, person);
    });
    // Of what is not accepted yet, the newest that the caller sees.
    const auto [begin, end] = offered.equal_range(person.user.no);
    for (auto one = begin; one != end; ++one) {
      if (belongs(person, one->second.organization)) at = one->second.provider;
    }
    if (const auto found = at ? identity_providers.find(*at) : identity_providers.end();
        found != identity_providers.end()) {
      person.identity_provider = found->second;
    }
  }
  return people;
}

Person read_back(Unit& unit, const access::Pass& pass, UserNo no) {
  Person person;
  person.user = Users::find(unit.tx(), no).value_or(User());
  const std::vector<UserNo> one{no};
  person.organizations = std::move(directory_store::affiliations(unit.tx(), one, unit.now())[no]);
  person.providers = std::move(Providers::of_users(unit.tx(), one)[no]);
  if (const auto& at = person.user.identity_provider)
    person.identity_provider = IdentityProviders::find(unit.tx(), *at);
  complete(unit.view(), pass, true, person);
  person.accessible = !person.organizations.empty() || !person.platform_roles.empty();
  return person;
}

}  // namespace

Page<Person> Directory::list(const access::Permit<Action::kAccountList>& permit, const PersonFilter& filter,
                             const Paging& paging) const {
  auto wanted = filter;
  directory_store::Bounds bounds;
  bounds.now = permit.now();
  bool all = false;
  bool nobody = false;
  ledger_.graph().read([&](const View& view) {
    all = sees_all(view, permit);
    nobody = !resolve(view, filter, bounds);
  });
  if (!all) {
    const auto own = permit.principal().user_id();
    nobody = nobody || own.is_nil() || (filter.user && *filter.user != own);
    wanted.user = own;
  }
  if (nobody) return {};
  Page<Person> page;
  ledger_.read([&](sql::Tx& tx) {
    const auto numbers = directory_store::list(tx, wanted, bounds, paging, users_.roll());
    // One sees all of oneself.
    page = {numbers.total, people(ledger_, tx, permit, true, numbers.items)};
  });
  return page;
}

Page<Person> Directory::list_within(const access::Permit<Action::kMembershipList>& permit, const PersonFilter& filter,
                                    const Paging& paging) const {
  directory_store::Bounds bounds;
  bounds.now = permit.now();
  bool all = false;
  bool nobody = false;
  ledger_.graph().read([&](const View& view) {
    all = sees_all(view, permit);
    nobody = !resolve(view, filter, bounds);
    if (permit.organization() != view.platform()) bounds.within = reached_below(view, permit);
  });
  if (nobody) return {};
  Page<Person> page;
  ledger_.read([&](sql::Tx& tx) {
    const auto numbers = directory_store::list(tx, filter, bounds, paging, users_.roll());
    page = {numbers.total, people(ledger_, tx, permit, all, numbers.items)};
  });
  return page;
}

Result<Person> Directory::get(const access::Permit<Action::kAccountList>& permit, const UserId& id) const {
  auto page = list(permit, {.user = id}, {0, 1});
  if (page.items.empty()) return no_user();
  return std::move(page.items.front());
}

Result<Person> Directory::find_by_user_name(const access::Permit<Action::kAccountList>& permit,
                                            std::string_view user_name) const {
  auto page = list(permit, {.user_name = std::string(user_name)}, {0, 1});
  if (page.items.empty()) return no_user();
  return std::move(page.items.front());
}

Result<Person> Directory::create(const access::Permit<Action::kAccountEdit>& permit, const NewPerson& input) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<Person> {
    const auto& view = unit.view();
    UnknownIds unknown;
    std::vector<RoleNo> roles;
    for (std::size_t i = 0; i < input.roles.size(); ++i) {
      roles.push_back(view.find_role(input.roles[i]));
      if (!roles.back()) unknown.add("role_ids", i, "role");
    }
    std::vector<OrganizationNo> organizations;
    for (std::size_t i = 0; i < input.organizations.size(); ++i) {
      organizations.push_back(view.find_organization(input.organizations[i]));
      if (!organizations.back() || organizations.back() == view.platform()) unknown.add("company_ids", i, "company");
    }
    for (std::size_t i = 0; i < input.providers.size(); ++i) {
      if (!Providers::find(unit.tx(), input.providers[i])) unknown.add("provider_ids", i, "provider");
    }
    TRY(unknown.result());
    const auto user = TRY(Users::insert(unit, input.user));
    if (!roles.empty()) {
      TRY(Policy::may_give(view, unit.permissions(), permit, view.platform(), user.no, roles));
      Memberships::put(unit, user.no, view.platform(), roles);
    }
    for (const auto organization : organizations) {
      const auto at = TRY(
          Policy::permit_in<Action::kUserAdd>(view, unit.permissions(), permit.principal(), organization, unit.now()));
      TRY(Policy::may_give(view, unit.permissions(), at, organization, user.no, {}));
      Memberships::put(unit, user.no, organization, {});
    }
    for (const auto& provider : input.providers) TRY(Providers::add_user(unit, user.no, provider));
    return read_back(unit, permit, user.no);
  });
}

Result<void> Directory::grant_role(const access::Permit<Action::kAccountEdit>& permit, const UserId& user,
                                   const RoleId& role) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    const auto& view = unit.view();
    const auto no = view.find_user(user);
    if (!no) return no_user();
    const auto given = view.find_role(role);
    if (!given) return no_role();
    const auto held = view.direct_roles(no, view.platform());
    if (std::find(held.begin(), held.end(), given) != held.end()) {
      return conflict("role.held", "The user holds this role already.");
    }
    TRY(Policy::may_give(view, unit.permissions(), permit, view.platform(), no, {given}));
    Memberships::put(unit, no, view.platform(), {given});
    return {};
  });
}

Result<void> Directory::revoke_role(const access::Permit<Action::kAccountEdit>& permit, const UserId& user,
                                    const RoleId& role) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    const auto& view = unit.view();
    const auto at = view.platform();
    const auto no = view.find_user(user);
    if (!no) return no_user();
    const auto taken = view.find_role(role);
    auto kept = view.direct_roles(no, at);
    if (!taken || std::erase(kept, taken) == 0) {
      return not_found("role.not_held", "The user does not hold this role.");
    }
    TRY(Policy::may_give(view, unit.permissions(), permit, at, no, {taken}));
    TRY(Memberships::keeps_an_admin(unit, at, no, kept));
    // Belonging to the platform means to hold something there.
    if (kept.empty()) {
      memberships_.erase(unit, no, at);
    } else {
      Memberships::change_roles(unit, no, at, {}, {taken});
    }
    return {};
  });
}

Result<void> Directory::add_organization(const access::Permit<Action::kAccountEdit>& permit, const UserId& user,
                                         const OrganizationId& organization) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    const auto& view = unit.view();
    const auto no = view.find_user(user);
    if (!no) return no_user();
    const auto to = view.find_organization(organization);
    if (!to || to == view.platform()) return no_organization();
    const auto at =
        TRY(Policy::permit_in<Action::kUserAdd>(view, unit.permissions(), permit.principal(), to, unit.now()));
    if (view.is_member(no, to)) {
      return conflict("membership.exists", "The user is a member of this organization already.");
    }
    TRY(Policy::may_give(view, unit.permissions(), at, to, no, {}));
    Memberships::put(unit, no, to, {});
    return {};
  });
}

Result<void> Directory::remove_organization(const access::Permit<Action::kAccountEdit>& permit, const UserId& user,
                                            const OrganizationId& organization) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    const auto& view = unit.view();
    const auto no = view.find_user(user);
    if (!no) return no_user();
    const auto from = view.find_organization(organization);
    if (!from || from == view.platform()) return no_organization();
    const auto at =
        TRY(Policy::permit_in<Action::kUserRemove>(view, unit.permissions(), permit.principal(), from, unit.now()));
    return memberships_.remove(unit, at, no);
  });
}

Result<void> Directory::add_provider(const access::Permit<Action::kAccountEdit>& permit, const UserId& user,
                                     const ProviderId& provider) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    const auto no = unit.view().find_user(user);
    if (!no) return no_user();
    TRY(Policy::may_touch_account(unit.view(), permit, no));
    return Providers::add_user(unit, no, provider);
  });
}

Result<void> Directory::remove_provider(const access::Permit<Action::kAccountEdit>& permit, const UserId& user,
                                        const ProviderId& provider) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    const auto no = unit.view().find_user(user);
    if (!no) return no_user();
    TRY(Policy::may_touch_account(unit.view(), permit, no));
    return Providers::remove_user(unit, no, provider);
  });
}

Result<Page<Affiliation>> Directory::list_organizations(const access::Permit<Action::kAccountList>& permit,
                                                        const std::optional<UserId>& of, const Paging& paging) const {
  bool all = false;
  UserNo no;
  std::int64_t total = 0;
  const auto own = permit.principal().user_id();
  ledger_.graph().read([&](const View& view) {
    all = sees_all(view, permit);
    no = view.find_user(of.value_or(own));
    total = view.organization_count();
  });
  if (of && !all && *of != own) return forbidden("access.forbidden", "You see the organizations of yourself only.");
  if (of && !no) return no_user();
  Page<Affiliation> page;
  ledger_.read([&](sql::Tx& tx) {
    if (!of && all) {
      page = directory_store::all_organizations(tx, paging, total);
    } else if (no) {
      page = directory_store::organizations_of(tx, no, paging);
    }
  });
  return page;
}

}  // namespace gatehouse::domain
