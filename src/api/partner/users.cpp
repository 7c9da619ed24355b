#include "api/partner/users.hpp"

#include <unordered_map>

#include "api/partner/account_state.hpp"
#include "api/partner/identity_provider_name.hpp"
#include "api/partner/wire.hpp"
#include "domain/users/user_roll.hpp"

namespace gatehouse::api::partner {
namespace {

struct UserOrganization {
  OrganizationId id;
  std::string name;
  std::vector<RoleId> group_ids;
};
void describe(http::Fields<UserOrganization>& f) {
  f.name("PartnerUserOrganization");
  f.add<&UserOrganization::id>("id");
  f.add<&UserOrganization::name>("name");
  f.add<&UserOrganization::group_ids>("groupIds");
}

struct User {
  UserId id;
  std::string email;
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  Timestamp creation_date;
  bool accessible = false;
  std::string account_state;
  std::optional<IdentityProviderName> identity_provider;
  std::vector<UserOrganization> organizations;
  std::optional<Timestamp> last_login_date;
};
void describe(http::Fields<User>& f) {
  f.name("PartnerUser");
  f.add<&User::id>("id");
  f.add<&User::email>("email");
  f.add<&User::first_name>("firstName");
  f.add<&User::last_name>("lastName");
  f.add<&User::creation_date>("creationDate");
  f.add<&User::accessible>("accessible",
                           {.doc = "Not blocked, and belongs to an organization or is invited into one."});
  f.add<&User::account_state>("accountState", {.one_of = kAccountStates});
  f.add<&User::identity_provider>("identityProvider");
  f.add<&User::organizations>("organizations",
                              {.doc = "Those that the caller may see; of a new user those it is invited into."});
  f.add<&User::last_login_date>("lastLoginDate");
}

struct ListUsers {
  std::optional<OrganizationId> platform_id;
  std::optional<OrganizationId> customer_id;
  std::optional<std::string> search;
  std::optional<std::string> account_state;
  std::optional<std::string> sort;
  std::int64_t skip = 0;
  std::int64_t take = kMaxTake;
};
void describe(http::Fields<ListUsers>& f) {
  f.name("ListPartnerUsers");
  f.add<&ListUsers::platform_id>("platformId",
                                 {.in = http::In::kQuery, .doc = "Everybody of the platform; the default."});
  f.add<&ListUsers::customer_id>("customerId",
                                 {.in = http::In::kQuery, .doc = "Of that organization and of those below it."});
  f.add<&ListUsers::search>("search", {.in = http::In::kQuery, .max = 200, .doc = "Part of name or e-mail."});
  f.add<&ListUsers::account_state>("accountState", {.in = http::In::kQuery, .one_of = kAccountStates});
  f.add<&ListUsers::sort>("sort",
                          {.in = http::In::kQuery,
                           .doc = "With a minus sign: descending.",
                           .one_of = {"email", "-email", "creationDate", "-creationDate", "lastName", "-lastName"}});
  describe_paging(f);
}

domain::PersonFilter filter_of(const ListUsers& in) {
  using Order = domain::PersonFilter::Order;
  domain::PersonFilter filter;
  filter.search = in.search.value_or("");
  if (in.account_state) filter.statuses = {status_of(*in.account_state)};
  std::string_view sort = in.sort ? std::string_view(*in.sort) : std::string_view("email");
  filter.descending = sort.starts_with('-');
  if (filter.descending) sort.remove_prefix(1);
  filter.order = sort == "creationDate" ? Order::kCreatedAt : sort == "lastName" ? Order::kLastName : Order::kEmail;
  return filter;
}

// At the organization that is selected. Of the platform one knows that it is there, so that it is forbidden and not absent.
Result<Permit<Action::kMembershipList>> permit_of(const ListUsers& in, const Call& call, const access::Graph& graph) {
  if (in.platform_id && in.customer_id) {
    return invalid_field("request.invalid", "customerId", "give either platformId or customerId");
  }
  TRY(check_platform(graph, in.platform_id));
  const auto platform = platform_of(graph);
  const auto at = in.customer_id.value_or(platform);
  auto permit = access::Policy(graph).permit<Action::kMembershipList>(call.principal, at, call.now);
  if (!permit && permit.error().kind == ErrorKind::kNotFound && at == platform) {
    return forbidden("access.forbidden", "You need the permission users.view on the platform.");
  }
  return permit;
}

User wire(domain::Person person, const std::unordered_map<RoleNo, RoleId>& roles) {
  User user{person.user.id,
            std::move(person.user.email),
            or_null(std::move(person.user.first_name)),
            or_null(std::move(person.user.last_name)),
            person.user.created_at,
            person.accessible,
            std::string(state_of(person.user.status)),
            identity_provider_name(person.identity_provider),
            {},
            person.user.last_sign_in_at};
  for (auto& one : person.organizations) {
    auto& organization = user.organizations.emplace_back(UserOrganization{one.id, std::move(one.name), {}});
    for (const auto role : one.roles) {
      if (const auto known = roles.find(role); known != roles.end()) organization.group_ids.push_back(known->second);
    }
  }
  return user;
}

}  // namespace

void register_users(http::Surface& surface, const domain::Directory& directory, const domain::Users& users,
                    const access::Graph& graph) {
  surface.add({.id = "listPartnerUsers",
               .path = "/partner/v1/users",
               .summary = "List all users of the platform or of a customer.",
               .errors = {ErrorKind::kForbidden, ErrorKind::kNotFound, ErrorKind::kThrottled}},
              // Which organization is selected, and so what is asked, is known here.
              [&directory, &users, &graph](Call& call, const Permit<Action::kAccountList>&,
                                           const ListUsers& in) -> Result<std::vector<User>> {
                const auto permit = TRY(permit_of(in, call, graph));
                std::optional<domain::UserRoll::Turn> turn;
                if (!in.search.value_or("").empty()) turn.emplace(TRY(users.roll().turn()));
                auto page = directory.list_within(permit, filter_of(in), {in.skip, in.take});
                std::unordered_map<RoleNo, RoleId> roles;
                graph.read([&](const access::View& view) {
                  for (const auto no : view.roles()) roles.emplace(no, view.role(no)->id);
                });
                std::vector<User> listed;
                listed.reserve(page.items.size());
                for (auto& person : page.items) listed.push_back(wire(std::move(person), roles));
                return counted(call, page.total, std::move(listed));
              });
}

}  // namespace gatehouse::api::partner
