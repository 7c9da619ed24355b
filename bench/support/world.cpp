#include "support/world.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "crypto/digest.hpp"
#include "support/bare_sqlite.hpp"

namespace gatehouse::bench {
namespace {

constexpr std::uint32_t kMany = 100'000;
constexpr std::uint32_t kFirstUser = 1000;

void fill_members(BareSqlite& database, std::uint32_t first, std::uint32_t count, std::uint32_t organization) {
  BareStatement user(database,
                     "INSERT OR IGNORE INTO users (no, id, user_name, user_name_key, email, email_key, display_name, "
                     "status, created_at, updated_at, user_name_skeleton, user_name_sight) "
                     "VALUES (?1, ?2, ?3, ?3, ?4, ?4, ?3, 'new', 1, 1, ?3, ?3)");
  BareStatement member(database, "INSERT INTO memberships (user_no, organization_no, created_at) VALUES (?1, ?2, 1)");
  const auto role = database.integer("SELECT no FROM roles WHERE name = 'USER_VIEW'");
  BareStatement grant(database, "INSERT INTO grants (user_no, organization_no, role_no) VALUES (?1, ?2, ?3)");
  for (std::uint32_t no = first; no < first + count; ++no) {
    const auto name = fmt::format("member{:07}", no);
    const auto email = name + "@example.com";
    user.bind(1, no).bind(2, Model::user_id(no)).bind(3, name).bind(4, email).execute();
    member.bind(1, no).bind(2, organization).execute();
    grant.bind(1, no).bind(2, organization).bind(3, role).execute();
  }
}

void fill_invitations(BareSqlite& database, std::uint32_t organization) {
  BareStatement insert(database,
                       "INSERT INTO invitations (id, purpose, organization_no, inviter_kind, inviter_id, relation, "
                       "email, email_key, company_name, company_key, locale, status, secret, created_at, last_sent_at, "
                       "expires_at) VALUES (?1, 'connect', ?2, 'user', ?1, 'agency', ?3, ?3, ?4, ?4, 'en', 'pending', "
                       "?5, 1, 1, 1)");
  for (std::uint32_t i = 0; i < kWorldListed; ++i) {
    const auto email = fmt::format("invited{:06}@example.com", i);
    const auto company = fmt::format("company {:06}", i);
    const auto digest = crypto::sha256(email);
    insert.bind(1, Model::user_id(i + 5'000'000)).bind(2, organization).bind(3, email).bind(4, company);
    insert.bind(5, crypto::view(digest)).execute();
  }
}

}  // namespace

Person make_person(server::Core& core, const std::string& name) {
  const auto user =
      need(core.ledger->unguarded("bench", Principal::system(), [&](domain::Unit& unit) -> Result<domain::User> {
        return domain::Users::insert(unit, {name, name + "@example.com", name, std::nullopt});
      }));
  return {user.no, user.id};
}

domain::Organization make_organization(server::Core& core, const Person& owner, const std::string& name) {
  return need(
      core.ledger->unguarded("bench", Principal::system(), [&](domain::Unit& unit) -> Result<domain::Organization> {
        auto made = TRY(domain::Organizations::insert(unit, unit.view().platform(), {.name = name}));
        domain::Memberships::put(unit, owner.no, made.no, {unit.view().find_role("admin")});
        return made;
      }));
}

World make_world(Context& context, const std::string& data) {
  std::filesystem::remove_all(data);
  World world;
  world.data = data;
  std::uint32_t many_no = 0;
  {
    const auto core = context.open(data);
    const auto boss = make_person(*core, "boss");
    const auto boss_of_many = make_person(*core, "boss-of-many");
    const auto listed = make_organization(*core, boss, "Listed");
    world.listed = listed.id;
    world.listed_no = listed.no.value;
    many_no = make_organization(*core, boss_of_many, "Many").no.value;
    world.boss = sign_in_as(*core, boss.no, boss.id);
    world.boss_of_many = sign_in_as(*core, boss_of_many.no, boss_of_many.id);
    world.member = Model::user_id(kFirstUser);
  }
  BareSqlite database(data + "/gatehouse.db");
  database.run("PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; BEGIN");
  fill_members(database, kFirstUser, kWorldListed - 1, world.listed_no);
  fill_members(database, kFirstUser, context.options.quick ? 2 * kWorldListed : kMany - 1, many_no);
  fill_invitations(database, world.listed_no);
  database.run("UPDATE sequences SET last = 2000000 WHERE name = 'users'; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  return world;
}

}  // namespace gatehouse::bench
