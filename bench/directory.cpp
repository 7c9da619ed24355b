// The directory on the surfaces that administer people as a whole: lists of users by every filter at a thousand and at a
// million accounts, deep offsets, searches, a page of a thousand with their organizations, sign-in. Inviting is in inviting.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json.hpp"
#include "crypto/password.hpp"
#include "directory_lists.hpp"
#include "inviting.hpp"
#include "support/load.hpp"
#include "support/measure.hpp"

namespace gatehouse::bench {
namespace {

// One of the two directories, served.
struct Side {
  Side(const People& whose, std::uint16_t at)
      : people(whose), port(at), server({whose.data, at, 0, {}}), token(sign_in_as_admin(at)) {}
  const People& people;
  std::uint16_t port;
  Gatehouse server;
  std::string token;
};

// The first answer, looked at as a whole; how long it took.
std::int64_t check(const Side& side, const DirectoryList& list) {
  const auto began = wall_ns();
  const auto answer = ask(side.port, get(list.path, side.token));
  const auto took = wall_ns() - began;
  const auto parsed = json::parse(body_of(answer));
  if (!parsed || !parsed->is_array() || parsed->as_array().size() != list.rows)
    throw std::runtime_error("wrong list at " + list.path + ": " + answer.substr(0, 500));
  return took;
}

// CPU time of the server for one request.
double cpu_us(const Side& side, const DirectoryList& list, std::size_t requests) {
  LoadPlan plan;
  plan.port = side.port;
  plan.connections = 1;
  plan.server = side.server.pid();
  plan.most = requests;
  plan.spin = true;
  const auto result = load(plan, {{get(list.path, side.token), fmt::format("X-Total-Count: {}\r\n", list.total), 200}});
  if (result.wrong != 0) throw std::runtime_error(list.path + " answers: " + result.last_wrong.substr(0, 500));
  return result.cpu_us;
}

// As many requests as take a part of a round, but one of a long one. Each reader of the engine has caches to fill before.
std::size_t requests_for(const Context& context, const Side& side, const DirectoryList& list) {
  constexpr int kReaders = 12;
  const double part = context.round_s() / 20 * 1e9;
  auto took = static_cast<double>(check(side, list));
  for (int i = 1; i < kReaders && took < part; ++i) took = static_cast<double>(check(side, list));
  return static_cast<std::size_t>(std::clamp(part / took, 1.0, 1000.0));
}

struct Pair {
  double few_us = 0;
  double many_us = 0;
};

Pair measure(Context& context, const Side& few, const DirectoryList& among_few, const Side& many,
             const DirectoryList& among_many) {
  const auto requests_of_few = requests_for(context, few, among_few);
  const auto requests_of_many = requests_for(context, many, among_many);
  std::vector<double> a;
  std::vector<double> b;
  for (int i = 0; i < context.rounds(); ++i) {
    a.push_back(cpu_us(few, among_few, requests_of_few));
    b.push_back(cpu_us(many, among_many, requests_of_many));
  }
  return {median(a), median(b)};
}

void measure_lists_of(Context& context, const Side& few, const Side& many) {
  const auto among_few = directory_lists(few.people);
  const auto among_many = directory_lists(many.people);
  for (std::size_t i = 0; i < among_few.size(); ++i) {
    const auto pair = measure(context, few, among_few[i], many, among_many[i]);
    const double growth = pair.many_us / pair.few_us;
    context.report.add(
        {fmt::format("{}: {} of {} accounts", among_many[i].name, among_many[i].total, many.people.count),
         fmt::format("{:.0f} µs CPU", pair.many_us),
         fmt::format("{} of {}: {:.0f} µs CPU", among_few[i].total, few.people.count, pair.few_us),
         fmt::format("{:.2f}", growth), "flat (≤ 1.5×)", met(growth <= 1.5),
         fmt::format("The first {} over HTTP, one connection, with the total.", among_many[i].rows)});
  }
}

void measure_deep(Context& context, const Side& many) {
  const auto skip = many.people.count / 10 * 9;
  const std::int64_t all = many.people.count + std::int64_t{1};
  const auto row = [&](const DirectoryList& first, const DirectoryList& deep) {
    const auto pair = measure(context, many, first, many, deep);
    context.report.add({fmt::format("{}: behind {} others", deep.name, skip),
                        fmt::format("{:.0f} µs CPU", pair.many_us),
                        fmt::format("the first page: {:.0f} µs CPU", pair.few_us),
                        fmt::format("{:.1f}", pair.many_us / pair.few_us), "", Met::kNoAim,
                        fmt::format("{:.0f} ns for each that is skipped.", (pair.many_us - pair.few_us) * 1e3 / skip)});
  };
  row(list_of_identity_manager("all", "", all),
      list_of_identity_manager("all", fmt::format("&page={}", skip / 100 + 1), all));
  row(list_of_partner("by email", "", all), list_of_partner("by email", fmt::format("&skip={}", skip), all));
  const auto active = all - many.people.inactive_ones;
  row(list_of_identity_manager("status=Active", "&status=Active", active),
      list_of_identity_manager("status=Active", fmt::format("&status=Active&page={}", skip / 100 + 1), active));
  row(list_of_partner("by lastName, accountState=Active", "&sort=lastName&accountState=Active",
                      active - many.people.new_ones),
      list_of_partner("by lastName, accountState=Active",
                      fmt::format("&sort=lastName&accountState=Active&skip={}", skip), active - many.people.new_ones));
}

// For a part of a name: one has it, one in some seven, all but the administrator.
void measure_searches(Context& context, const Side& few, const Side& many) {
  constexpr double kAimMs = 50;
  constexpr std::size_t kDeep = 3;
  const auto lists = [](const Side& side) {
    const auto some = side.people.with_part("fin");
    const auto one = side.people.listed(500).user_name;
    return std::array{
        list_of_partner("search for one", "&search=" + one.substr(1), 1),
        list_of_partner("search for some", "&search=FIN", some),
        list_of_partner("search for some, new ones by -creationDate", "&search=fin&accountState=New&sort=-creationDate",
                        side.people.with_part("fin", "new")),
        list_of_partner("search for some, behind nine tenths of them",
                        fmt::format("&search=fin&skip={}", some / 10 * 9), some),
        list_of_partner("search for all", "&search=example.com", side.people.count)};
  };
  auto among_few = lists(few);
  const auto among_many = lists(many);
  among_few[kDeep].rows =
      static_cast<std::size_t>(std::min<std::int64_t>(100, among_few[kDeep].total - among_few[kDeep].total / 10 * 9));
  const auto first_ms = static_cast<double>(check(many, among_many[0])) / 1e6;
  for (std::size_t i = 0; i < among_many.size(); ++i) {
    const auto pair = measure(context, few, among_few[i], many, among_many[i]);
    context.report.add(
        {fmt::format("{}: {} of {} accounts", among_many[i].name, among_many[i].total, many.people.count),
         fmt::format("{:.1f} ms CPU", pair.many_us / 1e3),
         fmt::format("{} of {}: {:.2f} ms CPU", among_few[i].total, few.people.count, pair.few_us / 1e3),
         fmt::format("{:.1f}", pair.many_us / pair.few_us), i == kDeep ? "" : "≤ 50 ms",
         i == kDeep ? Met::kNoAim : met(pair.many_us / 1e3 <= kAimMs),
         i == 0
             ? fmt::format("The first search after a start, which reads all accounts: {:.0f} ms on the wall.", first_ms)
             : std::string("The first page, with the total.")});
  }
}

// A thousand people with their organizations, against SQLite alone reading them.
void measure_long_page(Context& context, const Side& side) {
  const DirectoryList list{"", "/partner/v1/users?take=1000", side.people.count + std::int64_t{1}, kListed};
  const auto requests = requests_for(context, side, list);
  BareSqlite database(side.people.data + "/gatehouse.db");
  BareStatement page(database,
                     "SELECT u.no, u.id, u.user_name, u.email, u.display_name, u.status, u.version, u.created_at, "
                     "u.updated_at, u.last_sign_in_at, u.first_name, u.last_name, u.phone, u.identification_type_id, "
                     "u.identification_number, u.identity_provider_id, o.id, o.name FROM (SELECT no FROM users ORDER "
                     "BY email_key LIMIT 1000) p CROSS JOIN users u LEFT JOIN memberships m ON m.user_no = p.no LEFT "
                     "JOIN organizations o ON o.no = m.organization_no WHERE u.no = p.no ORDER BY u.email_key");
  std::vector<double> ours;
  std::vector<double> bares;
  for (int i = 0; i < context.rounds(); ++i) {
    ours.push_back(cpu_us(side, list, requests) / kListed);
    bares.push_back(cpu_ns_each(20, [&] { page.read_all(); }) / 1e3 / kListed);
  }
  const double ratio = median(ours) / median(bares);
  context.report.add({fmt::format("a page of 1000 of {} users with their organizations", side.people.count),
                      fmt::format("{:.2f} µs CPU a user", median(ours)),
                      fmt::format("SQLite reading the rows: {:.2f} µs CPU a user", median(bares)),
                      fmt::format("{:.2f}", ratio), "", Met::kNoAim,
                      "With groups and identity providers; as many queries as for one user."});
}

void measure_sign_ins(Context& context, const Side& side) {
  const auto sign_ins = [&](std::string_view path, std::string_view name, std::string_view expected, int status) {
    std::vector<Exchange> all;
    for (std::uint32_t n = 0; n < kListed && all.size() < (context.options.quick ? 5 : 20); ++n) {
      const auto one = side.people.listed(n);
      if (one.status != "active") continue;
      const auto body = fmt::format(R"({{"{}":"{}","password":"{}"}})", name, one.user_name, kPassword);
      all.push_back({post(path, "", body), std::string(expected), status});
    }
    return all;
  };
  const auto cpu_ms = [&](const std::vector<Exchange>& asked) {
    LoadPlan plan;
    plan.port = side.port;
    plan.connections = 1;
    plan.server = side.server.pid();
    plan.most = asked.size();
    const auto result = load(plan, asked);
    if (result.wrong != 0) throw std::runtime_error("wrong answer: " + result.last_wrong);
    return result.cpu_us / 1e3;
  };
  const auto here = sign_ins("/api/Authentication", "userName", R"("token":")", 200);
  const auto there = sign_ins("/api/v1/auth/tokens", "account", R"("accessToken":")", 201);
  const auto hash = crypto::hash_password(kPassword, {});
  std::vector<double> ours;
  std::vector<double> others;
  std::vector<double> hashes;
  for (int i = 0; i < context.rounds(); ++i) {
    ours.push_back(cpu_ms(here));
    others.push_back(cpu_ms(there));
    hashes.push_back(cpu_ns_each(10, [&] { keep(crypto::verify_password(hash, kPassword)); }) / 1e6);
  }
  const double ratio = median(ours) / median(others);
  context.report.add({fmt::format("sign-in, POST /api/Authentication, {} accounts", side.people.count),
                      fmt::format("{:.1f} ms CPU", median(ours)),
                      fmt::format("POST /api/v1/auth/tokens: {:.1f} ms CPU", median(others)),
                      fmt::format("{:.2f}", ratio), "≤ 1.1×", met(ratio <= 1.1),
                      fmt::format("The hash alone: {:.1f} ms CPU in this process. One connection.", median(hashes))});
}

}  // namespace

void measure_directory(Context& context) {
  const std::uint32_t count = context.options.quick ? 20 * kListed : 1000 * kListed;
  const auto& few = context.people(kListed);
  const auto& many = context.people(count);
  {
    const Side among_few(few, context.port);
    const Side among_many(many, free_port());
    const OnCore here(1);
    measure_lists_of(context, among_few, among_many);
    measure_deep(context, among_many);
    measure_searches(context, among_few, among_many);
    measure_long_page(context, among_many);
    measure_sign_ins(context, among_many);
  }
  measure_inviting(context, many);
}

}  // namespace gatehouse::bench
