#include "api/identity_manager/user_input.hpp"

#include <algorithm>
#include <initializer_list>
#include <unordered_set>

#include "api/identity_manager/user_wire.hpp"
#include "base/text.hpp"

namespace gatehouse::api::identity_manager {
namespace {

constexpr std::int64_t kMinUserName = 3;
constexpr std::int64_t kMaxUserName = 64;
constexpr std::int64_t kMaxAssociations = 100;

// The limits that the core has, so that the document tells them.
constexpr std::int64_t kMaxName = domain::kMaxPersonName;
constexpr std::int64_t kMaxNumber = domain::kMaxIdentificationNumber;

bool is_blank(const std::string& text) { return text::collapse_blanks(text).empty(); }

class Faults {
 public:
  void add(std::string field, std::string message) { list_.push_back({std::move(field), std::move(message)}); }
  // Of texts whose length is looked at already: blanks are no text.
  void add_blank(std::string_view field, const std::string& text) {
    if (is_blank(text)) add(std::string(field), "must not be blank");
  }
  template <class Id>
  void add_repeated(const std::string& list, const std::vector<Id>& ids) {
    std::unordered_set<std::string> seen;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (!seen.insert(ids[i].to_string()).second) add(list + "[" + std::to_string(i) + "]", "is given twice");
    }
  }
  Result<void> result() {
    if (list_.empty()) return {};
    if (list_.size() == 1) return fault(std::move(list_.front().field), std::move(list_.front().message));
    return Error{ErrorKind::kInvalid, "request.invalid", "The request is not valid.", std::move(list_)};
  }

 private:
  std::vector<FieldError> list_;
};

}  // namespace

void describe(http::Fields<CreateUser>& f) {
  f.name("CreateDirectoryUser");
  f.add<&CreateUser::user_name>("userName",
                                {.min = kMinUserName, .max = kMaxUserName, .doc = "Unique, case does not count."});
  f.add<&CreateUser::password>("password", {.min = 8, .max = 128});
  f.add<&CreateUser::first_name>("firstName", {.min = 1, .max = kMaxName});
  f.add<&CreateUser::last_name>("lastName", {.min = 1, .max = kMaxName});
  f.add<&CreateUser::email>("email", {.min = 1, .max = 254, .doc = "Unique, case does not count.", .format = "email"});
  f.add<&CreateUser::phone>("phone", {.max = domain::kMaxPhone});
  f.add<&CreateUser::identification_type_id>("identificationTypeId");
  f.add<&CreateUser::identification_number>(
      "identificationNumber",
      {.min = 1, .max = kMaxNumber, .doc = "In the format of the type; unique among those of the type."});
  f.add<&CreateUser::role_ids>("roleIds", {.max = kMaxAssociations, .doc = "Held at the platform, so everywhere."});
  f.add<&CreateUser::company_ids>("companyIds", {.max = kMaxAssociations, .doc = "Memberships without roles."});
  f.add<&CreateUser::provider_ids>("providerIds", {.max = kMaxAssociations});
}

Result<void> check(const CreateUser& in) {
  Faults faults;
  if (text::length(text::collapse_blanks(in.user_name)) < static_cast<std::size_t>(kMinUserName)) {
    faults.add("userName", "must have at least 3 characters");
  }
  faults.add_blank("firstName", in.first_name);
  faults.add_blank("lastName", in.last_name);
  faults.add_blank("identificationNumber", in.identification_number);
  faults.add_repeated("roleIds", in.role_ids);
  faults.add_repeated("companyIds", in.company_ids);
  faults.add_repeated("providerIds", in.provider_ids);
  return faults.result();
}

void describe(http::Fields<UpdateUser>& f) {
  f.name("UpdateDirectoryUser");
  f.add<&UpdateUser::user_id>("userId");
  f.add<&UpdateUser::first_name>("firstName", {.min = 1, .max = kMaxName});
  f.add<&UpdateUser::last_name>("lastName", {.min = 1, .max = kMaxName});
  f.add<&UpdateUser::email>("email", {.min = 1, .max = 254, .format = "email"});
  f.add<&UpdateUser::phone>("phone", {.max = domain::kMaxPhone, .doc = "Empty: none any more."});
  f.add<&UpdateUser::identification_type_id>("identificationTypeId");
  f.add<&UpdateUser::identification_number>("identificationNumber", {.min = 1, .max = kMaxNumber});
}

Result<void> check(const UpdateUser& in) {
  Faults faults;
  if (in.first_name) faults.add_blank("firstName", *in.first_name);
  if (in.last_name) faults.add_blank("lastName", *in.last_name);
  if (in.identification_number) faults.add_blank("identificationNumber", *in.identification_number);
  return faults.result();
}

domain::UserPatch patch_of(UpdateUser in) {
  domain::UserPatch patch;
  patch.first_name = std::move(in.first_name);
  patch.last_name = std::move(in.last_name);
  patch.email = std::move(in.email);
  patch.phone = std::move(in.phone);
  patch.identification_type = in.identification_type_id;
  patch.identification_number = std::move(in.identification_number);
  return patch;
}

void describe(http::Fields<ListUsers>& f) {
  f.name("ListDirectoryUsers");
  f.add<&ListUsers::user_id>("userId", {.in = In::kQuery});
  f.add<&ListUsers::user_name>("userName", {.in = In::kQuery, .doc = "The whole name, case does not count."});
  f.add<&ListUsers::email>("email", {.in = In::kQuery, .doc = "The whole address, case does not count."});
  f.add<&ListUsers::identification_number>("identificationNumber", {.in = In::kQuery, .doc = "Of whatever type."});
  f.add<&ListUsers::role_id>("roleId", {.in = In::kQuery, .doc = "Held at the platform."});
  f.add<&ListUsers::company_id>("companyId", {.in = In::kQuery});
  f.add<&ListUsers::provider_id>("providerId", {.in = In::kQuery});
  f.add<&ListUsers::status>("status", {.in = In::kQuery, .one_of = {kActive, kInactive}});
  describe_paging(f);
}

domain::PersonFilter filter_of(ListUsers in) {
  using domain::UserStatus;
  domain::PersonFilter filter;
  filter.user = in.user_id;
  filter.user_name = std::move(in.user_name);
  filter.email = std::move(in.email);
  filter.identification_number = std::move(in.identification_number);
  filter.platform_role = in.role_id;
  filter.organization = in.company_id;
  filter.provider = in.provider_id;
  if (in.status == kActive) filter.statuses = {UserStatus::kNew, UserStatus::kActive};
  if (in.status == kInactive) filter.statuses = {UserStatus::kInactive};
  return filter;
}

}  // namespace gatehouse::api::identity_manager
