#include "domain/identification_types/identification_types.hpp"

#include <array>
#include <utility>

#include "base/json_writer.hpp"
#include "base/pattern.hpp"
#include "domain/identification_types/identification_type_store.hpp"
#include "domain/names.hpp"

namespace gatehouse::domain {
namespace {

namespace store = identification_type_store;

constexpr std::size_t kMaxCode = 20;
constexpr std::size_t kMaxName = 100;

struct StartType {
  std::string_view code;
  std::string_view name;
  std::string_view pattern;
};
// The identity documents of Colombia.
constexpr std::array<StartType, 7> kStartSet{{
    {"CC", "Cédula de ciudadanía", "[0-9]{5,12}"},
    {"CE", "Cédula de extranjería", "[0-9]{6,12}"},
    {"NIP", "Número de identificación personal", "[0-9]{10}"},
    {"TI", "Tarjeta de identidad", "[0-9]{5,11}"},
    {"PPT", "Permiso por protección temporal", "[A-Za-z0-9]{14,15}"},
    {"NIT", "Número de identificación tributaria", "[0-9]{10}"},
    {"PAS", "Pasaporte", "[A-Za-z0-9]{6,14}"},
}};

Error no_such() { return not_found("identification_type.not_found", "There is no such identification type."); }
Error code_taken() {
  return conflict("identification_type.code_taken", "An identification type of this code exists already.");
}

std::string described(const IdentificationType& type) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("code", type.code).member("name", type.name);
  if (type.pattern) json.member("pattern", *type.pattern);
  json.end_object();
  return out;
}

void check_pattern(std::optional<std::string>& pattern, std::vector<FieldError>& faults) {
  if (!pattern) return;
  if (pattern->empty()) {
    pattern.reset();
  } else if (const auto compiled = Pattern::compile(*pattern); !compiled) {
    faults.push_back({"pattern", compiled.error().detail});
  }
}

// Blanks collapsed, every member valid; every fault is told.
Result<void> tidy(IdentificationType& type) {
  std::vector<FieldError> faults;
  if (auto code = name_of(type.code, kMaxCode)) {
    type.code = *std::move(code);
  } else {
    faults.push_back({"code", "must be 1 to 20 visible characters"});
  }
  if (auto name = name_of(type.name, kMaxName)) {
    type.name = *std::move(name);
  } else {
    faults.push_back({"name", "must be 1 to 100 visible characters"});
  }
  check_pattern(type.pattern, faults);
  if (faults.empty()) return {};
  return Error{ErrorKind::kInvalid, "identification_type.invalid", "The identification type is not as it must be.",
               std::move(faults)};
}

void record(Unit& unit, std::string_view action, OrganizationNo at, const IdentificationTypeId& id, std::string before,
            std::string after) {
  unit.record({.action = action,
               .organization = at,
               .target_kind = "identification_type",
               .target = id,
               .before = std::move(before),
               .after = std::move(after),
               .facts = {}});
}

Result<IdentificationType> insert(Unit& unit, const IdentificationType& given, OrganizationNo at) {
  auto made = given;
  made.id = IdentificationTypeId::make(unit.now(), unit.random());
  made.created_at = unit.now();
  if (!store::insert(unit.tx(), made)) return code_taken();
  record(unit, "identification_type.created", at, made.id, {}, described(made));
  return made;
}

}  // namespace

Result<void> IdentificationTypes::ensure() {
  bool started = false;
  ledger_.read([&](sql::Tx& tx) { started = store::is_started(tx); });
  if (started) return {};
  return ledger_.unguarded("the first identification types", Principal::system(), [](Unit& unit) -> Result<void> {
    if (store::is_started(unit.tx())) return {};
    (void)unit.next_number("identification_types");
    for (const auto& start : kStartSet) {
      IdentificationType type;
      type.code = start.code;
      type.name = start.name;
      type.pattern = start.pattern;
      TRY(insert(unit, type, {}));
    }
    return {};
  });
}

