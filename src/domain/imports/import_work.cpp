#include "domain/imports/import_work.hpp"

#include <algorithm>
#include <numeric>

#include "base/json_writer.hpp"

namespace gatehouse::domain {
namespace {

// Names no folder of the operator's machine.
std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

Result<ImportWork::Applied> ImportWork::apply(const ImportRow& row) {
  return std::visit([this](const auto& content) { return apply(content); }, row.content);
}

std::vector<std::uint32_t> ImportWork::order(const std::vector<ImportRow>& rows) {
  std::vector<std::uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0U);
  if (rows.empty() || !std::holds_alternative<MembershipRow>(rows.front().content)) return order;
  std::vector<OrganizationNo> organizations;
  organizations.reserve(rows.size());
  for (const auto& row : rows) {
    organizations.push_back(find_organization(std::get<MembershipRow>(row.content).organization_key));
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return organizations[a] < organizations[b]; });
  return order;
}

void ImportWork::settle() {
  if (unrecorded_.created + unrecorded_.updated == 0) return;
  std::string after;
  JsonWriter writer(after);
  writer.begin_object().member("file", base_name(file_.path));
  writer.member("created", unrecorded_.created).member("updated", unrecorded_.updated).end_object();
  unit_.record({.action = "import.applied",
                .organization = {},
                .target_kind = "import",
                .target = run_,
                .before = {},
                .after = std::move(after),
                .facts = std::move(facts_)});
  facts_ = {};
  unrecorded_ = {};
}

ImportWork::Applied ImportWork::done(Applied how, access::Fact fact) {
  facts_.push_back(std::move(fact));
  ++(how == Applied::kCreated ? unrecorded_.created : unrecorded_.updated);
  return how;
}

OrganizationNo ImportWork::find_organization(const std::string& key) {
  if (key == kPlatformKey) return unit_.view().platform();
  if (const auto known = memory_.organizations.find(key)) return {known};
  OrganizationNo found;
  if (!key.starts_with(kIdPrefix)) {
    found = import_store::organization_no(unit_.tx(), key);
  } else if (const auto id = OrganizationId::parse(std::string_view(key).substr(kIdPrefix.size()))) {
    found = import_store::organization_no(unit_.tx(), *id);
  }
  if (found) memory_.organizations.put(key, found.value);
  return found;
}

UserNo ImportWork::find_user(const std::string& key) {
  if (const auto known = memory_.users.find(key)) return {known};
  UserNo found;
  if (!key.starts_with(kIdPrefix)) {
    found = import_store::user_no(unit_.tx(), key);
  } else if (const auto id = UserId::parse(std::string_view(key).substr(kIdPrefix.size()))) {
    found = import_store::user_no(unit_.tx(), *id);
  }
  if (found) memory_.users.put(key, found.value);
  return found;
}

}  // namespace gatehouse::domain
