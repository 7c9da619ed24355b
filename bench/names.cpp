// An organization by a name like its own, among 100,000 within reach, against SQLite reading their names: with names as
// companies have them, with one long beginning that all of them share, and with the same letters in another order.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "support/bare_sqlite.hpp"
#include "support/context.hpp"
#include "support/measure.hpp"

namespace gatehouse::bench {
namespace {

constexpr std::uint32_t kTop = 2;
constexpr std::int64_t kMadeAt = 1'767'225'600'000'000;

std::string pick(SeededRandom& random, std::initializer_list<std::string_view> words) {
  return std::string(words.begin()[random.below(words.size())]);
}

std::string syllables(SeededRandom& random) {
  std::string word;
  for (auto left = 2 + random.below(2); left != 0; --left) {
    word += pick(random, {"al",  "ber", "con", "dor", "el",  "fin", "gar", "hel", "ist", "jon", "kal", "lun", "mar",
                          "nor", "or",  "pel", "qui", "ros", "sol", "tur", "ul",  "ven", "wal", "xen", "yor", "zan"});
  }
  word.front() = static_cast<char>(word.front() - 'a' + 'A');
  return word;
}

std::string company(SeededRandom& random) {
  return syllables(random) + ' ' +
         pick(random,
              {"Logistics", "Foods", "Textiles", "Software", "Consulting", "Brewery", "Motors", "Energy", "Farms",
               "Publishing", "Construction", "Pharma", "Caf\u00e9s", "M\u00f6bel", "Import & Export"}) +
         ' ' + pick(random, {"Ltd", "Inc.", "GmbH", "S.A.", "LLC", "Group", "& Sons", "of " + syllables(random)});
}

std::string long_company(SeededRandom& random) {
  std::string name = company(random);
  while (text::length(name) < 80) name += ' ' + company(random);
  while (text::length(name) > 100) name.erase(name.rfind(' '));
  return name;
}

std::string with_shared_beginning(SeededRandom& random) {
  return fmt::format("International Federation of Independent Distributors, Wholesalers and Resellers, Branch {:08}",
                     random.below(100'000'000));
}

std::string shuffled(SeededRandom& random) {
  std::string letters =
      "abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrs";
  for (auto i = letters.size() - 1; i > 1; --i) std::swap(letters[i], letters[1 + random.below(i)]);
  return letters;
}

struct Kind {
  std::string_view name;
  std::string (*make)(SeededRandom&);
};
constexpr Kind kKinds[] = {{"names of companies", company},
                           {"names of 80 to 100 letters", long_company},
                           {"one long beginning", with_shared_beginning},
                           {"the same 100 letters", shuffled}};

// One organization at the top with all others below it, at most ten to each.
std::vector<std::string> fill(const std::string& file, const Kind& kind, std::uint32_t count) {
  BareSqlite database(file);
  database.run("PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; BEGIN");
  BareStatement insert(database,
                       "INSERT INTO organizations (no, id, parent_no, name, name_key, created_at, updated_at) "
                       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)");
  SeededRandom random(5);
  std::vector<std::string> names;
  std::set<std::string> keys;
  while (names.size() < count) {
    std::string name = names.empty() ? "The top of it all" : kind.make(random);
    std::string key = text::name_key(name);
    if (!keys.insert(key).second) continue;
    const auto no = kTop + static_cast<std::uint32_t>(names.size());
    insert.bind(1, no)
        .bind(2, Model::organization_id(no))
        .bind(3, no == kTop ? 1 : kTop + (no - kTop - 1) / 10)
        .bind(4, name)
        .bind(5, key)
        .bind(6, kMadeAt)
        .execute();
    names.push_back(std::move(name));
  }
  database.run(
      fmt::format("UPDATE sequences SET last = {} WHERE name = 'organizations'; COMMIT; "
                  "PRAGMA wal_checkpoint(TRUNCATE)",
                  kTop + count - 1));
  return names;
}

// A new user who holds the role there, signed in.
Principal person(Context& context, server::Core& core, const std::string& name, OrganizationNo at,
                 std::string_view role) {
  const auto user =
      need(core.ledger->unguarded("bench", Principal::system(), [&](domain::Unit& unit) -> Result<domain::User> {
        auto made = TRY(domain::Users::insert(unit, {name, name + "@example.com", name, std::nullopt}));
        domain::Memberships::put(unit, made.no, at, {unit.view().find_role(role)});
        return made;
      }));
  return need(core.authenticator->authenticate(sign_in_as(core, user.no, user.id), context.clock.now()));
}

struct Spent {
  std::vector<double> wall_ms;
  std::vector<double> cpu_ms;
  std::size_t matched = 0;
};

Spent ask(Context& context, const server::Core& core, const Principal& who, const std::vector<std::string>& asked) {
  const auto permit = need(core.ledger->policy().permit<access::Action::kOrganizationSwitch>(who, context.clock.now()));
  Spent spent;
  for (const auto& name : asked) {
    const auto wall = wall_ns();
    const auto cpu = thread_cpu_ns();
    const auto found = core.organizations->find_reached(permit, name);
    spent.cpu_ms.push_back(static_cast<double>(thread_cpu_ns() - cpu) / 1e6);
    spent.wall_ms.push_back(static_cast<double>(wall_ns() - wall) / 1e6);
    if (!found && found.error().kind != ErrorKind::kInvalid && found.error().kind != ErrorKind::kNotFound) need(found);
    if (found && found->exact) throw std::runtime_error("nobody has the name " + name);
    spent.matched += found ? 1 : 0;
  }
  return spent;
}

// Names of the store with two letters in each other's place.
std::vector<std::string> misspelt(const std::vector<std::string>& names, std::size_t count) {
  SeededRandom random(6);
  std::vector<std::string> asked;
  while (asked.size() < count) {
    std::string name = names[1 + random.below(names.size() - 1)];
    const auto at = name.size() - 3;
    if (name[at] == name[at + 1]) continue;
    std::swap(name[at], name[at + 1]);
    if (text::is_utf8(name) && std::find(names.begin(), names.end(), name) == names.end()) asked.push_back(name);
  }
  return asked;
}

}  // namespace

void measure_names(Context& context) {
  const std::uint32_t count = context.options.quick ? 5'000 : 100'000;
  for (const auto& kind : kKinds) {
    const std::string data = fmt::format("{}/names-{}", context.directory, &kind - kKinds);
    context.open(data).reset();
    const auto names = fill(data + "/gatehouse.db", kind, count);
    const auto core = context.open(data);
    const auto root = person(context, *core, "root", core->graph->working().platform(), "Super Admin");
    const auto owner = person(context, *core, "owner", {kTop}, "viewer");
    const auto asked = misspelt(names, context.options.quick ? 10 : 60);
    BareSqlite database(data + "/gatehouse.db");
    BareStatement scan(database, "SELECT name_key FROM organizations");
    const double limit = cpu_ns_each(3, [&] { scan.read_all(); }) / 1e6;
    const auto add = [&](std::string_view reach, const Principal& who) {
      ask(context, *core, who, {asked.begin(), asked.begin() + 5});
      auto spent = ask(context, *core, who, asked);
      const double ms = median(spent.cpu_ms);
      context.report.add(
          {fmt::format("an organization by a name like its own, {}, {}", kind.name, reach),
           fmt::format("{:.1f} ms CPU", ms), fmt::format("SQLite reading the names: {:.1f} ms CPU", limit),
           fmt::format("{:.2f}", ms / limit), "≤ 20 ms", met(ms <= 20),
           fmt::format(
               "{} organizations in reach; on the wall {:.1f} ms, the slowest of {} {:.1f} ms; {} found, the others "
               "ambiguous or like none.",
               count, median(spent.wall_ms), asked.size(),
               *std::max_element(spent.wall_ms.begin(), spent.wall_ms.end()), spent.matched)});
    };
    add("below one of one's own", owner);
    add("everywhere", root);
  }
}

}  // namespace gatehouse::bench