Result<IdentificationType> IdentificationTypes::create(const access::Permit<access::Action::kCatalogueEdit>& permit,
                                                       const NewIdentificationType& in) {
  IdentificationType given;
  given.code = in.code;
  given.name = in.name;
  given.pattern = in.pattern;
  TRY(tidy(given));
  return ledger_.write(permit, [&](Unit& unit) -> Result<IdentificationType> {
    if (store::count(unit.tx()) >= kMaxIdentificationTypes) {
      return conflict("identification_type.too_many", "At most 1000 identification types.");
    }
    return insert(unit, given, unit.view().platform());
  });
}

Result<IdentificationType> IdentificationTypes::update(const access::Permit<access::Action::kCatalogueEdit>& permit,
                                                       const IdentificationTypeId& id,
                                                       const IdentificationTypePatch& patch) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<IdentificationType> {
    const auto before = store::find(unit.tx(), id);
    if (!before) return no_such();
    auto after = *before;
    if (patch.code) after.code = *patch.code;
    if (patch.name) after.name = *patch.name;
    if (patch.pattern) after.pattern = patch.pattern;
    TRY(tidy(after));
    auto old_facts = described(*before);
    auto new_facts = described(after);
    if (old_facts == new_facts) return *before;
    if (!store::update(unit.tx(), after)) return code_taken();
    record(unit, "identification_type.updated", unit.view().platform(), id, std::move(old_facts), std::move(new_facts));
    return after;
  });
}

Result<void> IdentificationTypes::remove(const access::Permit<access::Action::kCatalogueEdit>& permit,
                                         const IdentificationTypeId& id) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    const auto before = store::find(unit.tx(), id);
    if (!before) return no_such();
    if (store::is_in_use(unit.tx(), id)) {
      return conflict("identification_type.in_use", "Accounts have a number of this identification type.");
    }
    store::remove(unit.tx(), id);
    record(unit, "identification_type.removed", unit.view().platform(), id, described(*before), {});
    return {};
  });
}

std::vector<IdentificationType> IdentificationTypes::list(const access::Pass& pass) const {
  (void)pass;
  std::vector<IdentificationType> all;
  ledger_.read([&](sql::Tx& tx) { all = store::all(tx); });
  return all;
}

Result<IdentificationType> IdentificationTypes::get(const access::Pass& pass, const IdentificationTypeId& id) const {
  (void)pass;
  std::optional<IdentificationType> found;
  ledger_.read([&](sql::Tx& tx) { found = store::find(tx, id); });
  if (!found) return no_such();
  return *std::move(found);
}

std::optional<IdentificationType> IdentificationTypes::find(sql::Tx& tx, const IdentificationTypeId& id) {
  return store::find(tx, id);
}

Result<Identification> IdentificationTypes::check(sql::Tx& tx, const IdentificationTypeId& id,
                                                  std::string_view number) {
  const auto type = store::find(tx, id);
  if (!type) {
    return invalid_field("identification_type.not_found", "identification_type_id", "is no identification type");
  }
  auto line = name_of(number, kMaxIdentificationNumber);
  if (!line || !text::is_printable(number)) {
    return invalid_field("identification.number_invalid", "identification_number",
                         "must be 1 to 50 printable characters");
  }
  if (type->pattern) {
    const auto pattern = Pattern::compile(*type->pattern);
    if (!pattern) {
      return Error{ErrorKind::kInternal, "identification_type.pattern_broken",
                   "The pattern of an identification type no longer compiles."};
    }
    if (!pattern->matches(*line)) {
      return invalid_field("identification.number_invalid", "identification_number",
                           "must be as numbers of the type " + type->code + " are");
    }
  }
  auto key = text::name_key(*line);
  return Identification{id, *std::move(line), std::move(key)};
}

}  // namespace gatehouse::domain
