// Rows of an import applied within one unit of work. A row is checked to the end before anything of it is written, so a
// bad one leaves no trace; what the good ones did goes to the log as one change, "import.applied", with all its facts.
//
// Rows that take something away (a role, an account's activity) ask the nouns' own rules about last administrators; the
// change so far is recorded first, so that these see the rows before.
#pragma once

#include "domain/dependents.hpp"
#include "domain/imports/import_rows.hpp"
#include "domain/imports/import_store.hpp"
#include "domain/imports/key_cache.hpp"

namespace gatehouse::domain {

// What outlives a batch: numbers of keys, all of committed rows or of this transaction's.
struct ImportMemory {
  static constexpr std::size_t kGeneration = 1U << 17U;  // two of them a kind: some 20 MB in all
  KeyCache users{kGeneration};
  KeyCache organizations{kGeneration};
  void clear() {
    users.clear();
    organizations.clear();
  }
};

class ImportWork {
 public:
  enum class Applied : std::uint8_t {
    kCreated,
    kUpdated,
    kUnchanged,
    kWaits,  // for another row; `why` says for what
  };

  // All must outlive this. `run` is what the change is about.
  ImportWork(Unit& unit, ImportMemory& memory, const DependentsList& dependents, const ImportFile& file,
             const Uuid& run)
      : unit_(unit), memory_(memory), dependents_(dependents), file_(file), run_(run) {}

  // In which order to apply rows: memberships by organization, so that the rows of their indexes come in order too; rows
  // of one organization, and all other rows, as they are.
  std::vector<std::uint32_t> order(const std::vector<ImportRow>& rows);
  // Errors: what is wrong with the row.
  Result<Applied> apply(const ImportRow& row);
  // Why the last row waits.
  [[nodiscard]] const Error& why() const { return why_; }
  // Records what was done since the last time; nothing when nothing was.
  void settle();

 private:
  Result<Applied> apply(const OrganizationRow& row);
  Result<Applied> apply(const UserRow& row);
  Result<Applied> apply(const MembershipRow& row);

  // organizations
  Result<OrganizationNo> parent_of(const OrganizationRow& row, OrganizationNo stored);
  Result<Applied> create(const OrganizationRow& row);
  Result<Applied> change(const import_store::StoredOrganization& before, const OrganizationRow& row);
  Result<Applied> wait(std::string_view code, std::string reason);
  // users
  Result<Applied> create(const UserRow& row);
  Result<Applied> change(const import_store::StoredUser& before, const UserRow& row);
  Result<SignInKeys> unique_keys(const import_store::StoredUser& user, bool is_new_name = true);
  // memberships
  Applied create(UserNo user, OrganizationNo organization, std::vector<RoleNo> roles);
  Result<Applied> change(UserNo user, OrganizationNo organization, const MembershipRow& row,
                         const std::vector<RoleNo>& roles);
  Result<std::vector<RoleNo>> role_numbers(const MembershipRow& row);

  // Numbers of keys, external or `id:…`; 0 when unknown.
  OrganizationNo find_organization(const std::string& key);
  UserNo find_user(const std::string& key);

  Applied done(Applied how, access::Fact fact);

  Unit& unit_;
  ImportMemory& memory_;
  const DependentsList& dependents_;
  const ImportFile& file_;
  const Uuid& run_;
  Error why_;
  ImportCounts unrecorded_;
  std::vector<access::Fact> facts_;
  std::string last_role_name_;  // most rows name the role of the row before
  RoleNo last_role_;
};

}  // namespace gatehouse::domain
