// Sign-ins against the bare rate of their password hash, and what they do to decisions meanwhile.
#include <fmt/format.h>

#include <atomic>
#include <thread>

#include "crypto/password.hpp"
#include "support/context.hpp"
#include "support/evaluations.hpp"
#include "support/load.hpp"
#include "support/measure.hpp"

namespace gatehouse::bench {
namespace {

// As many threads as cores hash for so long; hashes a second.
double bare_rate(const std::string& hash, double seconds) {
  std::atomic<std::int64_t> done{0};
  const auto began = wall_ns();
  std::vector<std::thread> threads;
  for (int i = 0; i < cores(); ++i) {
    threads.emplace_back([&] {
      while (static_cast<double>(wall_ns() - began) < seconds * 1e9) {
        if (!crypto::verify_password(hash, kPassword)) return;
        ++done;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  return static_cast<double>(done) * 1e9 / static_cast<double>(wall_ns() - began);
}

}  // namespace

void measure_sign_in(Context& context) {
  const auto& store = context.store();
  const std::string hash = crypto::hash_password(kPassword, {});
  const auto asked = sign_ins(context.model());
  const auto server = context.serve(store.data, -1);
  const double seconds = context.options.quick ? 0.5 : 2.5;

  LoadPlan plan;
  plan.port = context.port;
  plan.connections = 4 * cores();
  plan.server = server->pid();
  plan.seconds = seconds;
  std::vector<double> ratios;
  std::vector<double> ours;
  std::vector<double> bares;
  LoadResult last;
  for (int i = 0; i < context.rounds(); ++i) {
    bares.push_back(bare_rate(hash, seconds));
    last = load(plan, asked);
    if (last.wrong != 0) throw std::runtime_error("wrong answer: " + last.last_wrong);
    ours.push_back(last.rate());
    ratios.push_back(ours.back() / bares.back());
  }
  const double one_hash = cpu_ns_each(10, [&] { keep(crypto::verify_password(hash, kPassword)); }) / 1e6;
  const double ratio = median(ratios);
  context.report.add({"sign-in over HTTP", fmt::format("{:.0f} a second", median(ours)),
                      fmt::format("bare Argon2id, {} threads: {:.0f} a second", cores(), median(bares)),
                      fmt::format("{:.2f}", ratio), "≥ 0.9", met(ratio >= 0.9),
                      fmt::format("{} connections; {:.1f} ms CPU a sign-in, of which the hash alone takes {:.1f}.",
                                  plan.connections, last.cpu_us / 1e3, one_hash)});

  const auto questions = evaluations(context, 2000, Keys::kUniform, 13);
  LoadPlan paced;
  paced.port = context.port;
  paced.connections = 8;
  paced.server = server->pid();
  paced.seconds = context.options.quick ? 0.5 : 3;
  paced.rate = 500;
  std::vector<double> idle;
  std::vector<double> busy;
  for (int i = 0; i < context.rounds(); ++i) {
    idle.push_back(load(paced, questions).p99_us);
    std::atomic<bool> done{false};
    std::thread storm([&] {
      LoadPlan small = plan;
      small.seconds = 0.2;
      small.warm_up_s = 0;
      while (!done) load(small, asked);
    });
    busy.push_back(load(paced, questions).p99_us);
    done = true;
    storm.join();
  }
  const double times = median(busy) / median(idle);
  context.report.add({"decisions' p99 while sign-ins storm", fmt::format("{:.0f} µs", median(busy)),
                      fmt::format("the same without sign-ins: {:.0f} µs", median(idle)), fmt::format("{:.2f}", times),
                      "≤ 2×", met(times <= 2),
                      fmt::format("500 decisions a second, evenly; {} connections sign in meanwhile. The load "
                                  "generator shares the {} cores with the server.",
                                  plan.connections, cores())});
}

}  // namespace gatehouse::bench
