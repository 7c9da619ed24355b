// Decisions asked of the graph in this process, at 1 million users and 10 million memberships, and what the graph weighs.
#include <fmt/format.h>

#include "access/graph.hpp"
#include "domain/roles/catalogue.hpp"
#include "support/context.hpp"
#include "support/measure.hpp"

namespace gatehouse::bench {
namespace {

constexpr Timestamp kNow{1'767'225'600'000'000};

struct Population {
  explicit Population(const Model& from) : model(from), graph(prepared()) { load(); }

  const Model& model;
  access::Permissions permissions;
  access::Graph graph;
  access::PermissionNo asked[3];
  double load_cpu_ns = 0;

 private:
  const access::Permissions& prepared() {
    need(domain::register_permissions(permissions, {}));
    for (int i = 0; i < 3; ++i) asked[i] = *permissions.find(Model::kAsked[i]);
    return permissions;
  }

  void load() {
    const auto began = thread_cpu_ns();
    graph.load(access::OrganizationFact{{1}, Model::organization_id(1), {}});
    for (std::uint32_t no = 2; no < model.organizations() + 2; ++no) {
      graph.load(access::OrganizationFact{{no}, Model::organization_id(no), {model.parent(no)}});
    }
    for (std::uint32_t no = 2; no < model.users() + 2; ++no)
      graph.load(access::UserFact{{no}, Model::user_id(no), true});
    for (std::uint32_t role = 0; role < 3; ++role) {
      access::RoleFact fact{{role + 1},
                            RoleId(Model::organization_id(role + 1)),
                            std::string(Model::kRoles[role]),
                            10 * static_cast<int>(role + 1),
                            {}};
      for (std::uint32_t i = 0; i <= role; ++i) fact.permissions.emplace_back(Model::kAsked[i]);
      graph.load(fact);
    }
    for (std::uint32_t user = 2; user < model.users() + 2; ++user) {
      for (std::uint32_t i = 0; i < model.each(); ++i) {
        const auto held = model.membership(user, i);
        const RoleNo role{held.role + 1U};
        graph.load_holding({user}, {held.organization}, true, &role, 1);
      }
    }
    graph.finish_load(1);
    load_cpu_ns = static_cast<double>(thread_cpu_ns() - began);
  }
};

struct Asked {
  UserId user;
  OrganizationId organization;
};

struct Timing {
  double ns = 0;
  std::size_t wrong = 0;
  std::size_t denied = 0;
};

Principal person(std::uint32_t no) {
  Principal who;
  who.kind = Principal::Kind::kUser;
  who.user = {no};
  return who;
}

// By the numbers that an authenticated principal and a permit carry.
Timing by_number(const Population& population, const std::vector<Question>& questions, std::size_t times) {
  Timing timing;
  std::size_t at = 0;
  timing.ns = cpu_ns_each(static_cast<std::int64_t>(times), [&] {
    const auto& question = questions[at];
    if (++at == questions.size()) at = 0;
    const auto who = person(question.user);
    bool allowed = false;
    population.graph.read([&](const access::View& view) {
      allowed = view.allows(who, population.asked[question.permission], {question.organization}, kNow);
    });
    timing.wrong += allowed != question.expected ? 1 : 0;
    timing.denied += allowed ? 0 : 1;
  });
  return timing;
}

// By UUIDs, as they come from outside.
Timing by_id(const Population& population, const std::vector<Question>& questions, std::size_t times) {
  std::vector<Asked> ids;
  for (const auto& question : questions)
    ids.push_back({Model::user_id(question.user), Model::organization_id(question.organization)});
  Timing timing;
  std::size_t at = 0;
  timing.ns = cpu_ns_each(static_cast<std::int64_t>(times), [&] {
    const auto& question = questions[at];
    const auto& [user, organization] = ids[at];
    if (++at == questions.size()) at = 0;
    bool allowed = false;
    population.graph.read([&](const access::View& view) {
      const auto who = view.subject_user(user);
      allowed =
          who && view.allows(*who, population.asked[question.permission], view.find_organization(organization), kNow);
    });
    timing.wrong += allowed != question.expected ? 1 : 0;
    timing.denied += allowed ? 0 : 1;
  });
  return timing;
}

// The fewest dependent reads of memory that an answer needs: the user's entry, its holdings, the organization's entry.
class ThreeReads {
 public:
  explicit ThreeReads(const Model& model) : first_(std::size_t{model.users()} * 8, 1), second_(first_.size(), 1) {}

  double ns(const std::vector<Question>& questions, std::size_t times) const {
    std::size_t at = 0;
    std::uint64_t sum = 0;
    return cpu_ns_each(static_cast<std::int64_t>(times), [&] {
      const auto& question = questions[at];
      if (++at == questions.size()) at = 0;
      const auto one = first_[question.user * 2'654'435'761ULL % first_.size()];
      const auto two = second_[question.organization * 40'503ULL * one % second_.size()];
      sum += first_[(question.user * 7'919ULL * two + question.organization) % first_.size()];
      keep(sum);
    });
  }

 private:
  std::vector<std::uint64_t> first_;
  std::vector<std::uint64_t> second_;
};

}  // namespace

void measure_decisions_in_process(Context& context) {
  const bool small = context.options.quick;
  const Model model(small ? 20'000 : 1'000'000, small ? 2'000 : 100'000, 10);
  const Population population(model);
  const std::size_t many = small ? 50'000 : 1'500'000;
  const auto hot = model.questions(1024, Keys::kUniform, 7);
  const auto cold = model.questions(many, Keys::kUniform, 8);
  const auto skewed = model.questions(many, Keys::kSkewed, 9);
  const std::string scale = fmt::format("{} users, {} memberships", model.users(), model.memberships());

  const ThreeReads reads(model);
  const auto add = [&](const std::string& name, auto&& ask, const std::vector<Question>& questions, std::size_t times,
                       double aim) {
    ask(population, questions, std::min<std::size_t>(times, 200'000));
    reads.ns(questions, std::min<std::size_t>(times, 200'000));
    std::vector<double> all;
    Timing timing;
    std::vector<double> limits;
    for (int i = 0; i < context.rounds(); ++i) {
      timing = ask(population, questions, times);
      all.push_back(timing.ns);
      if (timing.wrong != 0) throw std::runtime_error(fmt::format("{}: {} wrong answers", name, timing.wrong));
      limits.push_back(reads.ns(questions, times));
    }
    const double ns = median(all);
    const double limit = median(limits);
    context.report.add({"decision in process, " + name, fmt::format("{:.0f} ns", ns),
                        fmt::format("three dependent reads of memory: {:.0f} ns", limit),
                        fmt::format("{:.1f}", ns / limit), fmt::format("≤ {:.0f} ns", aim), met(ns <= aim),
                        fmt::format("{}; {:.0f} % denied; all answers as expected.", scale,
                                    100.0 * static_cast<double>(timing.denied) / static_cast<double>(times))});
  };
  add("hot (1,024 questions again and again)", by_number, hot, many, 80);
  add("cold (uniform keys)", by_number, cold, many, 500);
  add("skewed keys (Zipf, s = 1)", by_number, skewed, many, 500);
  add("hot, from UUIDs", by_id, hot, many, 80);
  add("cold, from UUIDs", by_id, cold, many, 500);

  const auto memory = population.graph.memory();
  const double each = static_cast<double>(memory.bytes) / static_cast<double>(model.memberships());
  context.report.add({"memory of the graph", fmt::format("{:.1f} bytes a membership", each),
                      "two 4-byte numbers: 8 bytes", fmt::format("{:.1f}", each / 8), "≤ 16 bytes", met(each <= 16),
                      fmt::format("{} bytes for {} holdings, {} users and {} organizations, both sides, with their "
                                  "UUID tables; loaded in {:.0f} ns CPU a membership.",
                                  memory.bytes, memory.holdings, memory.users, memory.organizations,
                                  population.load_cpu_ns / static_cast<double>(model.memberships()))});
}

}  // namespace gatehouse::bench
