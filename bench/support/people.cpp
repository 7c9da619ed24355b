#include "support/people.hpp"

#include <fmt/format.h>

#include <cstring>
#include <filesystem>

#include "base/json.hpp"
#include "base/text.hpp"
#include "crypto/password.hpp"
#include "support/load.hpp"

namespace gatehouse::bench {
namespace {

constexpr std::int64_t kMadeAt = 1'767'225'600'000'000;
constexpr std::string_view kRole = "viewer";
constexpr std::string_view kPlatformRole = "Support Agent";
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::uint32_t kFirstUser = 2;  // 1 is the administrator, as the platform is organization 1

std::string syllables(SeededRandom& random, std::uint64_t count) {
  static constexpr std::string_view kSyllables[] = {"al",  "ber", "con", "dor", "el",  "fin", "gar", "hel", "is",
                                                    "jo",  "kal", "lun", "mar", "nor", "pel", "qui", "ros", "sol",
                                                    "tur", "ul",  "ven", "wal", "xen", "yor", "zan"};
  std::string word;
  while (count-- > 0) word += kSyllables[random.below(std::size(kSyllables))];
  word.front() = static_cast<char>(word.front() - 'a' + 'A');
  return word;
}

Uuid identification_type(BareSqlite& database) {
  BareStatement found(database, "SELECT id FROM identification_types WHERE code = 'CC'");
  Uuid id;
  if (!found.step()) throw std::runtime_error("there is no identification type CC");
  std::memcpy(id.bytes.data(), sqlite3_column_blob(found.handle(), 0), id.bytes.size());
  return id;
}

Uuid provider_id() { return Model::user_id(4'000'000'000); }

}  // namespace

People::People(Context& context, std::string at, std::uint32_t how_many)
    : data(std::move(at)), count(how_many), step_(how_many / kListed) {
  company = Model::organization_id(company_no);
  provider = domain::ProviderId(provider_id());
  std::filesystem::remove_all(data);
  {
    const auto core = context.open(data);
    core->graph->read([&](const access::View& view) {
      platform_role = view.role(view.find_role(kPlatformRole))->id;
      role = view.role(view.find_role(kRole))->id;
    });
  }
  for (std::uint32_t index = 0; index < count; ++index) {
    if (status(index) == "new") ++new_ones;
    if (status(index) == "inactive") ++inactive_ones;
  }
  BareSqlite database(data + "/gatehouse.db");
  fill(database);
}

// Few per mille of those that are not listed.
std::string_view People::status(std::uint32_t index) const {
  const auto draw = index % step_ == 0 ? index / step_ % 5 : index % 333;
  return draw == 0 ? "new" : draw == 1 ? "inactive" : "active";
}

People::Account People::account(std::uint32_t index) const {
  SeededRandom random(index);
  Account made;
  made.no = kFirstUser + index;
  made.first_name = syllables(random, 1 + random.below(2));
  made.last_name = syllables(random, 2 + random.below(2));
  made.user_name =
      fmt::format("{}.{}{}", text::ascii_lower(made.first_name), text::ascii_lower(made.last_name), made.no);
  made.email = made.user_name + "@example.com";
  // Odd, so that no two accounts have the same number.
  made.identification = fmt::format("{:010}", made.no * 2'654'435'761U);
  made.status = status(index);
  return made;
}

People::Account People::unlisted(std::uint32_t n) const {
  // Of 333 following each other all but two are active, and every step_-th is listed.
  for (std::uint32_t index = n * 3 + 1;; ++index) {
    if (index % step_ != 0 && status(index) == "active") return account(index);
  }
}

std::int64_t People::with_part(std::string_view part, std::string_view status) const {
  std::int64_t found = 0;
  for (std::uint32_t index = 0; index < count; ++index) {
    const auto one = account(index);
    if ((status.empty() || one.status == status) && one.user_name.find(part) != std::string::npos) ++found;
  }
  return found;
}

std::vector<std::uint32_t> People::organizations() const {
  std::vector<std::uint32_t> numbers(count / kEachOrganization);
  for (std::uint32_t i = 0; i < numbers.size(); ++i) numbers[i] = company_no + 1 + i;
  return numbers;
}

void People::insert_organizations(BareSqlite& database) const {
  BareStatement insert(database,
                       "INSERT INTO organizations (no, id, parent_no, name, name_key, created_at, updated_at) "
                       "VALUES (?1, ?2, 1, ?3, ?4, ?5, ?5)");
  auto numbers = organizations();
  numbers.push_back(company_no);
  for (const auto no : numbers) {
    const std::string name = fmt::format("Company {:08}", no);
    const std::string key = text::name_key(name);
    insert.bind(1, no).bind(2, Model::organization_id(no)).bind(3, name).bind(4, key).bind(5, kMadeAt).execute();
  }
}

void People::insert_accounts(BareSqlite& database) const {
  const std::string hash = crypto::hash_password(kPassword, {});
  BareStatement insert(
      database,
      "INSERT INTO users (no, id, user_name, user_name_key, email, email_key, display_name, status, password_hash, "
      "created_at, updated_at, first_name, last_name, identification_type_id, identification_number, "
      "identification_key, user_name_skeleton, user_name_sight) VALUES (?1, ?2, ?3, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?8, "
      "?9, ?10, ?12, ?11, ?11, ?3, ?3)");
  const auto type = identification_type(database);
  for (std::uint32_t index = 0; index < count; ++index) {
    const auto one = account(index);
    const auto display_name = one.display_name();
    const bool signs_in = index % step_ == 0 && one.status == "active";
    if (signs_in)
      insert.bind(7, hash);
    else
      sqlite3_bind_null(insert.handle(), 7);
    insert.bind(1, one.no)
        .bind(2, Model::user_id(one.no))
        .bind(3, one.user_name)
        .bind(4, one.email)
        .bind(5, display_name)
        .bind(6, one.status)
        .bind(8, kMadeAt + index * kSecond)
        .bind(9, one.first_name)
        .bind(10, one.last_name)
        .bind(11, one.identification)
        .bind(12, type)
        .execute();
  }
}

void People::insert_what_hangs_on_them(BareSqlite& database) const {
  BareStatement member(database, "INSERT INTO memberships (user_no, organization_no, created_at) VALUES (?1, ?2, ?3)");
  BareStatement grant(database, "INSERT INTO grants (user_no, organization_no, role_no) VALUES (?1, ?2, ?3)");
  BareStatement provided(database, "INSERT INTO user_providers (user_no, provider_id) VALUES (?1, ?2)");
  const auto number_of = [&](std::string_view name) {
    return database.integer(fmt::format("SELECT no FROM roles WHERE name = '{}'", name));
  };
  const auto viewer = number_of(kRole);
  const auto agent = number_of(kPlatformRole);
  const auto join = [&](std::uint32_t user, std::uint32_t organization, std::int64_t as) {
    member.bind(1, user).bind(2, organization).bind(3, kMadeAt).execute();
    grant.bind(1, user).bind(2, organization).bind(3, as).execute();
  };
  for (std::uint32_t index = 0; index < count; ++index) {
    const auto no = kFirstUser + index;
    if (index % step_ != 0) {
      join(no, company_no + 1 + index % (count / kEachOrganization), viewer);
      continue;
    }
    const auto n = index / step_;
    if (n % 100 == 2) join(no, 1, agent);
    join(no, company_no, viewer);
    if (n % 10 == 3) provided.bind(1, no).bind(2, provider).execute();
  }
}

void People::fill(BareSqlite& database) const {
  database.run(
      "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-524288; BEGIN");
  const auto indexes = drop_indexes(database, {"organizations", "users", "memberships", "grants"});
  insert_organizations(database);
  insert_accounts(database);
  BareStatement(database, "INSERT INTO providers (id, name, name_key, active, created_at) VALUES (?1, 'P', 'p', 1, 1)")
      .bind(1, provider)
      .execute();
  insert_what_hangs_on_them(database);
  for (const auto& index : indexes) database.run(index);
  database.run(
      fmt::format("UPDATE sequences SET last = {} WHERE name = 'organizations'; UPDATE sequences SET last = {} "
                  "WHERE name = 'users'; COMMIT; PRAGMA journal_mode=WAL",
                  company_no + count / kEachOrganization, count + 1));
}

std::string sign_in_as_admin(std::uint16_t port) {
  const auto body = fmt::format(R"({{"account":"admin@localhost","password":"{}"}})", kPassword);
  const auto answer = ask(port, post("/api/v1/auth/tokens", "", body));
  const auto parsed = json::parse(body_of(answer));
  if (!parsed || !parsed->is_object() || !parsed->as_object().contains("accessToken"))
    throw std::runtime_error("the administrator cannot sign in: " + answer.substr(0, 300));
  return std::string(parsed->at("accessToken").as_string());
}

}  // namespace gatehouse::bench
