#include "api/identity_manager/identification_types.hpp"

#include "api/identity_manager/wire.hpp"
#include "base/pattern.hpp"

namespace gatehouse::api::identity_manager {
namespace {

constexpr std::string_view kPath = "/api/IdentificationType";

// The limits that the core has, so that the document tells them.
constexpr std::int64_t kMaxCode = 20;
constexpr std::int64_t kMaxName = 100;
constexpr std::int64_t kMaxPattern = Pattern::kMaxLength;

struct IdentificationType {
  domain::IdentificationTypeId identification_type_id;
  std::string code;
  std::string name;
};
void describe(http::Fields<IdentificationType>& f) {
  f.name("IdentificationType");
  f.add<&IdentificationType::identification_type_id>("identificationTypeId");
  f.add<&IdentificationType::code>("code");
  f.add<&IdentificationType::name>("name");
}

struct ListTypes {
  std::optional<domain::IdentificationTypeId> identification_type_id;
  std::int64_t page = 1;
  std::int64_t page_size = 100;
};
void describe(http::Fields<ListTypes>& f) {
  f.name("ListIdentificationTypes");
  f.add<&ListTypes::identification_type_id>("identificationTypeId", {.in = In::kQuery, .doc = "Only that one."});
  describe_paging(f);
}

struct CreateType {
  std::string code;
  std::string name;
  std::optional<std::string> pattern;
};
void describe(http::Fields<CreateType>& f) {
  f.name("CreateIdentificationType");
  f.add<&CreateType::code>("code", {.min = 1, .max = kMaxCode, .doc = "Unique, case does not count."});
  f.add<&CreateType::name>("name", {.min = 1, .max = kMaxName});
  f.add<&CreateType::pattern>(
      "pattern", {.max = kMaxPattern, .doc = "A regular expression that the whole number matches; none: any number."});
}

struct UpdateType {
  domain::IdentificationTypeId identification_type_id;
  std::optional<std::string> code;
  std::optional<std::string> name;
  std::optional<std::string> pattern;
};
void describe(http::Fields<UpdateType>& f) {
  f.name("UpdateIdentificationType");
  f.add<&UpdateType::identification_type_id>("identificationTypeId");
  f.add<&UpdateType::code>("code", {.min = 1, .max = kMaxCode});
  f.add<&UpdateType::name>("name", {.min = 1, .max = kMaxName});
  f.add<&UpdateType::pattern>("pattern",
                              {.max = kMaxPattern, .doc = "Empty: none any more. Asked of numbers given from now on."});
}

struct RemoveType {
  domain::IdentificationTypeId identification_type_id;
};
void describe(http::Fields<RemoveType>& f) {
  f.name("RemoveIdentificationType");
  f.add<&RemoveType::identification_type_id>("identificationTypeId", {.in = In::kEither});
}

IdentificationType wire(domain::IdentificationType type) {
  return {type.id, std::move(type.code), std::move(type.name)};
}

}  // namespace

void register_identification_types(http::Surface& surface, domain::IdentificationTypes& types) {
  surface.add({.id = "listIdentificationTypes", .path = kPath, .summary = "The identification types, by code."},
              [&types](Call& call, const Permit<Action::kAccountList>& permit,
                       const ListTypes& in) -> Result<std::vector<IdentificationType>> {
                const auto paging = paging_of(in);
                auto page = in.identification_type_id ? TRY(only(types.get(permit, *in.identification_type_id), paging))
                                                      : domain::page_of(types.list(permit), paging);
                return listed(call, std::move(page), wire);
              });
  surface.add(
      {.id = "createIdentificationType",
       .method = Method::kPost,
       .path = kPath,
       .summary = "Create an identification type.",
       .work = Work::kWrite,
       .success = 201,
       .errors = {ErrorKind::kConflict}},
      [&types](Call& call, const Permit<Action::kCatalogueEdit>& permit, CreateType in) -> Result<IdentificationType> {
        auto created =
            TRY(in_wire_words(types.create(permit, {std::move(in.code), std::move(in.name), std::move(in.pattern)})));
        call.set_header("Location", std::string(kPath) + "?identificationTypeId=" + created.id.to_string());
        return wire(std::move(created));
      });
  surface.add(
      {.id = "updateIdentificationType",
       .method = Method::kPut,
       .path = kPath,
       .summary = "Change an identification type; what is absent stays as it is.",
       .work = Work::kWrite,
       .errors = {ErrorKind::kNotFound, ErrorKind::kConflict}},
      [&types](Call&, const Permit<Action::kCatalogueEdit>& permit, UpdateType in) -> Result<IdentificationType> {
        return wire(TRY(in_wire_words(types.update(permit, in.identification_type_id,
                                                   {std::move(in.code), std::move(in.name), std::move(in.pattern)}))));
      });
  surface.add({.id = "removeIdentificationType",
               .method = Method::kDelete,
               .path = kPath,
               .summary = "Delete an identification type that no user has.",
               .work = Work::kWrite,
               .success = 204,
               .errors = {ErrorKind::kNotFound, ErrorKind::kConflict}},
              [&types](Call&, const Permit<Action::kCatalogueEdit>& permit, const RemoveType& in) -> Result<Nothing> {
                TRY(types.remove(permit, in.identification_type_id));
                return Nothing{};
              });
}

}  // namespace gatehouse::api::identity_manager
