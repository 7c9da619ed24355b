// Identification types: what kinds of identity documents there are, and what their numbers look like. Refuses two of a
// code (compared without case), to remove one while an account has it, and numbers that do not match its pattern.
// A changed pattern is asked of numbers given from then on, not of those accepted before.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/changes/ledger.hpp"

namespace gatehouse::domain {

using IdentificationTypeId = Id<struct IdentificationTypeNoun>;

inline constexpr std::int64_t kMaxIdentificationTypes = 1000;  // so that a list of them all is one short answer
inline constexpr std::size_t kMaxIdentificationNumber = 50;    // code points

struct IdentificationType {
  IdentificationTypeId id;
  std::string code;
  std::string name;
  std::optional<std::string> pattern;  // a regular expression that the whole number matches; none: any number
  Timestamp created_at;
};

struct NewIdentificationType {
  std::string code{};                    // 1 to 20 characters, unique without case
  std::string name{};                    // 1 to 100 characters
  std::optional<std::string> pattern{};  // as Pattern::compile takes it; empty is none
};

// Absent members stay as they are.
struct IdentificationTypePatch {
  std::optional<std::string> code{};
  std::optional<std::string> name{};
  std::optional<std::string> pattern{};  // empty: none any more
};

// A number as an account keeps it.
struct Identification {
  IdentificationTypeId type;
  std::string number;  // blanks collapsed
  std::string key;     // what it is compared by: no two accounts have one of a type
};

class IdentificationTypes {
 public:
  explicit IdentificationTypes(Ledger& ledger) : ledger_(ledger) {}

  // At start, before anything else: puts in the start set, once in the life of a store. What an administrator changed
  // or removed of it stays so.
  Result<void> ensure();

  // Errors: identification_type.invalid with every faulty field, identification_type.code_taken,
  // identification_type.too_many.
  Result<IdentificationType> create(const access::Permit<access::Action::kCatalogueEdit>& permit,
                                    const NewIdentificationType& in);
  // Errors: identification_type.not_found, those of create.
  Result<IdentificationType> update(const access::Permit<access::Action::kCatalogueEdit>& permit,
                                    const IdentificationTypeId& id, const IdentificationTypePatch& patch);
  // Errors: identification_type.not_found, identification_type.in_use.
  Result<void> remove(const access::Permit<access::Action::kCatalogueEdit>& permit, const IdentificationTypeId& id);

  // By code; whoever is signed in.
  [[nodiscard]] std::vector<IdentificationType> list(const access::Pass& pass) const;
  // Errors: identification_type.not_found.
  [[nodiscard]] Result<IdentificationType> get(const access::Pass& pass, const IdentificationTypeId& id) const;

  // Within units and snapshots of other nouns.
  static std::optional<IdentificationType> find(sql::Tx& tx, const IdentificationTypeId& id);
  // What is to be stored. Errors, each with its field: identification_type.not_found (identification_type_id; kInvalid),
  // identification.number_invalid (identification_number). Whether somebody has it already is for the account to ask.
  static Result<Identification> check(sql::Tx& tx, const IdentificationTypeId& id, std::string_view number);

 private:
  Ledger& ledger_;
};

}  // namespace gatehouse::domain
