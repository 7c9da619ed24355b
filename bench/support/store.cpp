// The store of the rows that need one: filled by SQL, because filling it through the service would take the run's time.
#include <fmt/format.h>

#include "base/text.hpp"
#include "crypto/password.hpp"
#include "support/bare_sqlite.hpp"
#include "support/context.hpp"

namespace gatehouse::bench {
namespace {

constexpr std::int64_t kMadeAt = 1'767'225'600'000'000;

void insert_organization(BareStatement& insert, std::uint32_t no, std::uint32_t parent) {
  const std::string name = fmt::format("Organization {:08}", no);
  const std::string key = text::name_key(name);
  insert.bind(1, no)
      .bind(2, Model::organization_id(no))
      .bind(3, parent)
      .bind(4, name)
      .bind(5, key)
      .bind(6, kMadeAt)
      .execute();
}

void insert_organizations(BareSqlite& database, const Model& model, const Store& store) {
  BareStatement insert(database,
                       "INSERT INTO organizations (no, id, parent_no, name, name_key, created_at, updated_at) "
                       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)");
  for (std::uint32_t no = 2; no < model.organizations() + 2; ++no) insert_organization(insert, no, model.parent(no));
  insert_organization(insert, store.few_no, 1);
  insert_organization(insert, store.hundred_no, 1);
  insert_organization(insert, store.crowd_no, 1);
}

void insert_users(BareSqlite& database, const Model& model) {
  const std::string hash = crypto::hash_password(kPassword, {});
  BareStatement insert(database,
                       "INSERT INTO users (no, id, user_name, user_name_key, email, email_key, display_name, status, "
                       "password_hash, password_changed_at, created_at, updated_at) "
                       "VALUES (?1, ?2, ?3, ?3, ?4, ?4, ?5, 'active', ?6, ?7, ?7, ?7)");
  for (std::uint32_t no = 2; no < model.users() + 2; ++no) {
    const std::string name = Model::user_name(no);
    const std::string email = name + "@example.com";
    const std::string display = "User Number " + std::to_string(no);
    if (no - 2 < kWithPassword)
      insert.bind(6, hash);
    else
      sqlite3_bind_null(insert.handle(), 6);
    insert.bind(1, no)
        .bind(2, Model::user_id(no))
        .bind(3, name)
        .bind(4, email)
        .bind(5, display)
        .bind(7, kMadeAt)
        .execute();
  }
}

void insert_memberships(BareSqlite& database, const Model& model, const Store& store) {
  std::int64_t roles[3];
  for (int i = 0; i < 3; ++i) {
    roles[i] = database.integer(fmt::format("SELECT no FROM roles WHERE name = '{}'", Model::kRoles[i]));
  }
  BareStatement member(database, "INSERT INTO memberships (user_no, organization_no, created_at) VALUES (?1, ?2, ?3)");
  BareStatement grant(database, "INSERT INTO grants (user_no, organization_no, role_no) VALUES (?1, ?2, ?3)");
  const auto join = [&](std::uint32_t user, std::uint32_t organization, std::int64_t role) {
    member.bind(1, user).bind(2, organization).bind(3, kMadeAt).execute();
    grant.bind(1, user).bind(2, organization).bind(3, role).execute();
  };
  for (std::uint32_t user = 2; user < model.users() + 2; ++user) {
    for (std::uint32_t i = 0; i < model.each(); ++i) {
      const auto held = model.membership(user, i);
      join(user, held.organization, roles[held.role]);
    }
    if (user < 12) join(user, store.few_no, roles[0]);
    if (user < 102) join(user, store.hundred_no, roles[0]);
    join(user, store.crowd_no, roles[0]);
  }
}

void fill(const std::string& file, const Model& model, const Store& store) {
  BareSqlite database(file);
  database.run("PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-262144; BEGIN");
  const auto indexes = drop_indexes(database, {"organizations", "memberships", "grants"});
  insert_organizations(database, model, store);
  insert_users(database, model);
  insert_memberships(database, model, store);
  for (const auto& index : indexes) database.run(index);
  database.run(
      fmt::format("UPDATE sequences SET last = {} WHERE name = 'organizations'; UPDATE sequences SET last = {} "
                  "WHERE name = 'users'; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)",
                  store.crowd_no, model.users() + 1));
}

void issue_credentials(Context& context, server::Core& core, Store& store) {
  for (int i = 0; i < 32; ++i) {
    const std::string name = "caller" + std::to_string(i);
    const auto user =
        need(core.ledger->unguarded("bench", Principal::system(), [&](domain::Unit& unit) -> Result<domain::User> {
          auto made = TRY(domain::Users::insert(unit, {name, name + "@example.com", name, std::nullopt}));
          domain::Memberships::put(unit, made.no, unit.view().platform(), {unit.view().find_role("Administrator")});
          return made;
        }));
    store.callers.push_back(sign_in_as(core, user.no, user.id));
  }
  const auto caller = need(core.authenticator->authenticate(store.callers[0], context.clock.now()));
  const auto permit = need(core.ledger->policy().permit<access::Action::kClientEdit>(caller, context.clock.now()));
  const auto client = need(core.clients->create(permit, {"bench", {"organizations.read", "users.read"}, std::nullopt}));
  store.client_id = client.client.id.to_string();
  store.client_secret = client.secret;
}

}  // namespace

std::string sign_in_as(server::Core& core, UserNo no, const UserId& user) {
  using Opened = domain::Sessions::Opened;
  const auto opened =
      need(core.ledger->unguarded("bench", Principal::system(), [&](domain::Unit& unit) -> Result<Opened> {
        return core.sessions->open(unit, no, user, "127.0.0.1");
      }));
  return core.sessions->tokens(opened).access_token;
}

std::unique_ptr<Store> fill_store(Context& context, const Model& model, const std::string& data) {
  std::fprintf(stderr, "bench: filling a store: %s\n", context.scale().c_str());
  auto store = std::make_unique<Store>();
  store->data = data;
  store->few_no = model.organizations() + 2;
  store->hundred_no = model.organizations() + 3;
  store->crowd_no = model.organizations() + 4;
  store->few = Model::organization_id(store->few_no);
  store->hundred = Model::organization_id(store->hundred_no);
  store->crowd = Model::organization_id(store->crowd_no);
  context.open(data).reset();
  fill(data + "/gatehouse.db", model, *store);
  const auto core = context.open(data);
  issue_credentials(context, *core, *store);
  return store;
}

}  // namespace gatehouse::bench
